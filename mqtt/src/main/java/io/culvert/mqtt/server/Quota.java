package io.culvert.mqtt.server;

/**
 * An amount of something that all shards of a broker hold together, compared with a limit. What is
 * between a question and the answer to it may be exceeded by as much as the other shards add at the
 * same time.
 */
public interface Quota {
  /** Adds to what is held, or takes away from it. */
  void add(long amount);

  /** What is held. */
  long held();

  /** One for a single thread. */
  static Quota local() {
    return new Quota() {
      private long held;

      @Override
      public void add(long amount) {
        held += amount;
      }

      @Override
      public long held() {
        return held;
      }
    };
  }
}
