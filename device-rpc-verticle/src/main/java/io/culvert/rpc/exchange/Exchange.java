package io.culvert.rpc.exchange;

import io.culvert.engine.Deadlines;
import org.jspecify.annotations.Nullable;

/** A request that has come, and what becomes of it. */
final class Exchange {
  private final ExchangeKey key;
  private final Invocation invocation;
  private final AnswerRoute route;
  private final long forgetMillis;
  private final Deadlines<Exchange> deadlines;
  private final Deadlines.Entry<Exchange> deadline;
  private @Nullable RpcMessage answer;

  /**
   * @param forgetMillis when nothing of it is under way any longer
   */
  Exchange(
      ExchangeKey key,
      Invocation invocation,
      AnswerRoute route,
      long forgetMillis,
      Deadlines<Exchange> deadlines) {
    this.key = key;
    this.invocation = invocation;
    this.route = route;
    this.forgetMillis = Math.max(forgetMillis, invocation.deadlineMillis());
    this.deadlines = deadlines;
    this.deadline = deadlines.entry(this);
  }

  ExchangeKey key() {
    return key;
  }

  Invocation invocation() {
    return invocation;
  }

  AnswerRoute route() {
    return route;
  }

  void answered(RpcMessage message) {
    answer = message;
  }

  /** What was answered, or null. */
  @Nullable RpcMessage answer() {
    return answer;
  }

  boolean isAnswered() {
    return answer != null;
  }

  /** Nobody waits for the answer any more. */
  boolean isOver(long nowMillis) {
    return nowMillis >= invocation.deadlineMillis();
  }

  boolean isForgotten(long nowMillis) {
    return nowMillis >= forgetMillis;
  }

  /** Waits for what comes next. */
  void file(long nowMillis) {
    boolean waits = !isAnswered() && !isOver(nowMillis);
    deadlines.set(deadline, waits ? invocation.deadlineMillis() : forgetMillis);
  }

  void end() {
    deadlines.remove(deadline);
  }
}
