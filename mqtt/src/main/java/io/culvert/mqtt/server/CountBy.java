package io.culvert.mqtt.server;

/**
 * One number for each constant of an enum, such as the messages dropped for each reason. Read and
 * written on its owner's thread.
 *
 * @param <E> what is told apart
 */
public final class CountBy<E extends Enum<E>> {
  private final long[] counts;

  CountBy(Class<E> type) {
    this.counts = new long[type.getEnumConstants().length];
  }

  void count(E kind) {
    counts[index(kind)]++;
  }

  void count(E kind, long more) {
    counts[index(kind)] += more;
  }

  void addAll(CountBy<E> other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
  }

  public long of(E kind) {
    return counts[index(kind)];
  }

  public long sum() {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  @SuppressWarnings("EnumOrdinal") // an array in the order of the enum, never stored
  private static int index(Enum<?> kind) {
    return kind.ordinal();
  }
}
