package io.culvert.mqtt.auth;

import java.text.Normalizer;

/**
 * Prepares user names and passwords for comparison (RFC 4013): odd spaces become spaces, invisible
 * characters vanish, compatible forms become one (NFKC).
 *
 * <p>It knows the Unicode of the JDK rather than Unicode 3.2, and is stricter than it must be:
 * every control, format, private and unassigned character is refused, and so is everything that the
 * rules for text from right to left do not allow. Whoever has such a password chooses another one.
 */
public final class SaslPrep {
  /** Before and after; longer names and passwords help nobody. */
  static final int LONGEST = 1024;

  private SaslPrep() {}

  /**
   * The prepared form.
   *
   * @throws IllegalArgumentException when there is none, or nothing is left of it; the message does
   *     not repeat the text
   */
  public static String prepare(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("is longer than " + LONGEST + " characters");
    }
    String prepared =
        isPrintableAscii(text) ? text : Normalizer.normalize(map(text), Normalizer.Form.NFKC);
    if (prepared.isEmpty()) {
      throw new IllegalArgumentException("is empty");
    }
    if (prepared.length() > LONGEST) {
      throw new IllegalArgumentException("is longer than " + LONGEST + " characters");
    }
    prepared.codePoints().forEach(SaslPrep::checkAllowed);
    checkDirection(prepared);
    return prepared;
  }

  private static boolean isPrintableAscii(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  private static String map(String text) {
    StringBuilder mapped = new StringBuilder(text.length());
    text.codePoints()
        .filter(c -> isOddSpace(c) || !isInvisible(c))
        .forEach(c -> mapped.appendCodePoint(isOddSpace(c) ? ' ' : c));
    return mapped.toString();
  }

  /** RFC 3454 table C.1.2. */
  private static boolean isOddSpace(int c) {
    return c == 0x200b || (c != ' ' && Character.getType(c) == Character.SPACE_SEPARATOR);
  }

  /** RFC 3454 table B.1. */
  private static boolean isInvisible(int c) {
    return c == 0x00ad
        || c == 0x034f
        || c == 0x1806
        || (c >= 0x180b && c <= 0x180d)
        || c == 0x200c
        || c == 0x200d
        || c == 0x2060
        || (c >= 0xfe00 && c <= 0xfe0f)
        || c == 0xfeff;
  }

  /** RFC 3454 tables C.2 to C.9, and A.1. */
  private static void checkAllowed(int c) {
    boolean refused =
        switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.PRIVATE_USE,
              Character.SURROGATE,
              Character.UNASSIGNED,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              true;
          default -> (c >= 0x2ff0 && c <= 0x2fff) || c == 0xfffc || c == 0xfffd;
        };
    if (refused) {
      throw new IllegalArgumentException(String.format("has the character U+%04X", c));
    }
  }

  /** RFC 3454 §6. */
  private static void checkDirection(String text) {
    boolean anyRight = text.codePoints().anyMatch(SaslPrep::isRightToLeft);
    if (!anyRight) {
      return;
    }
    boolean anyLeft =
        text.codePoints()
            .anyMatch(
                c -> Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT);
    boolean enclosed =
        isRightToLeft(text.codePointAt(0)) && isRightToLeft(text.codePointBefore(text.length()));
    if (anyLeft || !enclosed) {
      throw new IllegalArgumentException("mixes text from right to left with other text");
    }
  }

  private static boolean isRightToLeft(int c) {
    byte direction = Character.getDirectionality(c);
    return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }
}
