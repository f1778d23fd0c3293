package io.culvert.conformance.raw;

import io.culvert.conformance.broker.Await;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The client's side of RFC 6455 by hand: any frame can be sent, also a wrong one. */
public final class RawWebSocket implements Closeable {

  /** The key of the example in RFC 6455 §1.3, and the accept value that belongs to it. */
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  public static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  /** RFC 6455 §5.3: any four bytes. */
  private static final byte[] MASK = {0x37, (byte) 0xFA, 0x21, 0x3D};

  private final Socket socket;
  private final DataInputStream in;

  private RawWebSocket(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  /** The status and the headers of the answer to an opening handshake; names in lower case. */
  public record Answer(int status, Map<String, String> headers) {}

  /** Connects; the opening handshake is still to be done. */
  public static RawWebSocket open(URI broker) throws IOException {
    Socket socket = new Socket(broker.getHost(), broker.getPort());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout((int) Await.LIMIT.toMillis());
    return new RawWebSocket(socket);
  }

  /** Connects, and agrees on the sub-protocol {@code mqtt}. */
  public static RawWebSocket upgraded(URI broker) throws IOException {
    RawWebSocket webSocket = open(broker);
    Answer answer = webSocket.handshake(broker, "Sec-WebSocket-Protocol: mqtt");
    if (answer.status() != 101) {
      throw new AssertionError("the opening handshake was answered with " + answer);
    }
    return webSocket;
  }

  /** Sends an opening handshake with some more header lines, and reads the answer. */
  public Answer handshake(URI broker, String... headerLines) throws IOException {
    StringBuilder request =
        new StringBuilder("GET " + broker.getPath() + " HTTP/1.1\r\n")
            .append("Host: " + broker.getAuthority() + "\r\n")
            .append("Upgrade: websocket\r\nConnection: Upgrade\r\n")
            .append("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + "\r\n");
    for (String line : headerLines) {
      request.append(line).append("\r\n");
    }
    sendRaw(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    return readAnswer();
  }

  public void sendRaw(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  public void send(WebSocketFrame frame) throws IOException {
    sendRaw(frame.masked(MASK));
  }

  public void sendBinary(byte[] payload) throws IOException {
    send(WebSocketFrame.binary(payload));
  }

  /** The next frame, or null when the broker has closed the connection. Silence fails the test. */
  public @Nullable WebSocketFrame nextFrame() throws IOException {
    try {
      int first = in.read();
      return first < 0 ? null : WebSocketFrame.read(first, in);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("neither a frame nor a close within " + Await.LIMIT, e);
    } catch (SocketException | EOFException e) {
      return null;
    }
  }

  /** MQTT packets from the payloads of binary frames, cut anywhere; they end with a close frame. */
  public PacketReader packets() {
    return new PacketReader(
        new InputStream() {
          private ByteBuffer rest = ByteBuffer.allocate(0);

          @Override
          public int read() throws IOException {
            while (!rest.hasRemaining()) {
              WebSocketFrame frame = nextFrame();
              if (frame == null || frame.opcode() == WebSocketFrame.CLOSE) {
                return -1;
              }
              if (frame.opcode() != WebSocketFrame.BINARY
                  && frame.opcode() != WebSocketFrame.CONTINUATION) {
                throw new AssertionError("a frame with opcode " + frame.opcode());
              }
              rest = ByteBuffer.wrap(frame.payload());
            }
            return rest.get() & 0xFF;
          }
        });
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private Answer readAnswer() throws IOException {
    String status = readLine();
    Map<String, String> headers = new HashMap<>();
    for (String line = readLine(); !line.isEmpty(); line = readLine()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
    }
    return new Answer(Integer.parseInt(status.split(" ")[1]), headers);
  }

  private String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed within the answer, after: " + line);
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }
}
