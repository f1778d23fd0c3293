package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.Frame;
import io.culvert.tcp.wire.Header;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageCodec;
import io.culvert.tcp.wire.MessageType;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** A peer of the TCP message service on a plain socket, which writes any bytes. */
final class TcpOffender implements AutoCloseable {
  private final Socket socket;
  private final DataInputStream in;
  private final MessageCodec codec;

  TcpOffender(int port, MessageCodec codec) throws IOException {
    this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
    this.codec = codec;
    socket.setSoTimeout((int) Await.LIMIT.toMillis());
    socket.setTcpNoDelay(true);
    this.in = new DataInputStream(socket.getInputStream());
  }

  TcpOffender send(Bytes bytes) throws IOException {
    socket.getOutputStream().write(bytes.toByteArray());
    return this;
  }

  TcpOffender send(Message message) throws IOException {
    return send(codec.encode(message));
  }

  /** The next message, or null at the end. */
  @Nullable Message next() throws IOException {
    byte[] header = new byte[codec.headerLength()];
    try {
      in.readFully(header);
    } catch (EOFException | SocketException e) {
      return null;
    }
    ByteReader reader = new ByteReader();
    reader.reset(Bytes.wrap(header));
    Header parsed = codec.header(reader);
    byte[] rest = new byte[parsed.authLength() + parsed.bodyLength()];
    in.readFully(rest);
    Frame frame = codec.frame(parsed, Bytes.wrap(rest));
    return frame.message();
  }

  Message answer(MessageType type) throws IOException {
    Message message = next();
    assertThat(message).as("an answer").isNotNull();
    assertThat(message.type()).as(message.content().toUtf8()).isEqualTo(type);
    return message;
  }

  /** The peer is told why, and let go. */
  void isRefused(String why) throws IOException {
    assertThat(answer(MessageType.ERROR).content().toUtf8())
        .startsWith("invalid message")
        .contains(why);
    assertThat(next()).isNull();
  }

  /** The peer is told that it is not trusted, and stays. */
  TcpOffender isDistrusted() throws IOException {
    assertThat(answer(MessageType.AUTH_ERROR).content().toUtf8()).isEqualTo("HMAC auth failed");
    return this;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
