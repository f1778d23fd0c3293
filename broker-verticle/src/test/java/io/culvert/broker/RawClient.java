package io.culvert.broker;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A client by hand over a blocking socket: hexadecimal packets out and in. */
final class RawClient implements AutoCloseable {
  private static final int LIMIT_MILLIS = 10_000;

  /** CONNECT, MQTT 5, clean start, client id {@code raw}. */
  static final String CONNECT_5 = "101000044d5154540502003c000003726177";

  /** The same with another client id of three letters. */
  static String connect5(String clientId) {
    return CONNECT_5.substring(0, CONNECT_5.length() - 6)
        + HexFormat.of().formatHex(clientId.getBytes(StandardCharsets.US_ASCII));
  }

  private final Socket socket = new Socket();

  RawClient(int port) throws IOException {
    socket.setSoTimeout(LIMIT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress("127.0.0.1", port), LIMIT_MILLIS);
  }

  void send(String hex) throws IOException {
    socket.getOutputStream().write(HexFormat.of().parseHex(hex));
  }

  /** The next whole packet, or an empty text at the end of the stream. */
  String read() throws IOException {
    InputStream in = socket.getInputStream();
    int first = in.read();
    if (first < 0) {
      return "";
    }
    int length = in.read(); // none of these tests' answers has 128 bytes or more
    byte[] body = in.readNBytes(length);
    return HexFormat.of().toHexDigits((byte) first)
        + HexFormat.of().toHexDigits((byte) length)
        + HexFormat.of().formatHex(body);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
