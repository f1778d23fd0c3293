package io.culvert.rpc.exchange;

import io.culvert.rpc.exchange.RequesterEvent.Answered;
import io.culvert.rpc.exchange.RequesterEvent.Failed;
import io.culvert.rpc.protocol.RequestId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls of one purpose, to many targets, under one correlation id. It is done when each has ended,
 * which each does by its own timeout at the latest; what has come by then can be asked for at any
 * time. Single-threaded.
 */
public final class Batch {
  private final String correlationId;
  private final Map<RequestId, Call> calls = new LinkedHashMap<>();
  private final Map<RequestId, RequesterEvent> ends = new LinkedHashMap<>();

  private Batch(String correlationId) {
    this.correlationId = correlationId;
  }

  /** Begins all calls, each under this correlation id. */
  public static Batch begin(
      Requester requester, String correlationId, List<Call> calls, long nowMillis) {
    Batch batch = new Batch(correlationId);
    for (Call call : calls) {
      Call named = call.withCorrelationId(correlationId);
      batch.calls.put(requester.call(named, nowMillis), named);
    }
    return batch;
  }

  /**
   * Takes an event of the requester.
   *
   * @return whether it ended one of these calls
   */
  public boolean take(RequesterEvent event) {
    boolean isEnd = event instanceof Answered || event instanceof Failed;
    if (!isEnd || !calls.containsKey(event.call())) {
      return false;
    }
    return ends.putIfAbsent(event.call(), event) == null;
  }

  /** Nobody waits for the rest any more. */
  public void cancel(Requester requester, long nowMillis) {
    for (RequestId call : calls.keySet()) {
      if (!ends.containsKey(call)) {
        requester.cancel(call, nowMillis);
      }
    }
  }

  public String correlationId() {
    return correlationId;
  }

  /** All calls, in the order in which they were begun. */
  public Map<RequestId, Call> calls() {
    return Collections.unmodifiableMap(calls);
  }

  /** How this call has ended, or null while it has not. */
  public @Nullable RequesterEvent end(RequestId call) {
    return ends.get(call);
  }

  /** Whether each call has ended. */
  public boolean isDone() {
    return ends.size() == calls.size();
  }

  /** Calls that have ended well. */
  public int answered() {
    return (int) ends.values().stream().filter(Answered.class::isInstance).count();
  }
}
