package io.culvert.rpc;

import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.rpc.exchange.Call;
import io.culvert.rpc.exchange.Requester;
import io.culvert.rpc.exchange.RequesterEvent;
import io.culvert.rpc.exchange.RequesterOptions;
import io.culvert.rpc.exchange.RpcMessage;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.PayloadViolation;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.rpc.protocol.Timestamp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of a client that wait for their answers. An answer counts only from the device that
 * was asked. On the event loop of the client only.
 */
final class Asking {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.rpc");

  private final RpcLink link;
  private final RpcClientOptions options;
  private final HandlerChain outgoing;
  private final HandlerChain incoming;
  private final LongSupplier nowMillis;
  private final Requester requester;
  private final ResponseSubscriptions subscriptions;
  private final Map<RequestId, Waiting> waiting = new HashMap<>();
  private RequestId next = RequestId.of(randomId());

  /**
   * @param nowMillis since 1970, by a clock that never goes back
   */
  Asking(
      RpcLink link,
      RpcClientOptions options,
      HandlerChain outgoing,
      HandlerChain incoming,
      LongSupplier nowMillis) {
    this.link = link;
    this.options = options;
    this.outgoing = outgoing;
    this.incoming = incoming;
    this.nowMillis = nowMillis;
    this.requester =
        new Requester(
            RequesterOptions.of(options.tag())
                .withNamespace(options.namespace())
                .withRules(options.rules().withIncompleteResponses())
                .withMaximumCalls(options.maximumCalls()),
            () -> next);
    this.subscriptions = new ResponseSubscriptions(link, options, this::arrived);
  }

  /** How many requests wait. */
  int size() {
    return requester.pendingCalls();
  }

  /** Asks; the future fails with {@link RpcException} only. */
  Future<Payload.Response> call(Call call) {
    RequestId id = RequestId.of(randomId());
    RpcTopic topic = RpcTopic.request(options.namespace(), call.subsystem(), call.target(), id);
    if (outgoing.isEmpty()) {
      return begin(id, topic, call);
    }
    return outgoing
        .run(topic.text(), preview(id, call))
        .compose(
            outcome ->
                outcome.payload() instanceof Payload.Request changed
                    ? begin(id, topic, changed(call, changed))
                    : Future.failedFuture(
                        failure(
                            id,
                            call,
                            ResponseCode.BAD_REQUEST,
                            "a handler has made something else of it")));
  }

  long deadlineMillis() {
    long idle = subscriptions.deadlineMillis();
    long due = requester.deadlineMillis();
    return due == Engine.NO_DEADLINE ? idle : Math.min(due, idle);
  }

  void timeout() {
    requester.timeout(nowMillis.getAsLong());
    drain();
    subscriptions.dropIdle(nowMillis.getAsLong());
  }

  /** All fail that wait. */
  void close() {
    for (Map.Entry<RequestId, Waiting> each : List.copyOf(waiting.entrySet())) {
      requester.fail(
          each.getKey(),
          failure(
              each.getKey(),
              each.getValue().call,
              ResponseCode.SERVICE_UNAVAILABLE,
              "the client was closed"));
    }
    drain();
  }

  private Future<Payload.Response> begin(RequestId id, RpcTopic topic, Call call) {
    Call whole =
        options.plain()
            ? call
            : call.withOptions(
                link.hasProperties()
                    ? call.options()
                    : call.options().withReplyTo(subscriptions.responseTopic(topic)));
    Waiting started = new Waiting(whole, topic);
    waiting.put(id, started);
    next = id;
    try {
      RequestId unused = requester.call(whole, nowMillis.getAsLong());
    } catch (IllegalArgumentException refused) {
      waiting.remove(id);
      return Future.failedFuture(
          failure(
              id, call, ResponseCode.BAD_REQUEST, "it cannot be sent: " + refused.getMessage()));
    }
    drain();
    return started.promise.future();
  }

  private void drain() {
    for (RequesterEvent event = requester.poll(); event != null; event = requester.poll()) {
      if (event instanceof RequesterEvent.Send send) {
        send(send.call(), send.message());
      } else if (event instanceof RequesterEvent.Answered answered) {
        Waiting done = forget(answered.call());
        if (done != null) {
          done.promise.tryComplete(answered.response());
        }
      } else if (event instanceof RequesterEvent.Failed failed) {
        Waiting done = forget(failed.call());
        if (done != null) {
          if (failed.exception().response() == null) {
            subscriptions.isSilent(done.call.target());
          }
          done.promise.tryFail(failed.exception());
        }
      }
    }
  }

  private void send(RequestId id, RpcMessage message) {
    Waiting started = waiting.get(id);
    if (started == null) {
      return;
    }
    if (started.opening == null) {
      started.opening = subscriptions.open(started.topic, nowMillis.getAsLong());
    }
    started
        .opening
        .compose(release -> publish(id, message))
        .onFailure(
            failed -> {
              requester.fail(
                  id,
                  failure(
                      id,
                      started.call,
                      ResponseCode.BAD_GATEWAY,
                      "the broker did not take it: " + failed.getMessage()));
              drain();
            });
  }

  private Future<Void> publish(RequestId id, RpcMessage message) {
    Waiting started = waiting.get(id);
    if (started == null) {
      return Future.succeededFuture(); // its time was over before
    }
    if (options.plain() || !link.hasProperties()) {
      return link.publish(message);
    }
    return link.publish(
        new RpcMessage(
            message.topic(),
            message.payload(),
            message.qos(),
            message.expirySeconds(),
            subscriptions.responseTopic(started.topic),
            Bytes.utf8(id.text())));
  }

  /** An answer to this client or, on the topics of the plain protocol, perhaps to another one. */
  private Future<?> arrived(RpcMessage message, boolean toOwnTopic) {
    RpcTopic topic = RpcTopic.find(message.topic());
    if (topic == null || (!toOwnTopic && !awaits(topic.requestId()))) {
      return Future.succeededFuture();
    }
    Payload payload;
    try {
      payload = requester.codec().decode(message.payload());
    } catch (PayloadViolation violation) {
      LOG.warn("{} sends an answer that is none: {}", topic.tag(), violation.getMessage());
      boolean unused = requester.receive(message, nowMillis.getAsLong());
      drain();
      return Future.succeededFuture();
    }
    if (!(payload instanceof Payload.Response response)) {
      LOG.debug("what comes on {} is no answer", message.topic());
      return Future.succeededFuture();
    }
    RequestId id = response.requestId();
    Waiting asked = waiting.get(id);
    if (asked == null || !asked.call.target().equals(topic.tag())) {
      LOG.debug("an answer of {} comes late, twice or unasked", topic.tag());
      return Future.succeededFuture();
    }
    if (toOwnTopic) {
      subscriptions.isModern(topic.tag());
    }
    if (incoming.isEmpty()) {
      boolean unused = requester.receive(response, nowMillis.getAsLong());
      drain();
    } else {
      incoming
          .run(message.topic(), response)
          .onComplete(outcome -> settle(id, asked, outcome.result(), outcome.cause()));
    }
    return Future.succeededFuture();
  }

  private void settle(
      RequestId id,
      Waiting asked,
      HandlerChain.@Nullable Outcome outcome,
      @Nullable Throwable failure) {
    if (outcome != null && outcome.payload() instanceof Payload.Response response) {
      if (outcome.stopped() || outcome.accepted()) {
        requester.resolve(id, response);
      } else {
        boolean unused =
            requester.receive(
                response.withHeader(response.header().withRequestId(id)), nowMillis.getAsLong());
      }
    } else if (failure instanceof RpcException typed) {
      requester.fail(id, typed);
    } else {
      requester.fail(
          id,
          failure(
              id,
              asked.call,
              ResponseCode.INTERNAL_SERVER_ERROR,
              "a handler of this client has failed: " + failure));
    }
    drain();
  }

  private boolean awaits(String id) {
    return RequestId.isValid(id) && requester.awaits(new RequestId(id));
  }

  private @Nullable Waiting forget(RequestId id) {
    Waiting done = waiting.remove(id);
    if (done != null && done.opening != null) {
      done.opening.onSuccess(Runnable::run);
    }
    return done;
  }

  /** What handlers see before the request is made. */
  private Payload.Request preview(RequestId id, Call call) {
    return new Payload.Request(
        new Header(id, call.path(), call.correlationId(), options.tag(), call.token(), call.more()),
        call.method(),
        call.body(),
        Timestamp.ofMillis(nowMillis.getAsLong()));
  }

  /** The id stays, and who asks whom. */
  private static Call changed(Call call, Payload.Request request) {
    Header header = request.header();
    return new Call(
        call.target(),
        call.subsystem(),
        request.method(),
        header.path(),
        request.body(),
        call.isOptedIn(),
        call.usesReplyTopic(),
        call.options(),
        header.correlationId(),
        header.token(),
        header.more(),
        call.timeoutMillis(),
        call.retryMillis(),
        call.qos());
  }

  private RpcException failure(RequestId id, Call call, ResponseCode code, String detail) {
    return RpcException.of(code, detail, call.path(), options.tag(), call.target(), id);
  }

  /** A UUID of version 4. */
  private static UUID randomId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new UUID(
        (random.nextLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L,
        (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L);
  }

  /** A request that was begun. */
  private static final class Waiting {
    final Call call;
    final RpcTopic topic;
    final Promise<Payload.Response> promise = Promise.promise();
    @Nullable Future<Runnable> opening;

    Waiting(Call call, RpcTopic topic) {
      this.call = call;
      this.topic = topic;
    }
  }
}
