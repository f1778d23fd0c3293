package io.culvert.runtime.driver;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A blocking peer of {@link ToyEngine} over a JDK socket. */
class ToyClient implements AutoCloseable {
  final Socket socket;
  OutputStream out;
  DataInputStream in;

  /** Over a socket that is connected. */
  ToyClient(Socket socket) throws IOException {
    this(socket, 0, 0);
  }

  /** With a receive buffer of a given size, or 0 for the usual. */
  ToyClient(Socket socket, int port, int receiveBytes) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    if (!socket.isConnected()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 20_000);
    }
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
  }

  void send(byte[] payload) throws IOException {
    out.write(ToyEngine.frame(payload));
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  byte[] receive() throws IOException {
    byte[] payload = new byte[in.readInt()];
    in.readFully(payload);
    return payload;
  }

  String receiveText() throws IOException {
    return new String(receive(), StandardCharsets.UTF_8);
  }

  String ask(String text) throws IOException {
    send(text);
    return receiveText();
  }

  /** Whether the peer has ended the stream in order. */
  boolean atEnd() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
