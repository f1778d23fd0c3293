package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.rpc.exchange.RequesterEvent.Answered;
import io.culvert.rpc.exchange.RequesterEvent.Failed;
import io.culvert.rpc.exchange.RequesterEvent.Notified;
import io.culvert.rpc.exchange.RequesterEvent.Send;
import io.culvert.rpc.protocol.Block;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.PayloadViolation;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One who asks. Each call ends in exactly one {@link Answered} or {@link Failed}, at the latest
 * when its time is over; the first answer to it counts, and later ones are nobody's. A call that
 * observes does not end so: it goes on with a {@link Notified} for each state that is newer than
 * the last, is renewed by itself, and ends when it is {@linkplain #cancel cancelled}, when the
 * responder ends it, or in a {@link Failed} when nothing was heard for a whole lease.
 *
 * <p>Large bodies go and come in blocks, to and from those that go beyond the plain protocol
 * ({@link Call#usesReplyTopic}, for what goes).
 *
 * <p>After each call of a method its owner takes what it wants, until {@link #poll} returns null,
 * and calls {@link #timeout} when {@link #deadlineMillis} has come. Times are milliseconds since
 * 1970 by a clock that never goes back. Single-threaded.
 */
public final class Requester {
  private static final long MILLIS_PER_SECOND = 1000;
  private final RequesterOptions options;
  private final PayloadCodec codec;
  private final PayloadCodec bodyCodec;
  private final RequestWriter writer;
  private final Downloads downloads;
  private final PendingCalls calls;
  private final AnswerCache cache;
  private final ArrayDeque<RequesterEvent> events = new ArrayDeque<>();

  /**
   * @param requestIds ids that nobody has used before and nobody can guess
   */
  public Requester(RequesterOptions options, Supplier<RequestId> requestIds) {
    this.options = options;
    this.codec = new PayloadCodec(options.rules());
    this.bodyCodec = new PayloadCodec(BlockBody.rules(options.rules(), options.maximumBodyBytes()));
    this.writer = new RequestWriter(options, codec);
    this.downloads = new Downloads(bodyCodec, options.maximumBodyBytes());
    this.calls = new PendingCalls(options.source(), writer, requestIds, downloads, events);
    this.cache = new AnswerCache(bodyCodec, options.maximumCacheBytes());
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
    PendingCall pending = calls.create(call, nowMillis);
    RequestId id = pending.id();
    if (calls.size() >= options.maximumCalls()) {
      calls.fail(
          pending,
          ResponseCode.TOO_MANY_REQUESTS,
          "%d calls wait for their answer, and more may not".formatted(calls.size()));
      return id;
    }
    AnswerCache.Kept kept = cache.find(call);
    if (kept != null && kept.isFresh(nowMillis)) {
      events.add(new Answered(id, named(kept.response(), id)));
      return id;
    } else if (kept != null) {
      pending.kept(kept);
    }
    pending.upload(upload(call));
    calls.begin(pending, nowMillis);
    return id;
  }

  /**
   * A request that nobody wants an answer to, to be published. Of those that go beyond the plain
   * protocol none comes; others answer where nobody listens.
   *
   * @throws IllegalArgumentException for a target, subsystem, option or body that cannot be sent
   */
  public RpcMessage oneWay(RequestId id, Call call, long nowMillis) {
    return writer.oneWay(id, call, nowMillis);
  }

  /**
   * Ends a call that nobody waits for any more, without an event. Who observes tells the responder.
   */
  public void cancel(RequestId call, long nowMillis) {
    PendingCall pending = calls.find(call);
    if (pending != null) {
      calls.end(pending);
      if (pending.observation() != null) {
        pending.wireId(pending.id());
        events.add(new Send(call, writer.stop(pending, nowMillis)));
      }
    }
  }

  /** Ends a call that cannot succeed, such as when its message could not be sent. */
  public void fail(RequestId call, RpcException exception) {
    PendingCall pending = calls.find(call);
    if (pending != null) {
      calls.end(pending);
      events.add(new Failed(call, exception));
    }
  }

  /** Whether it waits for the answer to a request with this id. */
  public boolean awaits(RequestId requestId) {
    return calls.of(requestId) != null;
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
      return codec.decode(message.payload()) instanceof Response response
          && receive(response, nowMillis);
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
    RequestId requestId = response.requestId();
    PendingCall pending = calls.awaiting(requestId);
    if (pending == null) {
      return false;
    }
    RpcOptions told;
    try {
      told = response.header().options();
    } catch (PayloadViolation e) {
      told = RpcOptions.NONE;
    }
    if (pending.observation() != null && requestId.equals(pending.id())) {
      takeNews(pending, response, told, nowMillis);
    } else {
      take(pending, response, told, nowMillis);
    }
    return true;
  }

  /** When {@link #timeout} has something to do; {@link io.culvert.engine.Engine#NO_DEADLINE}. */
  public long deadlineMillis() {
    return calls.deadlineMillis();
  }

  /** Time has passed. Early and repeated calls are harmless. */
  public void timeout(long nowMillis) {
    for (PendingCall due = calls.pollDue(nowMillis); due != null; due = calls.pollDue(nowMillis)) {
      Observation observation = due.observation();
      if (observation != null) {
        renew(due, observation, nowMillis);
      } else if (due.isOver(nowMillis)) {
        calls.fail(
            due,
            ResponseCode.GATEWAY_TIMEOUT,
            "Request timed out after %s seconds"
                .formatted(due.call().timeoutMillis() / (double) MILLIS_PER_SECOND));
      } else {
        calls.sendAgain(due, nowMillis);
      }
    }
  }

  /** What it wants or has found next; null for nothing. */
  public @Nullable RequesterEvent poll() {
    return events.poll();
  }

  /** Calls that wait for their answer, and those that observe. */
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

  /** A body that is too large for one message; only those know blocks that go beyond. */
  private @Nullable Upload upload(Call call) {
    if (!call.usesReplyTopic() || call.body() == null) {
      return null;
    }
    Bytes body = bodyCodec.encodeBody(call.body());
    if (body.length() > options.maximumBodyBytes()) {
      throw new IllegalArgumentException(
          "a body of %d bytes; %d are allowed"
              .formatted(body.length(), options.maximumBodyBytes()));
    }
    return body.length() <= options.blockBytes() ? null : new Upload(body, options.blockBytes());
  }

  /** An answer that is none ends its call, which would wait for nothing. */
  private boolean receiveViolation(String topic, PayloadViolation violation) {
    RpcTopic of = RpcTopic.find(topic);
    if (of == null || !RequestId.isValid(of.requestId())) {
      return false;
    }
    RequestId requestId = new RequestId(of.requestId());
    PendingCall pending = calls.of(requestId);
    if (pending == null || pending.observation() != null) {
      return false;
    }
    refuse(pending, "the answer is none: " + violation.detail());
    return true;
  }

  /** An answer to the message that is under way. */
  private void take(PendingCall pending, Response response, RpcOptions told, long nowMillis) {
    Upload upload = pending.upload();
    if (upload != null && pending.download() == null) {
      if (upload.goesOn(response.code(), told.block1())) {
        calls.sendNext(pending, nowMillis);
        return;
      } else if (response.code() == ResponseCode.CONTINUE) {
        refuse(pending, "the responder acknowledges a block that was not sent");
        return;
      }
      pending.upload(null);
    }
    Block block = told.block2();
    if (response.isSuccess() && block != null) {
      takeBlock(pending, response, told, block, nowMillis);
    } else if (pending.download() != null && pending.observation() != null) {
      calls.stopDownload(pending); // the next state may be whole again
    } else {
      finish(pending, response, told, nowMillis);
    }
  }

  private void takeBlock(
      PendingCall pending, Response response, RpcOptions told, Block block, long nowMillis) {
    Downloads.Step step = downloads.take(pending, response, told, block);
    if (step instanceof Downloads.Whole whole) {
      calls.stopDownload(pending);
      takeWhole(pending, whole.response(), nowMillis);
    } else if (step instanceof Downloads.Lost lost) {
      lose(pending, lost);
    } else if (pending.download() == null && isObserving(pending.call())) {
      calls.stopDownload(pending); // what is observed is known by the first id
      calls.sendAgain(pending, nowMillis);
    } else {
      calls.sendNext(pending, nowMillis);
    }
  }

  private void takeWhole(PendingCall pending, Response whole, long nowMillis) {
    Observation observation = pending.observation();
    if (observation != null) {
      notice(pending, observation, named(whole, pending.id()));
    } else {
      finish(pending, whole, whole.header().options(), nowMillis);
    }
  }

  /** Who observes waits for the next state. */
  private void lose(PendingCall pending, Downloads.Lost lost) {
    if (pending.observation() != null) {
      calls.stopDownload(pending);
    } else {
      calls.fail(pending, lost.code(), lost.detail());
    }
  }

  private void finish(PendingCall pending, Response answer, RpcOptions told, long nowMillis) {
    Response response = named(answer, pending.id());
    Call call = pending.call();
    AnswerCache.Kept kept = pending.kept();
    if (response.code() == ResponseCode.VALID && kept != null) {
      response = kept.revalidated(response, told);
      told = response.header().options();
    }
    if (response.code() == ResponseCode.CONTENT && call.isOptedIn()) {
      cache.put(call, response, told, nowMillis);
    } else if (response.isSuccess() && !call.method().isSafe()) {
      cache.invalidate(call);
    }
    Integer number = told.observe();
    Long lease = told.leaseSeconds();
    if (isObserving(call) && response.isSuccess() && number != null && lease != null) {
      observe(pending, response, number, lease * MILLIS_PER_SECOND, nowMillis);
      return;
    }
    calls.end(pending, response);
  }

  private static boolean isObserving(Call call) {
    Integer observe = call.options().observe();
    return observe != null && observe == 0;
  }

  private void observe(
      PendingCall pending, Response response, int number, long leaseMillis, long nowMillis) {
    if (calls.observing() >= options.maximumObservations()) {
      events.add(new Send(pending.id(), writer.stop(pending, nowMillis)));
      calls.fail(
          pending,
          ResponseCode.TOO_MANY_REQUESTS,
          "%d resources are observed, and more may not".formatted(calls.observing()));
      return;
    }
    calls.stopDownload(pending);
    Observation observation = new Observation(number, leaseMillis, nowMillis);
    calls.observes(pending, observation);
    notice(pending, observation, response);
  }

  /** Something has come for whoever observes. */
  private void takeNews(PendingCall pending, Response response, RpcOptions told, long nowMillis) {
    Observation observation = pending.observation();
    Integer number = told.observe();
    Long lease = told.leaseSeconds();
    if (observation == null || number == null || lease == null || !response.isSuccess()) {
      if (isWholeState(response, told)) {
        events.add(new Notified(pending.id(), response)); // RFC 7641 §3.2
      }
      calls.end(pending, response);
      return;
    }
    boolean isNews = observation.take(number, lease * MILLIS_PER_SECOND, nowMillis);
    pending.observes(observation);
    if (!isNews || response.code() == ResponseCode.VALID) {
      return;
    }
    calls.stopDownload(pending);
    Block block = told.block2();
    if (block == null) {
      notice(pending, observation, response);
    } else {
      pending.forgetDownloads();
      takeBlock(pending, response, told, block, nowMillis);
    }
  }

  private static boolean isWholeState(Response response, RpcOptions told) {
    return response.isSuccess() && response.code() != ResponseCode.VALID && told.block2() == null;
  }

  /** This is the state now; a renewal asks for it only when it is another one. */
  private void notice(PendingCall pending, Observation observation, Response response) {
    observation.etag(response.header().options().etag());
    events.add(new Notified(pending.id(), response));
  }

  private void renew(PendingCall pending, Observation observation, long nowMillis) {
    if (observation.isOver(nowMillis)) {
      calls.fail(
          pending, ResponseCode.GATEWAY_TIMEOUT, "nothing was heard of the resource for a lease");
      return;
    }
    calls.stopDownload(pending);
    observation.asked(nowMillis + pending.call().timeoutMillis());
    events.add(new Send(pending.id(), writer.next(pending, nowMillis)));
    pending.observes(observation);
  }

  private void refuse(PendingCall pending, String detail) {
    calls.fail(pending, ResponseCode.BAD_GATEWAY, detail);
  }

  /** An answer under the name of its call, whatever block it came with. */
  private static Response named(Response response, RequestId call) {
    return response.requestId().equals(call)
        ? response
        : response.withHeader(response.header().withRequestId(call));
  }
}
