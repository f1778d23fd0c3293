package io.culvert.runtime.config;

import java.util.List;

/** A size that may follow the heap: {@code 50%} of the largest one, or a number of bytes. */
public record HeapShare() implements SettingType {
  private static final long LEAST_BYTES = 1 << 20;
  private static final int MOST_PERCENT = 90;

  /** The text of one that was {@link #parse parsed}, in bytes. */
  public static long bytes(String text, long heapBytes) {
    try {
      return Math.max(LEAST_BYTES, size(text, heapBytes));
    } catch (BadValueException e) {
      throw new IllegalArgumentException("not parsed: " + text, e);
    }
  }

  @Override
  public Object parse(List<String> parts, boolean list) throws BadValueException {
    String text = (String) new Text().parse(parts, list);
    boolean isPart = text.endsWith("%");
    long value = size(text, 100);
    if (isPart ? value < 1 || value > MOST_PERCENT : value < LEAST_BYTES) {
      throw new BadValueException("is %s, but must be %s".formatted(text, describe()));
    }
    return text;
  }

  @Override
  public String describe() {
    return "1% to " + MOST_PERCENT + "% of the heap, or at least 1MiB";
  }

  private static long size(String text, long heapBytes) throws BadValueException {
    if (text.endsWith("%")) {
      String percent = text.substring(0, text.length() - 1).strip();
      return heapBytes / 100 * Unit.COUNT.parse(percent);
    }
    return Unit.BYTES.parse(text);
  }
}
