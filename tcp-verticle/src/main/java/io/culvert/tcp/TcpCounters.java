package io.culvert.tcp;

import java.util.concurrent.atomic.LongAdder;

/** What a server has done until now. Any thread may read. */
public final class TcpCounters {
  final LongAdder accepted = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder messagesIn = new LongAdder();
  final LongAdder messagesOut = new LongAdder();
  final LongAdder damaged = new LongAdder();
  final LongAdder notAuthentic = new LongAdder();
  final LongAdder violations = new LongAdder();
  final LongAdder handlerFailures = new LongAdder();
  final LongAdder slowReaders = new LongAdder();

  TcpCounters() {}

  /** Connections that were let in. */
  public long accepted() {
    return accepted.sum();
  }

  /** Connections that were closed at once: too many of an address, or too many failures of it. */
  public long refused() {
    return refused.sum();
  }

  public long messagesIn() {
    return messagesIn.sum();
  }

  public long messagesOut() {
    return messagesOut.sum();
  }

  /** Messages whose checksum was not that of their body. */
  public long damaged() {
    return damaged.sum();
  }

  /** Messages that a check has refused. */
  public long notAuthentic() {
    return notAuthentic.sum();
  }

  /** Connections that ended because the peer has broken the protocol or was too slow. */
  public long violations() {
    return violations.sum();
  }

  public long handlerFailures() {
    return handlerFailures.sum();
  }

  /** Connections that ended because the queue for the peer was full. */
  public long slowReaders() {
    return slowReaders.sum();
  }
}
