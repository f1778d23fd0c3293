package io.culvert.conformance.raw;

import io.culvert.conformance.broker.Await;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection over TCP or WebSocket that sends any bytes and reads whole packets, with a limit on
 * each wait.
 */
public final class RawConnection implements AutoCloseable {

  private final Sender sender;
  private final PacketReader packets;
  private final Closeable resource;

  private RawConnection(Sender sender, PacketReader packets, Closeable resource) {
    this.sender = sender;
    this.packets = packets;
    this.resource = resource;
  }

  /** Where bytes go: a socket, or a binary frame each. */
  private interface Sender {
    void send(byte[] bytes) throws IOException;
  }

  /** Over TCP or, with a {@code ws:} URI, over WebSocket. */
  public static RawConnection open(URI broker) throws IOException {
    if (broker.getScheme().equals("ws")) {
      RawWebSocket webSocket = RawWebSocket.upgraded(broker);
      return new RawConnection(webSocket::sendBinary, webSocket.packets(), webSocket);
    }
    Socket socket = new Socket(broker.getHost(), broker.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) Await.LIMIT.toMillis());
    return new RawConnection(
        socket.getOutputStream()::write,
        new PacketReader(new BufferedInputStream(socket.getInputStream())),
        socket);
  }

  /** A connection with a finished handshake. */
  public static RawConnection connected(URI broker, int level, String clientId) throws IOException {
    RawConnection connection = open(broker);
    connection.send(Hex.connect(level, clientId));
    byte[] connAck = connection.expectPacket();
    if (connAck[0] != 0x20 || connAck[3] != 0) {
      throw new AssertionError("CONNECT was answered with " + Hex.of(connAck));
    }
    return connection;
  }

  public void send(byte[] bytes) throws IOException {
    sender.send(bytes);
  }

  /** One write, or one frame, for each byte. The broker may close in the middle. */
  public void sendByteByByte(byte[] bytes) throws IOException {
    try {
      for (byte single : bytes) {
        sender.send(new byte[] {single});
      }
    } catch (SocketException e) {
      // Refused before the last byte was sent: what was said about it is still to be read.
    }
  }

  /** The next packet, or null when the broker has closed the connection. Silence fails the test. */
  public byte @Nullable [] nextPacket() throws IOException {
    try {
      return packets.next();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("neither a packet nor a close within " + Await.LIMIT, e);
    } catch (SocketException e) {
      return null; // a reset is a close as well
    }
  }

  public byte[] expectPacket() throws IOException {
    return Objects.requireNonNull(nextPacket(), "the broker has closed the connection");
  }

  @Override
  public void close() throws IOException {
    resource.close();
  }
}
