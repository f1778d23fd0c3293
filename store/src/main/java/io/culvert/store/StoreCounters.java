package io.culvert.store;

import java.util.concurrent.atomic.LongAdder;

/** What has happened so far. Written by several threads, read by any. */
final class StoreCounters {
  private final LongAdder waitingBatches = new LongAdder();
  private final LongAdder waitingBytes = new LongAdder();
  private final LongAdder storedBatches = new LongAdder();
  private final LongAdder storedBytes = new LongAdder();
  private final LongAdder syncs = new LongAdder();
  private final LongAdder syncNanos = new LongAdder();
  private final LongAdder scans = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder damages = new LongAdder();
  private volatile String problem = "";

  void submitted(long bytes) {
    waitingBatches.increment();
    waitingBytes.add(bytes);
  }

  void stored(long batches, long bytes) {
    waitingBatches.add(-batches);
    waitingBytes.add(-bytes);
    storedBatches.add(batches);
    storedBytes.add(bytes);
  }

  void synced(long nanos) {
    syncs.increment();
    syncNanos.add(nanos);
  }

  void scanned() {
    scans.increment();
  }

  void failed(String text) {
    failures.increment();
    problem = text;
  }

  void damaged(String text) {
    damages.increment();
    problem = text;
  }

  long waitingBatches() {
    return waitingBatches.sum();
  }

  long waitingBytes() {
    return waitingBytes.sum();
  }

  long storedBatches() {
    return storedBatches.sum();
  }

  long storedBytes() {
    return storedBytes.sum();
  }

  long syncs() {
    return syncs.sum();
  }

  long syncNanos() {
    return syncNanos.sum();
  }

  long scans() {
    return scans.sum();
  }

  long failures() {
    return failures.sum();
  }

  long damages() {
    return damages.sum();
  }

  String problem() {
    return problem;
  }
}
