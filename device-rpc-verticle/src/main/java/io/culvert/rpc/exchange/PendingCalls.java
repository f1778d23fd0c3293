package io.culvert.rpc.exchange;

import io.culvert.engine.Deadlines;
import io.culvert.rpc.exchange.RequesterEvent.Answered;
import io.culvert.rpc.exchange.RequesterEvent.Failed;
import io.culvert.rpc.exchange.RequesterEvent.Send;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that have not ended, by the request ids under which their answers come, and how they end. A
 * call is known by its own id until then, and while a later message of it is under way by that
 * one's, too.
 */
final class PendingCalls {
  private final String source;
  private final RequestWriter writer;
  private final Supplier<RequestId> requestIds;
  private final Downloads downloads;
  private final Queue<RequesterEvent> events;
  private final Deadlines<PendingCall> deadlines = new Deadlines<>();
  private final Map<RequestId, PendingCall> calls = new HashMap<>();

  /** By the request id of the message that is under way, where that is not the call's own. */
  private final Map<RequestId, PendingCall> parts = new HashMap<>();

  private int observing;

  PendingCalls(
      String source,
      RequestWriter writer,
      Supplier<RequestId> requestIds,
      Downloads downloads,
      Queue<RequesterEvent> events) {
    this.source = source;
    this.writer = writer;
    this.requestIds = requestIds;
    this.downloads = downloads;
    this.events = events;
  }

  /** A call under an id that nobody has used before. It is not among them yet. */
  PendingCall create(Call call, long nowMillis) {
    return new PendingCall(requestIds.get(), call, nowMillis, deadlines);
  }

  /** Sends the first message of a call, which is one of them from now on. */
  void begin(PendingCall pending, long nowMillis) {
    RpcMessage message = writer.next(pending, nowMillis); // refuses what cannot be sent
    calls.put(pending.id(), pending);
    send(pending, message, nowMillis);
  }

  /** The call of this name, or null when it has ended. */
  @Nullable PendingCall find(RequestId call) {
    return calls.get(call);
  }

  /** The call that has sent or sends a message with this id, or null. */
  @Nullable PendingCall of(RequestId requestId) {
    PendingCall pending = parts.get(requestId);
    return pending == null ? calls.get(requestId) : pending;
  }

  /** The call that waits for an answer with this id, or for news under it; null for none. */
  @Nullable PendingCall awaiting(RequestId requestId) {
    PendingCall pending = of(requestId);
    return pending == null || pending.wireId().equals(requestId) || pending.observation() != null
        ? pending
        : null;
  }

  /** Sends a call again, under the id that it had. */
  void sendAgain(PendingCall pending, long nowMillis) {
    send(pending, writer.next(pending, nowMillis), nowMillis);
  }

  /** Sends the next message of a call, which has an id of its own. */
  void sendNext(PendingCall pending, long nowMillis) {
    parts.remove(pending.wireId());
    pending.wireId(requestIds.get());
    parts.put(pending.wireId(), pending);
    events.add(new Send(pending.id(), writer.next(pending, nowMillis)));
    if (pending.observation() == null) {
      pending.sent(nowMillis);
    }
  }

  /** What has come of an answer is not wanted any more; the call's own id counts again. */
  void stopDownload(PendingCall pending) {
    downloads.drop(pending);
    parts.remove(pending.wireId());
    pending.wireId(pending.id());
  }

  /** A call observes from now on. */
  void observes(PendingCall pending, Observation observation) {
    observing++;
    pending.observation(observation);
    pending.observes(observation);
  }

  /** A call has ended, without an event. */
  void end(PendingCall pending) {
    calls.remove(pending.id());
    parts.remove(pending.wireId());
    downloads.drop(pending);
    pending.end();
    if (pending.observation() != null) {
      observing--;
    }
  }

  /** An answer ends its call, well or not. */
  void end(PendingCall pending, Response response) {
    end(pending);
    RpcException exception = RpcException.of(response, source, pending.call().target());
    events.add(
        exception == null
            ? new Answered(pending.id(), response)
            : new Failed(pending.id(), exception));
  }

  /** A call cannot succeed, as this side has found. */
  void fail(PendingCall pending, ResponseCode code, String detail) {
    end(pending);
    Call call = pending.call();
    events.add(
        new Failed(
            pending.id(),
            RpcException.of(code, detail, call.path(), source, call.target(), pending.id())));
  }

  /** Takes out and returns a call whose deadline has come, or null. */
  @Nullable PendingCall pollDue(long nowMillis) {
    return deadlines.pollExpired(nowMillis);
  }

  long deadlineMillis() {
    return deadlines.earliest();
  }

  int size() {
    return calls.size();
  }

  /** Those of them that observe. */
  int observing() {
    return observing;
  }

  private void send(PendingCall pending, RpcMessage message, long nowMillis) {
    events.add(new Send(pending.id(), message));
    pending.sent(nowMillis);
  }
}
