package io.culvert.mqtt.topic;

/**
 * Walks the levels of a topic or filter: where each ends, and its hash. The hash depends on a seed
 * that no peer knows, so nobody can choose levels that collide.
 */
final class Levels {
  private final long multiplier;

  Levels(long seed) {
    // Odd, so that no bit of what is multiplied gets lost.
    multiplier = seed * 0x9e37_79b9_7f4a_7c15L | 1;
  }

  /** The index of the slash that ends the level which begins at {@code from}, or {@code to}. */
  static int end(byte[] array, int from, int to) {
    int at = from;
    while (at < to && array[at] != '/') {
      at++;
    }
    return at;
  }

  int hash(byte[] array, int from, int to) {
    long hash = multiplier ^ to - from;
    for (int i = from; i < to; i++) {
      hash = Long.rotateLeft((hash ^ array[i]) * multiplier, 29);
    }
    return (int) (hash ^ hash >>> 32);
  }
}
