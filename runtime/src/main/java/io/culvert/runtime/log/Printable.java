package io.culvert.runtime.log;

/** Text of clients as a log line may have it: a line break must not forge another line. */
public final class Printable {
  private static final int LONGEST_NAME = 64;

  private Printable() {}

  /** A name, of which only the beginning is said where it is long. */
  public static String name(String name) {
    return text(name, LONGEST_NAME);
  }

  /** Any text. */
  public static String text(String text) {
    return text(text, Integer.MAX_VALUE);
  }

  private static String text(String text, int most) {
    StringBuilder printable = new StringBuilder(Math.min(most, text.length()));
    text.codePoints().limit(most).forEach(c -> printable.appendCodePoint(isPrintable(c) ? c : '?'));
    return printable.toString();
  }

  /** Nothing that breaks a line, turns the direction of writing, or is not seen. */
  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
