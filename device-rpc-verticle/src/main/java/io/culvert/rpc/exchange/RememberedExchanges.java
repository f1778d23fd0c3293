package io.culvert.rpc.exchange;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests that are known, bounded. When there is no more room, the oldest answers to safe requests
 * are forgotten: executing those again does no harm. Answers to others never are before their time;
 * where they take all the room, nothing new is added.
 */
final class RememberedExchanges {
  /** Besides the answer itself. */
  private static final long BYTES_FOR_ONE = 512;

  private final int maximum;
  private final long maximumBytes;
  private final Map<ExchangeKey, Exchange> all = new LinkedHashMap<>();

  /** Answered and safe, the oldest first. */
  private final Map<ExchangeKey, Exchange> expendable = new LinkedHashMap<>();

  private long bytes;

  RememberedExchanges(ResponderLimits limits) {
    this.maximum = limits.remembered();
    this.maximumBytes = limits.rememberedBytes();
  }

  @Nullable Exchange find(ExchangeKey key) {
    return all.get(key);
  }

  /** Adds one that is executed from now on, if there is room. */
  boolean add(Exchange exchange) {
    long more = BYTES_FOR_ONE + exchange.bytes();
    makeRoom(maximum - 1, maximumBytes - more);
    if (all.size() >= maximum || bytes + more > maximumBytes) {
      return false;
    }
    all.put(exchange.key(), exchange);
    bytes += BYTES_FOR_ONE + exchange.count();
    return true;
  }

  /** One of them has got its answer. */
  void answered(Exchange exchange) {
    if (all.get(exchange.key()) != exchange) {
      return; // it has taken so long that it is forgotten
    }
    bytes += exchange.count();
    if (exchange.invocation().method().isSafe()) {
      expendable.put(exchange.key(), exchange);
    }
    makeRoom(maximum, maximumBytes);
  }

  /** The answer of one of them may go out, which is all that is kept of it. */
  void told(Exchange exchange) {
    if (all.get(exchange.key()) == exchange) {
      bytes += exchange.count();
    }
  }

  void forget(Exchange exchange) {
    if (all.remove(exchange.key(), exchange)) {
      bytes -= BYTES_FOR_ONE + exchange.bytes();
      expendable.remove(exchange.key());
      exchange.end();
    }
  }

  int size() {
    return all.size();
  }

  private void makeRoom(int most, long mostBytes) {
    Iterator<Exchange> oldest = expendable.values().iterator();
    while ((all.size() > most || bytes > mostBytes) && oldest.hasNext()) {
      Exchange exchange = oldest.next();
      oldest.remove();
      forget(exchange);
    }
  }
}
