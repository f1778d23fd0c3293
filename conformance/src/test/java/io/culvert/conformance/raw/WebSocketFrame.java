package io.culvert.conformance.raw;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One frame of RFC 6455 §5.2. */
public record WebSocketFrame(boolean fin, int opcode, byte[] payload) {

  public static final int CONTINUATION = 0x0;
  public static final int TEXT = 0x1;
  public static final int BINARY = 0x2;
  public static final int CLOSE = 0x8;
  public static final int PING = 0x9;
  public static final int PONG = 0xA;

  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int LENGTH_16 = 126;
  private static final int LENGTH_64 = 127;

  /** A message of one frame. */
  public static WebSocketFrame binary(byte[] payload) {
    return new WebSocketFrame(true, BINARY, payload);
  }

  public static WebSocketFrame text(String text) {
    return new WebSocketFrame(true, TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  public static WebSocketFrame ping(String text) {
    return new WebSocketFrame(true, PING, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A close frame with a status code and no words. */
  public static WebSocketFrame close(int code) {
    return new WebSocketFrame(true, CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
  }

  /** The status code of a close frame. */
  public int closeCode() {
    return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
  }

  /** As a client must send it. */
  public byte[] masked(byte[] mask) {
    ByteArrayOutputStream bytes = head(MASKED);
    bytes.writeBytes(mask);
    for (int i = 0; i < payload.length; i++) {
      bytes.write(payload[i] ^ mask[i & 3]);
    }
    return bytes.toByteArray();
  }

  /** As only a server may send it. */
  public byte[] unmasked() {
    ByteArrayOutputStream bytes = head(0);
    bytes.writeBytes(payload);
    return bytes.toByteArray();
  }

  static WebSocketFrame read(int firstByte, DataInputStream in) throws IOException {
    int second = in.readUnsignedByte();
    if ((second & MASKED) != 0) {
      throw new AssertionError("a server must not mask");
    }
    long length =
        switch (second) {
          case LENGTH_16 -> in.readUnsignedShort();
          case LENGTH_64 -> in.readLong();
          default -> second;
        };
    byte[] payload = new byte[Math.toIntExact(length)];
    in.readFully(payload);
    return new WebSocketFrame((firstByte & FIN) != 0, firstByte & 0xF, payload);
  }

  private ByteArrayOutputStream head(int maskBit) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write((fin ? FIN : 0) | opcode);
    if (payload.length < LENGTH_16) {
      bytes.write(maskBit | payload.length);
    } else if (payload.length <= 0xFFFF) {
      bytes.write(maskBit | LENGTH_16);
      bytes.writeBytes(ByteBuffer.allocate(2).putShort((short) payload.length).array());
    } else {
      bytes.write(maskBit | LENGTH_64);
      bytes.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
    }
    return bytes;
  }
}
