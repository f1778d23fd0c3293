package io.culvert.conformance.raw;

import io.culvert.conformance.broker.Await;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A TCP connection that sends any bytes and reads whole packets, with a limit on each wait. */
public final class RawConnection implements AutoCloseable {

  private final Socket socket;
  private final PacketReader packets;

  private RawConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.packets = new PacketReader(new BufferedInputStream(socket.getInputStream()));
  }

  public static RawConnection open(InetSocketAddress broker) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(broker, (int) Await.LIMIT.toMillis());
    socket.setSoTimeout((int) Await.LIMIT.toMillis());
    return new RawConnection(socket);
  }

  /** A connection with a finished handshake. */
  public static RawConnection connected(InetSocketAddress broker, int level, String clientId)
      throws IOException {
    RawConnection connection = open(broker);
    connection.send(Hex.connect(level, clientId));
    byte[] connAck = connection.expectPacket();
    if (connAck[0] != 0x20 || connAck[3] != 0) {
      throw new AssertionError("CONNECT was answered with " + Hex.of(connAck));
    }
    return connection;
  }

  public void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** One write for each byte. The broker may close in the middle. */
  public void sendByteByByte(byte[] bytes) throws IOException {
    try {
      for (byte single : bytes) {
        socket.getOutputStream().write(single);
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
    socket.close();
  }
}
