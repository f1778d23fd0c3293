package io.culvert.runtime.driver;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * What a server needs of RFC 6455: reads a client's frames from bytes that are cut anywhere, and
 * makes headers. Nothing is gathered: the payload of a binary frame, or of a piece of one, goes on
 * as it comes, so no frame is too large and none costs memory.
 */
final class WebSocketFrames {
  /** Closing codes, RFC 6455 §7.4.1. */
  static final int NORMAL = 1000;

  static final int PROTOCOL_ERROR = 1002;
  static final int UNACCEPTABLE_DATA = 1003;
  static final int NO_CODE = 1005;

  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int MAX_CONTROL_BYTES = 125;
  private static final byte[] NONE = {};
  private static final String KEY_SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // §1.3

  // The header that is being read: its first two bytes tell how long it is.
  private final byte[] header = new byte[14];
  private int headerLength;
  private int headerNeeded = 2;

  // The frame whose payload is being read; its opcode is that of the message for continuations.
  private int opcode;
  private long payloadLeft;
  private int maskAt;
  private boolean inMessage;
  private byte[] control = NONE;
  private int controlLength;
  private boolean finished;

  /** Where the content of frames goes. */
  interface Reader {
    /** A piece of a binary message; the array is only lent. */
    void payload(byte[] array, int start, int length);

    void ping(byte[] content);

    /** The peer closes; nothing is read after it. */
    void closed(int code);

    /** The peer has broken the rules; nothing is read after it. */
    void refused(int code);
  }

  /** Reads bytes; unmasks in place. */
  void read(byte[] array, int start, int length, Reader reader) {
    int at = start;
    int end = start + length;
    while (at < end && !finished) {
      if (headerLength < headerNeeded) {
        header[headerLength++] = array[at++];
        if (headerLength == 2) {
          headerNeeded = wholeHeader(header[1]);
        }
        if (headerLength == headerNeeded) {
          startFrame(reader);
        }
      } else {
        int piece = (int) Math.min(payloadLeft, end - at);
        unmask(array, at, piece);
        content(array, at, piece, reader);
        at += piece;
      }
    }
  }

  /** The length of the header before a binary message of so many bytes. */
  static int headerBytes(int payloadLength) {
    return payloadLength < 126 ? 2 : payloadLength <= 0xffff ? 4 : 10;
  }

  /** Writes the header of a binary message in one frame. */
  static void binaryHeader(ByteBuf out, int payloadLength) {
    out.writeByte(FINAL | BINARY);
    if (payloadLength < 126) {
      out.writeByte(payloadLength);
    } else if (payloadLength <= 0xffff) {
      out.writeByte(126).writeShort(payloadLength);
    } else {
      out.writeByte(127).writeLong(payloadLength);
    }
  }

  /** The bytes of a Pong. */
  static byte[] pong(byte[] content) {
    return controlFrame(PONG, content);
  }

  /** The bytes of a Close. */
  static byte[] close(int code) {
    return controlFrame(
        CLOSE, code == NO_CODE ? NONE : new byte[] {(byte) (code >> 8), (byte) code});
  }

  /** The answer to a client's Sec-WebSocket-Key, RFC 6455 §4.2.2. */
  static String accept(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] digest = sha1.digest((key + KEY_SALT).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  private static int wholeHeader(byte second) {
    int length = second & 0x7f;
    int extended = length == 127 ? 8 : length == 126 ? 2 : 0;
    return 2 + extended + ((second & MASKED) != 0 ? 4 : 0);
  }

  private void startFrame(Reader reader) {
    int first = header[0] & 0xff;
    opcode = first & 0xf;
    maskAt = 0;
    payloadLeft = payloadLength();
    int problem = problem(first, (header[1] & MASKED) != 0);
    if (problem != 0) {
      finished = true;
      reader.refused(problem);
      return;
    }
    if (opcode < CLOSE) {
      inMessage = (first & FINAL) == 0;
    } else {
      control = new byte[(int) payloadLeft];
      controlLength = 0;
    }
    if (payloadLeft == 0) {
      endFrame(reader);
    }
  }

  /** The closing code for what is wrong with the frame, or 0. */
  private int problem(int first, boolean masked) {
    if ((first & 0x70) != 0 || !masked || payloadLeft < 0) { // §5.2, §5.1
      return PROTOCOL_ERROR;
    }
    return switch (opcode) {
      case CONTINUATION -> inMessage ? 0 : PROTOCOL_ERROR; // §5.4
      case BINARY -> inMessage ? PROTOCOL_ERROR : 0;
      case TEXT -> UNACCEPTABLE_DATA;
      case CLOSE, PING, PONG -> // §5.5
          (first & FINAL) == 0 || payloadLeft > MAX_CONTROL_BYTES ? PROTOCOL_ERROR : 0;
      default -> PROTOCOL_ERROR;
    };
  }

  private long payloadLength() {
    int length = header[1] & 0x7f;
    if (length < 126) {
      return length;
    }
    long value = 0;
    for (int i = 0; i < (length == 126 ? 2 : 8); i++) {
      value = (value << 8) | (header[2 + i] & 0xff);
    }
    return value;
  }

  private void unmask(byte[] array, int start, int length) {
    int mask = headerNeeded - 4;
    for (int i = 0; i < length; i++) {
      array[start + i] ^= header[mask + ((maskAt + i) & 3)];
    }
    maskAt = (maskAt + length) & 3;
  }

  private void content(byte[] array, int start, int length, Reader reader) {
    payloadLeft -= length;
    if (opcode < CLOSE) {
      reader.payload(array, start, length);
    } else {
      System.arraycopy(array, start, control, controlLength, length);
      controlLength += length;
    }
    if (payloadLeft == 0) {
      endFrame(reader);
    }
  }

  private void endFrame(Reader reader) {
    headerLength = 0;
    headerNeeded = 2;
    byte[] content = control;
    control = NONE;
    if (opcode == PING) {
      reader.ping(content);
    } else if (opcode == CLOSE) {
      finished = true;
      reader.closed(
          content.length < 2 ? NO_CODE : ((content[0] & 0xff) << 8) | (content[1] & 0xff));
    }
  }

  private static byte[] controlFrame(int opcode, byte[] content) {
    byte[] frame = new byte[2 + content.length];
    frame[0] = (byte) (FINAL | opcode);
    frame[1] = (byte) content.length;
    System.arraycopy(content, 0, frame, 2, content.length);
    return frame;
  }
}
