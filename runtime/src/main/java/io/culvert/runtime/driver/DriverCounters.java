package io.culvert.runtime.driver;

import java.util.List;

/**
 * What a listener has done since its start. Written by the shard's thread only; other threads may
 * read values that are a little old.
 */
public final class DriverCounters {
  long accepted;
  long refused;
  long unopened;
  long open;
  long bytesIn;
  long bytesOut;
  long reads;
  long writes;
  long failures;
  long pauses;

  DriverCounters() {}

  static DriverCounters sum(List<DriverCounters> all) {
    DriverCounters sum = new DriverCounters();
    for (DriverCounters one : all) {
      sum.accepted += one.accepted;
      sum.refused += one.refused;
      sum.unopened += one.unopened;
      sum.open += one.open;
      sum.bytesIn += one.bytesIn;
      sum.bytesOut += one.bytesOut;
      sum.reads += one.reads;
      sum.writes += one.writes;
      sum.failures += one.failures;
      sum.pauses += one.pauses;
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

  /**
   * Connections that ended before anything of their protocol came: their TLS handshake, their PROXY
   * protocol header or their upgrade to a WebSocket was wrong, or late.
   */
  public long unopened() {
    return unopened;
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

  /**
   * How often connections were left in the kernel for a moment, because an event loop was busy or
   * more came than may.
   */
  public long pauses() {
    return pauses;
  }

  @Override
  public String toString() {
    return "accepted=%d refused=%d unopened=%d open=%d bytesIn=%d bytesOut=%d reads=%d writes=%d failures=%d pauses=%d"
        .formatted(
            accepted, refused, unopened, open, bytesIn, bytesOut, reads, writes, failures, pauses);
  }
}
