package io.culvert.launcher.bench;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** Counts and times of all clients. Any thread. */
final class Meter {
  private static final int DIGITS = 3;

  final LongAdder connected = new LongAdder();
  final LongAdder published = new LongAdder();
  final LongAdder received = new LongAdder();
  final LongAdder failed = new LongAdder();
  private final Recorder recorder = new Recorder(DIGITS);
  private final Histogram all = new Histogram(DIGITS);
  private final AtomicReference<@Nullable String> firstFailure = new AtomicReference<>();

  /** From a moment of {@link System#nanoTime} to now. */
  void took(long sinceNanos) {
    recorder.recordValue(Math.max(0, System.nanoTime() - sinceNanos));
  }

  void failed(Throwable failure) {
    failed.increment();
    firstFailure.compareAndSet(null, String.valueOf(failure.getMessage()));
  }

  @Nullable String firstFailure() {
    return firstFailure.get();
  }

  /** What was recorded since the last call. One thread. */
  Histogram interval() {
    Histogram interval = recorder.getIntervalHistogram();
    all.add(interval);
    return interval;
  }

  /** What was recorded up to the last {@link #interval}. */
  Histogram all() {
    return all;
  }

  /** What comes next is counted alone. */
  void restart() {
    interval();
    all.reset();
    published.reset();
    received.reset();
  }
}
