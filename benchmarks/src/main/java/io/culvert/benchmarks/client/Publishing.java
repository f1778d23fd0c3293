package io.culvert.benchmarks.client;

import org.jspecify.annotations.Nullable;

/** A client of somebody, connected, that publishes at QoS 1. */
interface Publishing {
  /** Publishes. */
  void publish(byte[] payload, Outcome outcome) throws Exception;

  void close() throws Exception;

  /** Told once, on any thread. */
  @FunctionalInterface
  interface Outcome {
    /**
     * PUBACK has come, or never will.
     *
     * @param failure null where all went well
     */
    void complete(@Nullable Throwable failure);
  }
}
