package io.culvert.tcp;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import io.culvert.tcp.wire.Frame;
import io.culvert.tcp.wire.Header;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageCodec;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/** A peer that writes any bytes and reads frames, on a plain blocking socket. */
final class RawSocket implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket;
  private final DataInputStream in;
  private final MessageCodec codec;

  RawSocket(int port, MessageCodec codec) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port), codec);
  }

  RawSocket(Socket socket, MessageCodec codec) throws IOException {
    this.socket = socket;
    this.codec = codec;
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    this.in = new DataInputStream(socket.getInputStream());
  }

  void write(Bytes bytes) throws IOException {
    socket.getOutputStream().write(bytes.array(), bytes.start(), bytes.length());
    socket.getOutputStream().flush();
  }

  void write(Message message) throws IOException {
    write(codec.encode(message));
  }

  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** The next frame, or null at the end. */
  @Nullable Frame read() throws IOException {
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
    return codec.frame(parsed, Bytes.wrap(rest));
  }

  Message readMessage() throws IOException {
    Frame frame = read();
    if (frame == null) {
      throw new AssertionError("the peer has closed");
    }
    return frame.message();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
