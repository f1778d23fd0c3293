package io.culvert.rpc.protocol;

import java.util.UUID;

/**
 * What a request and its answer have in common: 32 hexadecimal digits, with dashes anywhere and
 * white space around. It is compared and echoed as the text that it is.
 */
public record RequestId(String text) {
  private static final int DIGITS = 32;

  public RequestId {
    if (!isValid(text)) {
      throw new IllegalArgumentException("not a request id: '" + text + "'");
    }
  }

  /** As we write our own: lower case, with dashes. */
  public static RequestId of(UUID random) {
    return new RequestId(random.toString());
  }

  /** Whether a text can be one. */
  public static boolean isValid(String text) {
    String digits = text.replace("-", "");
    int from = 0;
    int to = digits.length();
    while (from < to && isSpace(digits.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(digits.charAt(to - 1))) {
      to--;
    }
    if (to - from != DIGITS) {
      return false;
    }
    for (int i = from; i < to; i++) {
      char c = digits.charAt(i);
      if (c > 'f' || Character.digit(c, 16) < 0) {
        return false;
      }
    }
    return true;
  }

  /** What the reference strips, too. */
  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  @Override
  public String toString() {
    return text;
  }
}
