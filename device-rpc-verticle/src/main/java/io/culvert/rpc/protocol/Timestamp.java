package io.culvert.rpc.protocol;

import java.math.BigInteger;
import java.text.Normalizer;

/**
 * When a payload was made: milliseconds since 1970, or a text that a peer has written instead.
 *
 * @param value a {@link Long} or {@link BigInteger}, or a {@link String} that is passed through
 */
public record Timestamp(Object value) {
  /** Of a number written as text; the reading of long ones takes long. */
  private static final int MAXIMUM_DIGITS = 1000;

  /** No time was given, which a requester accepts in an answer. */
  public static final Timestamp ABSENT = new Timestamp("");

  public Timestamp {
    if (!(value instanceof Long || value instanceof BigInteger || value instanceof String)) {
      throw new IllegalArgumentException("not a time: " + value);
    }
  }

  public static Timestamp ofMillis(long millis) {
    return new Timestamp(millis);
  }

  /**
   * A time that was written as text: a number when it consists of digits, which need not be those
   * of ASCII, and else the text itself.
   *
   * @throws PayloadViolation for digits that make no number, such as superscript ones
   */
  static Timestamp ofText(String text) {
    StringBuilder digits = new StringBuilder();
    boolean isNumber = !text.isEmpty();
    boolean isDigits = isNumber;
    for (int at = 0;
        at < text.length() && isDigits;
        at += Character.charCount(text.codePointAt(at))) {
      int c = text.codePointAt(at);
      if (Character.isDigit(c)) {
        digits.append(Character.digit(c, 10));
      } else {
        isNumber = false;
        isDigits = isUncountableDigit(c);
      }
    }
    if (digits.length() > MAXIMUM_DIGITS) {
      throw new PayloadViolation("timestamp", "has more than " + MAXIMUM_DIGITS + " digits");
    }
    if (isNumber) {
      return ofInteger(new BigInteger(digits.toString()));
    } else if (isDigits) {
      throw new PayloadViolation("timestamp", "is of digits that make no number");
    }
    return new Timestamp(text);
  }

  static Timestamp ofInteger(BigInteger value) {
    return new Timestamp(value.bitLength() < Long.SIZE ? (Object) value.longValue() : value);
  }

  /** A digit in a circle, a superscript one. */
  private static boolean isUncountableDigit(int c) {
    String plain = Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKD);
    return Character.getType(c) == Character.OTHER_NUMBER
        && plain.length() == 1
        && Character.isDigit(plain.charAt(0));
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
