package io.culvert.rpc.exchange;

import io.culvert.engine.Deadlines;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.RpcOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that has come, and what becomes of it. */
final class Exchange implements Work {
  private final ExchangeKey key;
  private Invocation invocation;
  private final AnswerRoute route;
  private @Nullable AnswerRoute otherRoute;
  private long deadlineMillis;
  private final long forgetMillis;
  private final Deadlines<Due> deadlines;
  private final Deadlines.Entry<Due> deadline;
  private @Nullable RpcMessage answer;
  private int requestBytes;
  private int countedBytes;
  private boolean isTold;
  private boolean isKept;
  private int writes;
  private final List<Runnable> untaken = new ArrayList<>(0);
  private long executionNumber;

  /**
   * @param requestBytes that it came with
   * @param forgetMillis when nothing of it is under way any longer
   */
  Exchange(
      ExchangeKey key,
      Invocation invocation,
      AnswerRoute route,
      int requestBytes,
      long forgetMillis,
      Deadlines<Due> deadlines,
      Responder responder) {
    this.key = key;
    this.invocation = invocation;
    this.route = route;
    this.requestBytes = requestBytes;
    this.deadlineMillis = invocation.deadlineMillis();
    this.forgetMillis = Math.max(forgetMillis, deadlineMillis);
    this.deadlines = deadlines;
    this.deadline = deadlines.entry(nowMillis -> responder.due(this, nowMillis));
  }

  ExchangeKey key() {
    return key;
  }

  Invocation invocation() {
    return invocation;
  }

  /** The last block of its body has come. */
  void complete(@Nullable Object body) {
    invocation =
        new Invocation(
            invocation.number(),
            invocation.topic(),
            invocation.request().withBody(body),
            invocation.options(),
            deadlineMillis);
  }

  /** Number of what is executed for it: itself, or the question for the state before. */
  long waitsFor() {
    return executionNumber;
  }

  void waitsFor(long number) {
    executionNumber = number;
  }

  RpcOptions asked() {
    return invocation.options();
  }

  AnswerRoute route() {
    return route;
  }

  /**
   * Somebody asks for it again while it is executed, and perhaps somewhere else: a requester that
   * was started anew, for example. The last one counts.
   */
  void askedAgain(AnswerRoute from, long untilMillis) {
    otherRoute = from.equals(route) ? otherRoute : from;
    deadlineMillis = Math.max(deadlineMillis, untilMillis);
  }

  /** Where its answer goes, too; null for nowhere else. */
  @Nullable AnswerRoute otherRoute() {
    return otherRoute;
  }

  long leftMillis(long nowMillis) {
    return deadlineMillis - nowMillis;
  }

  void answered(RpcMessage message) {
    answer = message;
  }

  /** Its answer may go out from now on, and that is all that anybody wants of it. */
  void tell() {
    isTold = true;
    Request request = invocation.request();
    Header least = Header.of(request.requestId(), request.path());
    requestBytes = 2 * request.path().length();
    invocation =
        new Invocation(
            invocation.number(),
            invocation.topic(),
            new Request(least, request.method(), null, request.timestamp()),
            RpcOptions.NONE,
            deadlineMillis);
  }

  /** What was answered and may go out, or null. */
  @Nullable RpcMessage told() {
    return isTold ? answer : null;
  }

  /** Whether anything of it was kept beyond the end of the process. */
  boolean isKept() {
    return isKept;
  }

  boolean isAnswered() {
    return answer != null;
  }

  /** Counts what it takes of the memory now; returns by how much that is more than before. */
  int count() {
    int more = bytes() - countedBytes;
    countedBytes += more;
    return more;
  }

  /** What it takes of the memory, besides what all take. */
  int bytes() {
    return requestBytes + (answer == null ? 0 : answer.payload().length());
  }

  /** Nobody waits for the answer any more. */
  boolean isOver(long nowMillis) {
    return nowMillis >= deadlineMillis;
  }

  boolean isForgotten(long nowMillis) {
    return nowMillis >= forgetMillis;
  }

  /** Does it when nothing of this is being stored, or {@link #release} is called. */
  void whenStored(Runnable taken) {
    if (writes == 0) {
      taken.run();
    } else {
      untaken.add(taken);
    }
  }

  /** What was last kept of it is stored. */
  void stored() {
    writes--;
    if (writes == 0) {
      release();
    }
  }

  void release() {
    List<Runnable> released = List.copyOf(untaken);
    untaken.clear();
    released.forEach(Runnable::run);
  }

  /** What is kept of it from now on, with this answer; {@link #stored} follows. */
  ExchangeRecord keep(boolean isDone, RpcMessage kept) {
    isKept = true;
    writes++;
    return new ExchangeRecord(key, isDone, kept, deadlineMillis, forgetMillis);
  }

  /** Waits for what comes next. */
  void file(long nowMillis) {
    boolean waits = !isAnswered() && !isOver(nowMillis);
    deadlines.set(deadline, waits ? deadlineMillis : forgetMillis);
  }

  void end() {
    deadlines.remove(deadline);
  }
}
