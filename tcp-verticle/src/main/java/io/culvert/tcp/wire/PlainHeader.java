package io.culvert.tcp.wire;

import io.culvert.engine.ByteReader;

/** The header of all dialects: type u8, lengths u16 and u16, checksum u32; big-endian. */
public record PlainHeader(MessageTypes types) implements HeaderCodec {
  /** Bytes of it. */
  public static final int LENGTH = 9;

  @Override
  public int headerLength() {
    return LENGTH;
  }

  @Override
  public void encode(Header header, byte[] target, int at) {
    target[at] = (byte) header.type().code();
    target[at + 1] = (byte) (header.authLength() >>> 8);
    target[at + 2] = (byte) header.authLength();
    target[at + 3] = (byte) (header.bodyLength() >>> 8);
    target[at + 4] = (byte) header.bodyLength();
    for (int i = 0; i < 4; i++) {
      target[at + 5 + i] = (byte) (header.checksum() >>> (24 - 8 * i));
    }
  }

  @Override
  public Header decode(ByteReader reader) {
    int code = reader.u8();
    MessageType type = types.find(code);
    if (type == null) {
      throw new FrameViolation("message type " + code + " is not known");
    }
    return new Header(type, reader.u16(), reader.u16(), reader.u32());
  }
}
