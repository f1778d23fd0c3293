package io.culvert.rpc.exchange;

import io.culvert.engine.Deadlines;
import io.culvert.engine.Wake;
import io.culvert.rpc.protocol.Block;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What of requests is kept beyond the end of the process, and what an earlier process has left.
 * Without {@link AnswerRecords} that is nothing.
 */
final class KeptExchanges {
  private final @Nullable AnswerRecords records;
  private final Wake wake;
  private final Deadlines<Due> deadlines;
  private final Map<ExchangeKey, ExchangeRecord> restored = new HashMap<>();
  private final List<ExchangeKey> forgotten = new ArrayList<>();
  private boolean isLoaded;

  KeptExchanges(@Nullable AnswerRecords records, Wake wake, Deadlines<Due> deadlines) {
    this.records = records;
    this.wake = wake;
    this.deadlines = deadlines;
    this.isLoaded = records == null;
  }

  /** Reads what an earlier process has left, once, and shows it. */
  void load(Consumer<Collection<ExchangeRecord>> loaded) {
    if (records == null || isLoaded) {
      loaded.accept(List.of());
      return;
    }
    records.load(
        this::restore,
        () -> {
          isLoaded = true;
          loaded.accept(restored.values());
          wake.changed();
        });
  }

  /** What an earlier process has left is known. */
  boolean isLoaded() {
    return isLoaded;
  }

  /** What an earlier process has left of a request, or null. */
  @Nullable ExchangeRecord find(ExchangeKey key) {
    return restored.get(key);
  }

  /** Whether a request is to be kept: all but safe ones, and those for a block that was made. */
  boolean keeps(Exchange exchange) {
    Block wanted = exchange.asked().block2();
    return records != null
        && !exchange.invocation().method().isSafe()
        && (wanted == null || wanted.number() == 0);
  }

  /** Whether anything can be kept now. */
  boolean isReady() {
    return records == null || records.isReady();
  }

  /**
   * Keeps a request; what comes then is done when it is stored.
   *
   * @param answer how it was answered, or what it is answered when it was only begun
   */
  void keep(Exchange exchange, boolean isAnswered, RpcMessage answer, Runnable then) {
    if (records == null) {
      throw new IllegalStateException("nothing is kept here");
    }
    records.keep(
        exchange.keep(isAnswered, answer),
        () -> {
          exchange.stored();
          then.run();
          wake.changed();
        });
  }

  /** Nobody asks for it any more. It is deleted with the next {@link #delete}. */
  void forget(Exchange exchange) {
    if (exchange.isKept()) {
      forgotten.add(exchange.key());
    }
  }

  /** Deletes all that was forgotten, at once. */
  void delete() {
    if (records != null && !forgotten.isEmpty()) {
      records.forget(List.copyOf(forgotten));
      forgotten.clear();
    }
  }

  /** Requests of earlier processes. */
  int size() {
    return restored.size();
  }

  private void restore(ExchangeRecord kept) {
    restored.put(kept.key(), kept);
    Deadlines.Entry<Due> deadline =
        deadlines.entry(
            nowMillis -> {
              restored.remove(kept.key());
              forgotten.add(kept.key());
            });
    deadlines.set(deadline, kept.forgetMillis());
  }
}
