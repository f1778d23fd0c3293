package io.culvert.rpc.exchange;

import io.culvert.engine.Deadlines;
import io.culvert.rpc.protocol.RequestId;

/** A call that waits for its answer. */
final class PendingCall {
  private final RequestId id;
  private final Call call;
  private final long endMillis;
  private final Deadlines<PendingCall> deadlines;
  private final Deadlines.Entry<PendingCall> deadline;

  PendingCall(RequestId id, Call call, long nowMillis, Deadlines<PendingCall> deadlines) {
    this.id = id;
    this.call = call;
    this.endMillis = nowMillis + call.timeoutMillis();
    this.deadlines = deadlines;
    this.deadline = deadlines.entry(this);
  }

  RequestId id() {
    return id;
  }

  Call call() {
    return call;
  }

  boolean isOver(long nowMillis) {
    return nowMillis >= endMillis;
  }

  long leftMillis(long nowMillis) {
    return Math.max(1, endMillis - nowMillis);
  }

  /** Its message goes out; when nothing comes it may go again. */
  void sent(long nowMillis) {
    boolean isRepeated = call.retryMillis() > 0 && call.method().isIdempotent();
    long againMillis = isRepeated ? nowMillis + call.retryMillis() : endMillis;
    deadlines.set(deadline, Math.min(againMillis, endMillis));
  }

  void end() {
    deadlines.remove(deadline);
  }
}
