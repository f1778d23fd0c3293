package io.culvert.rpc.exchange;

import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps which requests were begun and how they were answered, beyond the end of the process.
 * Nothing blocks: each call is completed later, on the caller's own thread, in the order of the
 * calls, and never from inside of the call.
 */
public interface AnswerRecords {
  /** Shows all that is kept. Called once, before anything else. */
  void load(Consumer<ExchangeRecord> each, Runnable loaded);

  /** Keeps a record, in the place of an older one with the same key. */
  void keep(ExchangeRecord kept, Runnable stored);

  /** Does not keep these any longer. What is lost of it is forgotten by its time. */
  void forget(List<ExchangeKey> keys);

  /** Whether something can be kept now; nothing new is begun while not. */
  boolean isReady();
}
