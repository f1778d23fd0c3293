package io.culvert.benchmarks;

import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;

/** A peer that reads everything at once and remembers only how much it was. */
final class CountingSink implements Outbox.Sink {
  private long bytes;

  @Override
  public void copied(byte[] array, int start, int length) {
    bytes += length;
  }

  @Override
  public void shared(Bytes piece) {
    bytes += piece.length();
  }

  long bytes() {
    return bytes;
  }
}
