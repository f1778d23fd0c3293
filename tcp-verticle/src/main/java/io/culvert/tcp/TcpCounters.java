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
  final LongAdder busDropped = new LongAdder();
  final LongAdder bridgedIn = new LongAdder();
  final LongAdder bridgedOut = new LongAdder();
  final LongAdder bridgeRefused = new LongAdder();
  final LongAdder bridgeLoops = new LongAdder();

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

  /** Published messages that a subscriber on the event bus had no room for. */
  public long busDropped() {
    return busDropped.sum();
  }

  /** Messages that bridges have brought from topics and addresses. */
  public long bridgedIn() {
    return bridgedIn.sum();
  }

  /** Messages that bridges have carried to topics and addresses. */
  public long bridgedOut() {
    return bridgedOut.sum();
  }

  /** Messages that bridges could not carry there. */
  public long bridgeRefused() {
    return bridgeRefused.sum();
  }

  /** Messages that bridges have not brought because this server had sent them out. */
  public long bridgeLoops() {
    return bridgeLoops.sum();
  }
}
