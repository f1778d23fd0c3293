package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** UTF-8 that must be well-formed. */
final class StrictText {
  private static final char REPLACED = '\ufffd';

  private StrictText() {}

  static String decode(Bytes bytes) {
    String text = bytes.toUtf8();
    return text.indexOf(REPLACED) < 0 ? text : decodeStrictly(bytes);
  }

  private static String decodeStrictly(Bytes bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.array(), bytes.start(), bytes.length()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new FrameViolation("a text in the authentication fields is not UTF-8");
    }
  }
}
