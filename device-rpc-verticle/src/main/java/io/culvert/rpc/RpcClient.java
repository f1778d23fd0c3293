package io.culvert.rpc;

import io.culvert.engine.Bytes;
import io.culvert.rpc.exchange.AnswerJournal;
import io.culvert.rpc.exchange.AnswerRecords;
import io.culvert.rpc.exchange.Call;
import io.culvert.rpc.exchange.RpcMessage;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.Presence;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.rpc.protocol.Timestamp;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.WallOffset;
import io.culvert.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks devices, and answers as one: requests and answers of gf_mqtt_client over MQTT, with what
 * MQTT 5 adds to them where both ends know it.
 *
 * <p>Everything runs on one event loop: that of the context in which the client was made, or one of
 * its own. Its methods may be called from any thread. Handlers and resources are called on that
 * loop and must not block it; {@link BlockingRpcClient} is for code that does.
 *
 * <p>A request that fails does so with an {@link RpcException}: what the device has answered, or
 * 504 when no answer has come in time, 502 when the broker did not take it, 429 when too many wait,
 * 503 when the client was closed or its link to the broker has ended for good, 400 when it cannot
 * be written.
 */
public final class RpcClient {
  private final Shard shard;
  private final RpcClientOptions options;
  private final Supplier<RpcLink> links;
  private final PayloadCodec codec;
  private final long wallOffsetMillis;
  private final Loop loop;
  private final RpcHandlers handlers;
  private Function<Supplier<Reply>, Future<Reply>> caller = RpcClient::here;
  private @Nullable Device device;
  private @Nullable Store store;
  private @Nullable Connected connected;

  private RpcClient(Vertx vertx, RpcClientOptions options, Supplier<RpcLink> links) {
    this.shard = Shard.currentOrNew(vertx);
    this.options = options;
    this.links = links;
    this.codec = new PayloadCodec(options.rules());
    this.wallOffsetMillis = WallOffset.millis(shard.nowMillis());
    this.loop = new Loop(shard);
    this.handlers = new RpcHandlers(loop, this::failureOf);
  }

  /** One that will connect to a broker; its Client Identifier is its tag. */
  public static RpcClient create(
      Vertx vertx, BrokerConnection connection, RpcClientOptions options) {
    return create(
        vertx,
        options,
        () ->
            MqttLink.create(
                vertx, connection.clientOptions(options.tag()), connection.version().isMqtt5()));
  }

  /**
   * One with a link of its own.
   *
   * @param links makes it, on the event loop of the client
   */
  public static RpcClient create(Vertx vertx, RpcClientOptions options, Supplier<RpcLink> links) {
    return new RpcClient(vertx, options, links);
  }

  // ---- before it connects

  /** Answers requests with what this device has. */
  public RpcClient serve(Device resources) {
    device = resources;
    return this;
  }

  /**
   * Answers requests with what this device has, and keeps in a store which requests it has begun
   * and how it has answered, so that none but safe ones is executed twice although the process
   * ends.
   */
  public RpcClient serve(Device resources, Store answers) {
    store = answers;
    return serve(resources);
  }

  /** How resources are called, unless on the event loop. */
  void callOn(Function<Supplier<Reply>, Future<Reply>> other) {
    caller = other;
  }

  /** Sees each request before it is sent. */
  public RpcClient onOutgoingRequest(RpcHandler handler) {
    handlers.outgoingRequests.add(handler);
    return this;
  }

  /** Sees each request that comes, before the device. */
  public RpcClient onIncomingRequest(RpcHandler handler) {
    handlers.incomingRequests.add(handler);
    return this;
  }

  /** Sees each answer of the device before it is sent. */
  public RpcClient onOutgoingResponse(RpcHandler handler) {
    handlers.outgoingResponses.add(handler);
    return this;
  }

  /** Sees each answer that comes, before it is the result of its request. */
  public RpcClient onIncomingResponse(RpcHandler handler) {
    handlers.incomingResponses.add(handler);
    return this;
  }

  /** Takes a handler away, wherever it was registered. */
  public boolean removeHandler(RpcHandler handler) {
    return handlers.remove(handler);
  }

  // ---- life

  /** Connects, and serves if there is something to serve. Harmless when it is connected. */
  public Future<RpcClient> connect() {
    return onLoop(
        () -> {
          if (connected != null) {
            return Future.succeededFuture(this);
          }
          RpcLink link = links.get();
          if (device != null && options.presence() && !options.plain()) {
            link.announce(this::presence);
          }
          Asking asking = new Asking(link, options, handlers, this::nowMillis);
          Connected begun = new Connected(shard, link, asking, wallOffsetMillis);
          connected = begun;
          link.whenEnded(why -> loop.run(() -> asking.linkEnded(why)));
          return link.connect()
              .compose(done -> serve(begun))
              .onSuccess(done -> link.online())
              .map(this)
              .onFailure(failure -> forget(begun));
        });
  }

  /** Ends for good: requests that wait fail. */
  public Future<Void> close() {
    return onLoop(
        () -> {
          Connected open = connected;
          return open == null ? Future.succeededFuture() : open.close();
        });
  }

  public String tag() {
    return options.tag();
  }

  // ---- asking

  /** Asks without a body, all else by default. */
  public Future<Payload.Response> request(
      String target, String subsystem, String path, Method method) {
    return request(target, subsystem, path, method, null, RpcRequestOptions.DEFAULT);
  }

  public Future<Payload.Response> request(
      String target, String subsystem, String path, Method method, @Nullable Object body) {
    return request(target, subsystem, path, method, body, RpcRequestOptions.DEFAULT);
  }

  /**
   * Asks a device, and completes with its answer.
   *
   * @param body as {@link Payload} says, or null
   * @throws IllegalArgumentException when target or subsystem cannot stand in a topic
   */
  public Future<Payload.Response> request(
      String target,
      String subsystem,
      String path,
      Method method,
      @Nullable Object body,
      RpcRequestOptions how) {
    Call call = how.call(options, target, subsystem, path, method, body);
    return ask(asking -> asking.call(call));
  }

  /**
   * Asks, and wants no answer (RFC 7967). Completes when the broker has the request, or it is
   * written (QoS 0); nobody knows whether the device did it.
   *
   * @param how its timeout is for how long it is worth to be done
   */
  public Future<Void> tell(
      String target,
      String subsystem,
      String path,
      Method method,
      @Nullable Object body,
      RpcRequestOptions how) {
    Call call = how.call(options, target, subsystem, path, method, body);
    return ask(asking -> asking.tell(call));
  }

  /** Asks under an id that was used for nothing else. */
  Future<Payload.Response> request(RequestId id, Call call) {
    return ask(asking -> asking.call(id, call));
  }

  /**
   * Observes a resource: each new state of it comes, until it is closed.
   *
   * @param news gets each state, also the first one, on the event loop
   * @return completes with the first state
   */
  public Future<Observed> observe(
      String target,
      String subsystem,
      String path,
      RpcRequestOptions how,
      Consumer<Payload.Response> news) {
    Call asked = how.call(options, target, subsystem, path, Method.GET, null);
    Call call = asked.withOptions(asked.options().withObserve(0));
    return ask(asking -> asking.observe(call, news)).map(observed -> observed.on(loop));
  }

  /**
   * Asks many devices the same; completes when each has answered or failed, and never fails itself.
   *
   * @param how its correlation id, or else one that is made, is that of all requests
   */
  public Future<BatchResult> requestAll(
      List<String> targets,
      String subsystem,
      String path,
      Method method,
      @Nullable Object body,
      RpcRequestOptions how) {
    String given = how.correlationId();
    String correlationId = given == null ? UUID.randomUUID().toString() : given;
    RpcRequestOptions each = how.withCorrelationId(correlationId);
    List<String> asked = targets.stream().distinct().toList();
    List<Future<Payload.Response>> all =
        asked.stream()
            .map(
                target ->
                    Future.succeededFuture(target) // so that what is thrown fails this one only
                        .compose(tag -> request(tag, subsystem, path, method, body, each)))
            .toList();
    return Future.join(all).otherwiseEmpty().map(done -> BatchResult.of(correlationId, asked, all));
  }

  // ---- publishing

  /** Publishes any payload to any topic; completes as {@link RpcLink#publish} does. */
  public Future<Void> publish(String topic, Payload payload, int qos) {
    Bytes json = codec.encode(payload);
    RpcMessage message = new RpcMessage(topic, json, qos, null, null, null);
    return onLoop(() -> opened().link().publish(message));
  }

  /** A payload that is neither request nor answer, made now. */
  public Payload.General general(@Nullable Object body) {
    return new Payload.General(body, now());
  }

  /** Whether a device is known to know more than the plain protocol. On the event loop only. */
  boolean goesBeyond(String target) {
    Connected open = connected;
    return open != null && open.asking().goesBeyond(target);
  }

  RpcClientOptions options() {
    return options;
  }

  Shard shard() {
    return shard;
  }

  /** What the clock of the event loop lacks to the time of day. */
  long wallOffsetMillis() {
    return wallOffsetMillis;
  }

  /** How many requests wait for their answers. */
  public Future<Integer> waiting() {
    return onLoop(() -> Future.succeededFuture(connected == null ? 0 : connected.asking().size()));
  }

  /** Hears what devices say of whether they are there, kept or new. On the event loop. */
  Future<Void> watchPresence(Consumer<RpcMessage> heard) {
    return onLoop(
        () -> {
          Connected open = connected;
          return open == null
              ? Future.failedFuture(notConnected())
              : open.link()
                  .subscribeRetained(
                      Presence.filter(options.namespace()),
                      options.qos(),
                      message -> {
                        heard.accept(message);
                        return Future.succeededFuture();
                      })
                  .mapEmpty();
        });
  }

  // ---- private

  /** It may be connected again. */
  private void forget(Connected failed) {
    connected = null;
    Future<Void> unused = failed.close();
  }

  private Future<Void> serve(Connected open) {
    if (device == null && handlers.incomingRequests.isEmpty()) {
      return Future.succeededFuture();
    }
    Serving made =
        new Serving(
            loop,
            open.link(),
            options,
            handlers,
            device,
            call -> loop.here(caller.apply(call)),
            this::nowMillis,
            records());
    if (device != null) {
      device.served(path -> loop.run(() -> made.changed(path)));
    }
    return open.serve(made);
  }

  private RpcMessage presence(boolean online) {
    return new RpcMessage(
        Presence.topic(options.namespace(), options.tag()),
        Presence.payload(online, now()),
        options.qos(),
        null,
        null,
        null);
  }

  private <T> Future<T> ask(Function<Asking, Future<T>> question) {
    return onLoop(
        () -> {
          Connected open = connected;
          if (open == null) {
            return Future.failedFuture(notConnected());
          }
          shard.inPass(() -> {}); // behind which the timer is set
          return question.apply(open.asking());
        });
  }

  private @Nullable AnswerRecords records() {
    Store answers = store;
    return answers == null
        ? null
        : new AnswerJournal(
            answers.journal(task -> shard.context().runOnContext(ignored -> task.run())),
            options.tag());
  }

  private @Nullable RpcException failureOf(String topic, Payload payload) {
    RpcTopic parsed = RpcTopic.find(topic);
    return payload instanceof Payload.Response response
        ? RpcException.of(response, options.tag(), parsed == null ? null : parsed.tag())
        : null;
  }

  private Connected opened() {
    Connected open = connected;
    if (open == null) {
      throw notConnected();
    }
    return open;
  }

  private static IllegalStateException notConnected() {
    return new IllegalStateException("the client is not connected: call connect() first");
  }

  private Timestamp now() {
    return Timestamp.ofMillis(nowMillis());
  }

  /** Milliseconds since 1970, by a clock that never goes back. */
  long nowMillis() {
    return shard.nowMillis() + wallOffsetMillis;
  }

  private static Future<Reply> here(Supplier<Reply> call) {
    try {
      return Future.succeededFuture(call.get());
    } catch (RuntimeException thrown) {
      return Future.failedFuture(thrown);
    }
  }

  /** Does it on the loop; the answer comes in the context of whoever asks. */
  <T> Future<T> onLoop(Supplier<Future<T>> action) {
    if (shard.inThread()) {
      return action.get();
    }
    if (Vertx.currentContext() != null) {
      return shard.ask(action);
    }
    return detached(action);
  }

  /** Does it on the loop. The future completes there, too, whatever the context of the caller. */
  <T> Future<T> detached(Supplier<Future<T>> action) {
    Promise<T> answer = Promise.promise();
    shard
        .context()
        .runOnContext(
            ignored -> Future.succeededFuture().compose(now -> action.get()).onComplete(answer));
    return answer.future();
  }
}
