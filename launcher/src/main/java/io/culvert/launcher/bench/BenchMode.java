package io.culvert.launcher.bench;

import java.util.Locale;

/** What the clients do. */
public enum BenchMode {
  /** They connect, and stay. */
  CONNECTIONS,

  /** Each publishes to a topic of its own. */
  PUB,

  /** Each subscribes to the same filter, and takes what others publish. */
  SUB,

  /** Each publishes to a topic of its own, which another connection has subscribed to. */
  PAIRS;

  public static BenchMode parse(String name) {
    for (BenchMode each : values()) {
      if (each.label().equals(name)) {
        return each;
      }
    }
    throw new IllegalArgumentException("connections, pub, sub or pairs, not " + name);
  }

  /** As it is typed. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean publishes() {
    return this == PUB || this == PAIRS;
  }

  boolean subscribes() {
    return this == SUB || this == PAIRS;
  }
}
