package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.engine.Deadlines;
import io.culvert.rpc.exchange.RequesterEvent.Answered;
import io.culvert.rpc.exchange.RequesterEvent.Failed;
import io.culvert.rpc.exchange.RequesterEvent.Send;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.PayloadViolation;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.rpc.protocol.Timestamp;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One who asks. Each call ends in exactly one {@link Answered} or {@link Failed}, at the latest
 * when its time is over; the first answer to it counts, and later ones are nobody's.
 *
 * <p>After each call of a method its owner takes what it wants, until {@link #poll} returns null,
 * and calls {@link #timeout} when {@link #deadlineMillis} has come. Times are milliseconds since
 * 1970 by a clock that never goes back. Single-threaded.
 */
public final class Requester {
  private final RequesterOptions options;
  private final PayloadCodec codec;
  private final Supplier<RequestId> requestIds;
  private final Map<RequestId, PendingCall> calls = new HashMap<>();
  private final Deadlines<PendingCall> deadlines = new Deadlines<>();
  private final ArrayDeque<RequesterEvent> events = new ArrayDeque<>();

  /**
   * @param requestIds ids that nobody has used before and nobody can guess
   */
  public Requester(RequesterOptions options, Supplier<RequestId> requestIds) {
    this.options = options;
    this.codec = new PayloadCodec(options.rules());
    this.requestIds = requestIds;
  }

  /** How it reads and writes payloads. */
  public PayloadCodec codec() {
    return codec;
  }

  /**
   * Begins a call.
   *
   * @return its name in all events, which is the request id of its first message, too
   * @throws IllegalArgumentException for a target, subsystem, option or body that cannot be sent
   */
  public RequestId call(Call call, long nowMillis) {
    if (call.usesReplyTopic() && options.replyTopic() == null) {
      throw new IllegalArgumentException("this requester has no reply topic");
    }
    RequestId id = requestIds.get();
    PendingCall pending = new PendingCall(id, call, nowMillis, deadlines);
    if (calls.size() >= options.maximumCalls()) {
      fail(
          pending,
          ResponseCode.TOO_MANY_REQUESTS,
          "%d calls wait for their answer, and more may not".formatted(calls.size()));
      return id;
    }
    RpcMessage message = message(pending, nowMillis);
    calls.put(id, pending);
    send(pending, message, nowMillis);
    return id;
  }

  /** Ends a call that nobody waits for any more, without an event. */
  public void cancel(RequestId call) {
    PendingCall pending = calls.remove(call);
    if (pending != null) {
      pending.end();
    }
  }

  /** Ends a call with what somebody else has found, such as a handler of answers. */
  public void resolve(RequestId call, Response response) {
    PendingCall pending = calls.remove(call);
    if (pending != null) {
      pending.end();
      events.add(new Answered(call, response));
    }
  }

  /** Ends a call that cannot succeed, such as when its message could not be sent. */
  public void fail(RequestId call, RpcException exception) {
    PendingCall pending = calls.remove(call);
    if (pending != null) {
      pending.end();
      events.add(new Failed(call, exception));
    }
  }

  /** Whether it waits for the answer to a request with this id. */
  public boolean awaits(RequestId requestId) {
    return calls.containsKey(requestId);
  }

  /**
   * Takes a message that has come.
   *
   * @return whether it was the answer to a call
   */
  public boolean receive(RpcMessage message, long nowMillis) {
    if (!isForAnswers(message.topic())) {
      return false;
    }
    try {
      Payload payload = codec.decode(message.payload());
      return payload instanceof Response response && receive(response, nowMillis);
    } catch (PayloadViolation e) {
      return receiveViolation(message.topic(), e);
    }
  }

  /**
   * Takes an answer that has come on a topic for answers.
   *
   * @return whether it was that to a call
   */
  public boolean receive(Response response, long nowMillis) {
    PendingCall pending = calls.remove(response.requestId());
    if (pending == null) {
      return false;
    }
    pending.end();
    RpcException exception = RpcException.of(response, options.source(), pending.call().target());
    events.add(
        exception == null
            ? new Answered(pending.id(), response)
            : new Failed(pending.id(), exception));
    return true;
  }

  /** When {@link #timeout} has something to do; {@link io.culvert.engine.Engine#NO_DEADLINE}. */
  public long deadlineMillis() {
    return deadlines.earliest();
  }

  /** Time has passed. Early and repeated calls are harmless. */
  public void timeout(long nowMillis) {
    for (PendingCall due = deadlines.pollExpired(nowMillis);
        due != null;
        due = deadlines.pollExpired(nowMillis)) {
      if (due.isOver(nowMillis)) {
        calls.remove(due.id());
        fail(
            due,
            ResponseCode.GATEWAY_TIMEOUT,
            "Request timed out after %s seconds".formatted(due.call().timeoutMillis() / 1000.0));
      } else {
        send(due, message(due, nowMillis), nowMillis);
      }
    }
  }

  /** What it wants or has found next; null for nothing. */
  public @Nullable RequesterEvent poll() {
    return events.poll();
  }

  /** Calls that wait for their answer. */
  public int pendingCalls() {
    return calls.size();
  }

  private boolean isForAnswers(String topic) {
    if (topic.equals(options.replyTopic())) {
      return true;
    }
    RpcTopic parts = RpcTopic.find(topic);
    return parts != null && parts.type() == RpcTopic.Type.RESPONSE;
  }

  /** An answer that is none ends its call, which would wait for nothing. */
  private boolean receiveViolation(String topic, PayloadViolation violation) {
    RpcTopic parts = RpcTopic.find(topic);
    if (parts == null || !RequestId.isValid(parts.requestId())) {
      return false;
    }
    PendingCall pending = calls.remove(new RequestId(parts.requestId()));
    if (pending == null) {
      return false;
    }
    pending.end();
    fail(pending, ResponseCode.BAD_GATEWAY, "the answer is none: " + violation.detail());
    return true;
  }

  private void send(PendingCall pending, RpcMessage message, long nowMillis) {
    events.add(new Send(pending.id(), message));
    pending.sent(nowMillis);
  }

  private RpcMessage message(PendingCall pending, long nowMillis) {
    Call call = pending.call();
    long leftMillis = pending.leftMillis(nowMillis);
    Header header =
        new Header(
            pending.id(),
            call.path(),
            call.correlationId(),
            options.source(),
            call.token(),
            call.more());
    if (call.isOptedIn()) {
      RpcOptions beyond = call.options().withExpiresMillis(leftMillis);
      header =
          header.withOptions(
              call.usesReplyTopic() ? beyond.withReplyTo(options.replyTopic()) : beyond);
    }
    Request request =
        new Request(header, call.method(), call.body(), Timestamp.ofMillis(nowMillis));
    return new RpcMessage(
        RpcTopic.request(options.namespace(), call.subsystem(), call.target(), pending.id()).text(),
        codec.encode(request),
        call.qos(),
        RpcMessage.secondsFor(leftMillis),
        call.usesReplyTopic() ? options.replyTopic() : null,
        call.usesReplyTopic() ? Bytes.utf8(pending.id().text()) : null);
  }

  private void fail(PendingCall pending, ResponseCode code, String detail) {
    Call call = pending.call();
    events.add(
        new Failed(
            pending.id(),
            RpcException.of(
                code, detail, call.path(), options.source(), call.target(), pending.id())));
  }
}
