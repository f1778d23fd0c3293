package io.culvert.rpc;

import io.culvert.rpc.exchange.AccessRules;
import io.culvert.rpc.exchange.Answer;
import io.culvert.rpc.exchange.AnswerRecords;
import io.culvert.rpc.exchange.Invocation;
import io.culvert.rpc.exchange.Responder;
import io.culvert.rpc.exchange.ResponderEvent;
import io.culvert.rpc.exchange.ResponderLimits;
import io.culvert.rpc.exchange.ResponderOptions;
import io.culvert.rpc.exchange.RpcMessage;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.rpc.protocol.Timestamp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests: each is executed once, and whatever the device does, who asks gets an answer,
 * unless the device wants none. On the event loop of the client only.
 */
final class Serving {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.rpc");

  private final Loop loop;
  private final RpcLink link;
  private final RpcClientOptions options;
  private final RpcHandlers handlers;
  private final @Nullable Device device;
  private final Function<Supplier<Reply>, Future<Reply>> caller;
  private final LongSupplier nowMillis;
  private final Responder responder;
  private final Promise<Void> ready = Promise.promise();
  private final Set<Promise<Void>> untaken = new HashSet<>();
  private boolean closed;

  /**
   * @param caller calls a resource, on the thread where resources are called
   * @param nowMillis since 1970, by a clock that never goes back
   */
  Serving(
      Loop loop,
      RpcLink link,
      RpcClientOptions options,
      RpcHandlers handlers,
      @Nullable Device device,
      Function<Supplier<Reply>, Future<Reply>> caller,
      LongSupplier nowMillis,
      @Nullable AnswerRecords records) {
    this.loop = loop;
    this.link = link;
    this.options = options;
    this.handlers = handlers;
    this.device = device;
    this.caller = caller;
    this.nowMillis = nowMillis;
    ResponderOptions own =
        ResponderOptions.of(options.tag())
            .withNamespace(options.namespace())
            .withRules(options.rules())
            .withAccess(device == null ? AccessRules.NONE : device.access())
            .withLimits(ResponderLimits.DEFAULT.withExecuting(options.maximumServed()));
    this.responder =
        records == null ? new Responder(own) : new Responder(own, records, this::woken);
  }

  /** Begins when it knows what an earlier process has answered. */
  Future<Void> start() {
    responder.load(nowMillis.getAsLong());
    Future<?> unused = drain();
    return ready.future().compose(now -> subscribe());
  }

  /** A resource is something else now. */
  void changed(String path) {
    responder.changed(path, nowMillis.getAsLong());
    Future<?> unused = drain();
  }

  private void woken() {
    Future<?> unused = drain();
  }

  private Future<Void> subscribe() {
    return link.subscribe(
            RpcTopic.requestFilter(options.namespace(), options.tag()),
            options.qos(),
            this::arrived)
        .mapEmpty();
  }

  /** Whatever is under way is left. */
  void close() {
    closed = true;
  }

  /** Nobody can be told any more what was taken: what waits for that ends. */
  void disconnected() {
    List.copyOf(untaken).forEach(Promise::tryComplete);
  }

  long deadlineMillis() {
    return responder.deadlineMillis();
  }

  void timeout() {
    responder.timeout(nowMillis.getAsLong());
    Future<?> unused = drain();
  }

  /**
   * Its future ends when the answer is published or, with a store, when it is stored that the
   * request was begun: then the broker may forget the request.
   */
  private Future<?> arrived(RpcMessage message) {
    Promise<Void> taken = Promise.promise();
    if (!responder.receive(message, nowMillis.getAsLong(), taken::tryComplete)) {
      LOG.debug("no request comes on {}", message.topic());
    }
    Future<?> done = drain();
    if (taken.future().isComplete()) {
      return done;
    }
    untaken.add(taken);
    return Future.join(done, taken.future().onComplete(ended -> untaken.remove(taken)));
  }

  private Future<?> drain() {
    List<Future<?>> done = new ArrayList<>(1);
    for (ResponderEvent event = responder.poll(); event != null; event = responder.poll()) {
      if (event instanceof ResponderEvent.Send send) {
        done.add(publish(send.message()));
      } else if (event instanceof ResponderEvent.Execute execute) {
        done.add(execute(execute.invocation()));
      } else if (event instanceof ResponderEvent.Ready) {
        ready.tryComplete();
      } else if (event instanceof ResponderEvent.Expired expired) {
        LOG.debug("nobody waits for the answer of {} any more", expired.invocation().path());
      }
    }
    return done.size() == 1 ? done.get(0) : Future.join(done);
  }

  private Future<Void> publish(RpcMessage message) {
    return link.publish(message)
        .recover(
            failure -> {
              LOG.debug("an answer was not published: {}", failure.getMessage());
              return Future.succeededFuture();
            });
  }

  private Future<?> execute(Invocation invocation) {
    return handlers
        .incomingRequests
        .run(invocation.topic().text(), invocation.request())
        .compose(outcome -> ask(invocation, outcome))
        .recover(failure -> Future.succeededFuture(refusal(invocation, failure)))
        .compose(reply -> seen(invocation, reply))
        .compose(reply -> answer(invocation, reply));
  }

  private Future<Reply> ask(Invocation invocation, HandlerChain.Outcome outcome) {
    if (outcome.payload() instanceof Payload.Response response) {
      return Future.succeededFuture(Reply.of(answerOf(response)));
    }
    Device asked = device;
    if (asked == null
        || outcome.stopped()
        || !(outcome.payload() instanceof Payload.Request request)) {
      return Future.succeededFuture(Reply.none()); // a handler has done it by itself
    }
    DeviceRequest seen =
        new DeviceRequest(invocation, request, Map.of(), early -> answerEarly(invocation, early));
    return caller.apply(() -> asked.handle(seen)).compose(this::settled);
  }

  private Future<Reply> settled(Reply reply) {
    Future<Reply> later = reply.later();
    return later == null ? Future.succeededFuture(reply) : loop.here(later).compose(this::settled);
  }

  /** Lets handlers look at what goes. */
  private Future<Reply> seen(Invocation invocation, Reply reply) {
    Answer answer = reply.answer();
    if (answer == null || handlers.outgoingResponses.isEmpty()) {
      return Future.succeededFuture(reply);
    }
    return handlers
        .outgoingResponses
        .run(invocation.topic().response().text(), preview(invocation, answer))
        .map(
            outcome ->
                outcome.payload() instanceof Payload.Response changed
                    ? Reply.of(answerOf(changed).withOptions(answer.options()))
                    : reply)
        .recover(failure -> Future.succeededFuture(refusal(invocation, failure)));
  }

  private Future<?> answer(Invocation invocation, Reply reply) {
    Answer answer = reply.answer();
    if (answer == null || closed) {
      return Future.succeededFuture();
    }
    responder.answer(invocation.number(), answer, nowMillis.getAsLong());
    return drain();
  }

  private void answerEarly(Invocation invocation, Reply reply) {
    Answer answer = reply.answer();
    if (answer != null) {
      responder.answerEarly(invocation.number(), answer, nowMillis.getAsLong());
      Future<?> sent = drain();
      LOG.debug("an early answer of {}: {}", invocation.path(), sent);
    }
  }

  private Payload.Response preview(Invocation invocation, Answer answer) {
    Header asked = invocation.request().header();
    Header header =
        Header.of(asked.requestId(), asked.path())
            .withCorrelationId(asked.correlationId())
            .withSource(options.tag())
            .with(Header.LOCATION, answer.location());
    return new Payload.Response(
        header,
        answer.code().plain().number(),
        answer.body(),
        Timestamp.ofMillis(nowMillis.getAsLong()));
  }

  private Reply refusal(Invocation invocation, Throwable failure) {
    if (failure instanceof RpcException typed) {
      ResponseCode code = ResponseCode.find(typed.responseCode());
      return Reply.failure(
          code == null ? ResponseCode.INTERNAL_SERVER_ERROR : code, typed.detail());
    }
    if (!closed) {
      LOG.error("the resource {} has failed", invocation.path(), failure);
    }
    return Reply.failure(
        ResponseCode.INTERNAL_SERVER_ERROR, "the device has failed; its log says why");
  }

  private static Answer answerOf(Payload.Response response) {
    ResponseCode code = response.code();
    Answer answer =
        Answer.of(code == null ? ResponseCode.INTERNAL_SERVER_ERROR : code, response.body());
    return new Answer(answer.code(), answer.body(), response.location(), answer.options());
  }
}
