package io.culvert.runtime.driver;

import java.util.List;

/**
 * What a listener has done since its start. Written by the shard's thread only; other threads may
 * read values that are a little old.
 */
public final class DriverCounters {
  long accepted;
  long refused;
  long open;
  long bytesIn;
  long bytesOut;
  long reads;
  long writes;
  long failures;
  long acceptPauses;

  DriverCounters() {}

  static DriverCounters sum(List<DriverCounters> all) {
    DriverCounters sum = new DriverCounters();
    for (DriverCounters one : all) {
      sum.accepted += one.accepted;
      sum.refused += one.refused;
      sum.open += one.open;
      sum.bytesIn += one.bytesIn;
      sum.bytesOut += one.bytesOut;
      sum.reads += one.reads;
      sum.writes += one.writes;
      sum.failures += one.failures;
      sum.acceptPauses += one.acceptPauses;
    }
    return sum;
  }

  /** Connections that were taken. */
  public long accepted() {
    return accepted;
  }

  /** Connections that were closed at once, because a limit was reached or the request was bad. */
  public long refused() {
    return refused;
  }

  /** Connections that have a socket now. */
  public long open() {
    return open;
  }

  public long bytesIn() {
    return bytesIn;
  }

  public long bytesOut() {
    return bytesOut;
  }

  /** Chunks that came from sockets. */
  public long reads() {
    return reads;
  }

  /** Flushes, each one socket write if the socket takes all. */
  public long writes() {
    return writes;
  }

  /** Connections that were ended because an engine or application threw. */
  public long failures() {
    return failures;
  }

  /** How often connections were left waiting in the kernel because more came than may. */
  public long acceptPauses() {
    return acceptPauses;
  }

  @Override
  public String toString() {
    return "accepted=%d refused=%d open=%d bytesIn=%d bytesOut=%d reads=%d writes=%d failures=%d"
        .formatted(accepted, refused, open, bytesIn, bytesOut, reads, writes, failures);
  }
}
