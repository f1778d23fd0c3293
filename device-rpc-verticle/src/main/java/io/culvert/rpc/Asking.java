package io.culvert.rpc;

import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.rpc.exchange.Call;
import io.culvert.rpc.exchange.Requester;
import io.culvert.rpc.exchange.RequesterEvent;
import io.culvert.rpc.exchange.RequesterOptions;
import io.culvert.rpc.exchange.RpcMessage;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.PayloadViolation;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.rpc.protocol.Timestamp;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
  private final RpcHandlers handlers;
  private final LongSupplier nowMillis;
  private final Requester requester;
  private final ResponseSubscriptions subscriptions;
  private final RequestIds requestIds = new RequestIds();
  private final Map<RequestId, Asked> waiting = new HashMap<>();

  /** By the ids of later messages, where a body goes or comes in blocks. */
  private final Map<RequestId, Asked> parts = new HashMap<>();

  private @Nullable RequestId chosen;

  /**
   * @param nowMillis since 1970, by a clock that never goes back
   */
  Asking(RpcLink link, RpcClientOptions options, RpcHandlers handlers, LongSupplier nowMillis) {
    this.link = link;
    this.options = options;
    this.handlers = handlers;
    this.nowMillis = nowMillis;
    String ownName = "to-" + UUID.randomUUID();
    this.requester =
        new Requester(
            RequesterOptions.of(options.tag())
                .withNamespace(options.namespace())
                .withReplyTopic(ResponseSubscriptions.anyTopic(options, ownName))
                .withRules(options.rules().withIncompleteResponses())
                .withMaximumCacheBytes(options.maximumCacheBytes())
                .withMaximumCalls(options.maximumCalls()),
            this::nextId);
    this.subscriptions = new ResponseSubscriptions(link, options, ownName, this::arrived);
  }

  /** How many requests wait. */
  int size() {
    return requester.pendingCalls();
  }

  /** Asks; the future fails with {@link RpcException} only. */
  Future<Payload.Response> call(Call call) {
    return call(requestIds.next(), call);
  }

  /** The same, under an id that was used for nothing else. */
  Future<Payload.Response> call(RequestId id, Call call) {
    return call(id, call, null);
  }

  /** Whether a device is known to know more than the plain protocol. */
  boolean goesBeyond(String target) {
    return subscriptions.knows(target);
  }

  /**
   * Asks for each state of a resource.
   *
   * @param news gets each state, also the first one
   * @return completes with the first state
   */
  Future<Observed> observe(Call call, Consumer<Payload.Response> news) {
    Observed observed = new Observed(this, news);
    return call(requestIds.next(), call, observed)
        .map(
            first -> {
              observed.isOpen(first);
              return observed;
            });
  }

  /** Nobody wants to know any more. */
  void end(RequestId id) {
    requester.cancel(id, nowMillis.getAsLong());
    drain();
    Asked unused = forget(id);
  }

  private Future<Payload.Response> call(RequestId id, Call call, @Nullable Observed observed) {
    RpcTopic topic = topic(id, call);
    return handlers.outgoingRequests.isEmpty()
        ? begin(id, topic, call, observed)
        : seen(id, topic, call).compose(changed -> begin(id, topic, changed, observed));
  }

  /** Asks, and wants no answer; completes when the broker has it, or it is written (QoS 0). */
  Future<Void> tell(Call call) {
    RequestId id = requestIds.next();
    return seen(id, topic(id, call), call)
        .compose(
            changed -> {
              try {
                return link.publish(requester.oneWay(id, changed, nowMillis.getAsLong()))
                    .recover(failure -> Future.failedFuture(notTaken(id, call, failure)));
              } catch (IllegalArgumentException refused) {
                return Future.failedFuture(cannotBeSent(id, call, refused));
              }
            });
  }

  private RpcTopic topic(RequestId id, Call call) {
    return RpcTopic.request(options.namespace(), call.subsystem(), call.target(), id);
  }

  /** What handlers make of a request. */
  private Future<Call> seen(RequestId id, RpcTopic topic, Call call) {
    Payload.Request preview =
        RequestPreview.of(id, call, options.tag(), Timestamp.ofMillis(nowMillis.getAsLong()));
    return handlers
        .outgoingRequests
        .run(topic.text(), preview)
        .compose(
            outcome ->
                outcome.payload() instanceof Payload.Request changed
                    ? Future.succeededFuture(RequestPreview.changed(call, changed))
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

  /** All fail that wait: no answer and no state can come. */
  void linkEnded(Throwable why) {
    failAll("the link to the broker has ended: " + why.getMessage());
  }

  /** All fail that wait. */
  void close() {
    failAll("the client was closed");
  }

  private void failAll(String detail) {
    for (Asked each : List.copyOf(waiting.values())) {
      requester.fail(
          each.id, failure(each.id, each.call, ResponseCode.SERVICE_UNAVAILABLE, detail));
    }
    drain();
  }

  private Future<Payload.Response> begin(
      RequestId id, RpcTopic topic, Call call, @Nullable Observed observed) {
    Call whole = options.plain() ? call : beyondPlain(topic, call);
    Asked started = new Asked(id, whole, topic, observed);
    waiting.put(id, started);
    chosen = id;
    try {
      RequestId unused = requester.call(whole, nowMillis.getAsLong());
    } catch (IllegalArgumentException refused) {
      waiting.remove(id);
      return Future.failedFuture(cannotBeSent(id, call, refused));
    }
    drain();
    return started.promise.future();
  }

  /**
   * The first call is the one whose id was chosen. Only who is known to go beyond the plain
   * protocol gets a large body, in blocks.
   */
  private Call beyondPlain(RpcTopic topic, Call call) {
    if (subscriptions.knows(topic.tag())) {
      return call.withReplyTopic();
    }
    return link.hasProperties()
        ? call
        : call.withOptions(call.options().withReplyTo(subscriptions.responseTopic(topic)));
  }

  private RequestId nextId() {
    RequestId id = chosen;
    chosen = null;
    return id == null ? requestIds.next() : id;
  }

  private void drain() {
    for (RequesterEvent event = requester.poll(); event != null; event = requester.poll()) {
      if (event instanceof RequesterEvent.Send send) {
        send(send.call(), send.message());
      } else if (event instanceof RequesterEvent.Answered answered) {
        Asked done = forget(answered.call());
        if (done != null) {
          done.ended(null);
          done.settle(settled(done, answered.response()));
        }
      } else if (event instanceof RequesterEvent.Failed failed) {
        failed(failed.call(), failed.exception());
      } else if (event instanceof RequesterEvent.Notified notified) {
        Asked observing = waiting.get(notified.call());
        if (observing != null) {
          settled(observing, notified.response())
              .onSuccess(observing::notified)
              .onFailure(failure -> LOG.warn("a state was not taken: {}", failure.getMessage()));
        }
      }
    }
  }

  private void failed(RequestId id, RpcException exception) {
    Asked done = forget(id);
    if (done == null) {
      return;
    }
    Payload.Response response = exception.response();
    done.ended(exception);
    if (response == null) {
      subscriptions.isSilent(done.call.target());
      done.settle(Future.failedFuture(exception));
    } else {
      done.settle(settled(done, response));
    }
  }

  private void send(RequestId id, RpcMessage message) {
    Asked started = waiting.get(id);
    if (started == null) {
      return;
    }
    RpcTopic topic = RpcTopic.find(message.topic());
    if (topic != null && !topic.requestId().equals(id.text())) {
      RequestId part = new RequestId(topic.requestId());
      parts.remove(started.part);
      started.part = part;
      parts.put(part, started);
    }
    if (started.opening == null) {
      started.opening = subscriptions.open(started.topic, nowMillis.getAsLong());
    }
    started
        .opening
        .compose(release -> publish(id, message))
        .onFailure(
            failed -> {
              requester.fail(id, notTaken(id, started.call, failed));
              drain();
            });
  }

  private Future<Void> publish(RequestId id, RpcMessage message) {
    Asked started = waiting.get(id);
    if (started == null) {
      return Future.succeededFuture(); // its time was over before
    }
    if (!subscriptions.hasOwn() || !link.hasProperties()) {
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
    Asked asked = parts.getOrDefault(id, waiting.get(id));
    if (asked == null || (!asked.call.target().equals(topic.tag()) && !isAnyTopic(message))) {
      LOG.debug("an answer of {} comes late, twice or unasked", topic.tag());
      return Future.succeededFuture();
    }
    if (toOwnTopic) {
      subscriptions.isModern(asked.call.target());
    }
    boolean unused = requester.receive(response, nowMillis.getAsLong());
    drain();
    return Future.succeededFuture();
  }

  /** The one topic for all that stands in the header, where MQTT has no response topic. */
  private boolean isAnyTopic(RpcMessage message) {
    return message.topic().equals(subscriptions.anyTopic());
  }

  /** What handlers make of an answer is the result. */
  private Future<Payload.Response> settled(Asked asked, Payload.Response response) {
    if (handlers.incomingResponses.isEmpty()) {
      return result(asked, response, false);
    }
    return handlers
        .incomingResponses
        .run(asked.topic.response().text(), response)
        .timeout(asked.call.timeoutMillis(), TimeUnit.MILLISECONDS)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof RpcException
                        ? failure
                        : handlerFailed(asked, String.valueOf(failure))))
        .compose(
            outcome ->
                outcome.payload() instanceof Payload.Response seen
                    ? result(asked, seen, outcome.stopped() || outcome.accepted())
                    : Future.failedFuture(
                        handlerFailed(asked, "it made something else of an answer")));
  }

  private Future<Payload.Response> result(
      Asked asked, Payload.Response response, boolean accepted) {
    RpcException failure =
        accepted ? null : RpcException.of(response, options.tag(), asked.call.target());
    return failure == null ? Future.succeededFuture(response) : Future.failedFuture(failure);
  }

  private RpcException handlerFailed(Asked asked, String why) {
    return failure(
        asked.id,
        asked.call,
        ResponseCode.INTERNAL_SERVER_ERROR,
        "a handler of this client has failed: " + why);
  }

  private RpcException notTaken(RequestId id, Call call, Throwable why) {
    return failure(
        id, call, ResponseCode.BAD_GATEWAY, "the broker did not take it: " + why.getMessage());
  }

  private RpcException cannotBeSent(RequestId id, Call call, IllegalArgumentException why) {
    return failure(id, call, ResponseCode.BAD_REQUEST, "it cannot be sent: " + why.getMessage());
  }

  private boolean awaits(String id) {
    return RequestId.isValid(id) && requester.awaits(new RequestId(id));
  }

  private @Nullable Asked forget(RequestId id) {
    Asked done = waiting.remove(id);
    if (done != null && done.part != null) {
      parts.remove(done.part);
    }
    if (done != null && done.opening != null) {
      done.opening.onSuccess(Runnable::run);
    }
    return done;
  }

  private RpcException failure(RequestId id, Call call, ResponseCode code, String detail) {
    return RpcException.of(code, detail, call.path(), options.tag(), call.target(), id);
  }
}
