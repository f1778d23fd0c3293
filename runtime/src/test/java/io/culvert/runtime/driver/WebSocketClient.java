package io.culvert.runtime.driver;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A WebSocket by hand: each write is one masked binary frame, cut anywhere. */
final class WebSocketClient extends ToyClient {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private final OutputStream rawOut;
  private final DataInputStream rawIn;

  WebSocketClient(int port, int receiveBytes) throws IOException {
    super(new Socket(), port, receiveBytes);
    rawOut = out;
    rawIn = in;
    String request =
        "GET /toy HTTP/1.1\r\nHost: 127.0.0.1:"
            + port
            + "\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            + "Sec-WebSocket-Protocol: other, toy\r\n\r\n";
    rawOut.write(request.getBytes(StandardCharsets.US_ASCII));
    String answer = readHead();
    if (!answer.startsWith("HTTP/1.1 101") || !answer.toLowerCase().contains("protocol: toy")) {
      close();
      throw new IOException(answer);
    }
    out = new Frames();
    in = new DataInputStream(new Payloads());
  }

  void frame(boolean last, int opcode, byte[] bytes, int at, int length) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream(length + 14);
    frame.write(last ? 0x80 | opcode : opcode);
    if (length < 126) {
      frame.write(0x80 | length);
    } else if (length < 65_536) {
      frame.write(0x80 | 126);
      frame.write(length >> 8);
      frame.write(length);
    } else {
      frame.write(0x80 | 127);
      frame.write(new byte[4]);
      frame.write(
          new byte[] {
            (byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length
          });
    }
    frame.write(new byte[4]); // a mask of zeros changes nothing
    frame.write(bytes, at, length);
    rawOut.write(frame.toByteArray());
  }

  void frame(boolean last, int opcode, byte[] bytes) throws IOException {
    frame(last, opcode, bytes, 0, bytes.length);
  }

  /** The next frame's opcode, or -1 at the end; its payload goes to {@link #payload}. */
  int nextFrame() throws IOException {
    int first = rawIn.read();
    if (first < 0) {
      return -1;
    }
    int length = rawIn.readUnsignedByte();
    if (length == 126) {
      length = rawIn.readUnsignedShort();
    } else if (length == 127) {
      length = (int) rawIn.readLong();
    }
    payload = new byte[length];
    rawIn.readFully(payload);
    return first & 0xf;
  }

  byte[] payload = new byte[0];

  private String readHead() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = rawIn.read();
      if (c < 0) {
        break;
      }
      head.append((char) c);
    }
    return head.toString();
  }

  private final class Frames extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b});
    }

    @Override
    public void write(byte[] bytes, int at, int length) throws IOException {
      frame(true, BINARY, bytes, at, length);
    }
  }

  private final class Payloads extends InputStream {
    private int at;
    private boolean ended;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
      while (!ended && at == payload.length) {
        int opcode = nextFrame();
        at = 0;
        if (opcode == CLOSE) {
          frame(true, CLOSE, payload);
        }
        ended = opcode < 0 || opcode == CLOSE;
      }
      if (ended) {
        return -1;
      }
      int count = Math.min(length, payload.length - at);
      System.arraycopy(payload, at, target, from, count);
      at += count;
      return count;
    }
  }
}
