package io.culvert.rpc;

import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.LinkFormat;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.PayloadViolation;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.runtime.bus.BusAction;
import io.culvert.runtime.bus.JsonFields;
import io.culvert.runtime.bus.MqttAdmin;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.RpcAddresses;
import io.culvert.runtime.bus.RpcAnswer;
import io.culvert.runtime.bus.RpcBatch;
import io.culvert.runtime.bus.RpcCall;
import io.culvert.runtime.bus.RpcFailure;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What others may do with a client over the event bus; see {@link RpcAddresses}. */
final class RpcBusApi {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.rpc");

  private static final Set<String> OBSERVE =
      Set.of("target", "subsystem", "path", "address", "token", "timeoutMillis");

  private static final Set<String> DISCOVER =
      Set.of("target", "subsystem", "timeoutMillis", "query");

  private final RpcClient client;
  private final EventBus bus;
  private final DeviceDirectory directory;
  private final Map<String, Observing> observations = new HashMap<>();
  private final RpcMetrics metrics;
  private final @Nullable MqttAdmin admin;
  private final Runnable watch;
  private final List<MessageConsumer<Object>> consumers;

  private RpcBusApi(
      RpcClient client,
      EventBus bus,
      DeviceDirectory directory,
      RpcMetrics metrics,
      @Nullable MqttAdmin admin,
      Runnable watch) {
    this.client = client;
    this.bus = bus;
    this.directory = directory;
    this.metrics = metrics;
    this.admin = admin;
    this.watch = watch;
    this.consumers =
        List.of(
            serve(bus, RpcAddresses.REQUEST, this::request),
            serve(bus, RpcAddresses.TELL, this::tell),
            serve(bus, RpcAddresses.BATCH, this::batch),
            serve(bus, RpcAddresses.DISCOVER, this::discover),
            serve(bus, RpcAddresses.DEVICES, this::devices),
            serve(bus, RpcAddresses.OBSERVE, this::observe),
            serve(bus, RpcAddresses.UNOBSERVE, this::unobserve));
  }

  /**
   * Serves from now on; completes when other nodes know it, too.
   *
   * @param directory of devices that have said whether they are there; those that answer are added
   * @param admin who knows which devices are connected; null where nobody does
   * @param watch begins to hear what devices say of themselves
   */
  static Future<RpcBusApi> start(
      RpcClient client,
      EventBus bus,
      DeviceDirectory directory,
      RpcMetrics metrics,
      @Nullable MqttAdmin admin,
      Runnable watch) {
    RpcBusApi api = new RpcBusApi(client, bus, directory, metrics, admin, watch);
    return Future.all(api.consumers.stream().map(MessageConsumer::completion).toList()).map(api);
  }

  Future<Void> stop() {
    Map.copyOf(observations)
        .forEach(
            (name, observing) -> {
              end(name, observing);
              sendEnd(
                  name, observing, ResponseCode.SERVICE_UNAVAILABLE.number(), "the service ends");
            });
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList()).mapEmpty();
  }

  private Future<JsonObject> request(Object body) {
    return ask(RpcCall.fromJson(body))
        .map(response -> answer(response).toJson())
        .recover(failure -> Future.failedFuture(told(failure)));
  }

  private Future<JsonObject> tell(Object body) {
    RpcCall call = RpcCall.fromJson(body);
    metrics.countTold();
    return checked(
            () ->
                client.tell(
                    call.target(),
                    call.subsystem(),
                    call.path(),
                    method(call),
                    RpcBodies.plain(call.body()),
                    options(call)))
        .map(done -> new JsonObject())
        .recover(failure -> Future.failedFuture(told(failure)));
  }

  private Future<JsonObject> batch(Object body) {
    RpcBatch batch = RpcBatch.fromJson(body);
    RpcCall call = batch.call();
    metrics.countAsked(batch.targets().size());
    return client
        .requestAll(
            batch.targets(),
            call.subsystem(),
            call.path(),
            method(call),
            RpcBodies.plain(call.body()),
            options(call))
        .onSuccess(
            result -> {
              result.answers().keySet().forEach(this::answered);
              result.failures().forEach(this::failed);
            })
        .map(RpcBusApi::json);
  }

  private Future<JsonObject> devices(Object body) {
    watch.run();
    int limit = (int) JsonFields.of(body, Set.of("limit")).number("limit", 1, 1000, 100);
    List<Future<JsonObject>> all = directory.list(limit).stream().map(this::online).toList();
    return Future.all(all)
        .map(listed -> new JsonObject().put("devices", new JsonArray(listed.<JsonObject>list())));
  }

  /** What it has said counts; else whether its tag, its Client Identifier, is connected. */
  private Future<JsonObject> online(JsonObject device) {
    MqttAdmin knows = admin;
    if (knows == null || device.containsKey("online")) {
      return Future.succeededFuture(device);
    }
    return knows
        .ask("client", new JsonObject().put("clientId", device.getString("tag")))
        .map(session -> device.put("online", session.containsKey("connection")))
        .recover(
            failure ->
                Future.succeededFuture(
                    MqttFailure.of(failure) == MqttFailure.NOT_FOUND
                        ? device.put("online", false)
                        : device));
  }

  private void answered(String target) {
    metrics.countAnswered();
    directory.answered(target, client.nowMillis());
  }

  private void failed(String target, Throwable failure) {
    metrics.countFailed(failure);
    if (failure instanceof RpcException typed && typed.response() != null) {
      directory.answered(target, client.nowMillis());
    } else {
      directory.timedOut(target);
    }
  }

  private Future<JsonObject> discover(Object body) {
    JsonFields fields = JsonFields.of(body, DISCOVER);
    RpcCall call =
        RpcCall.get(fields.text("target"), fields.text("subsystem"), LinkFormat.WELL_KNOWN_CORE)
            .withTimeoutMillis(fields.number("timeoutMillis", 1, RpcCall.LONGEST_MILLIS, 0));
    Map<String, String> query = fields.textMap("query");
    return ask(call, query)
        .map(RpcBusApi::links)
        .onSuccess(
            found -> {
              if (query.isEmpty()) {
                directory.resources(call.target(), paths(found));
              }
            })
        .recover(failure -> Future.failedFuture(told(failure)));
  }

  private Future<JsonObject> observe(Object body) {
    JsonFields fields = JsonFields.of(body, OBSERVE);
    String address = fields.text("address");
    String target = fields.text("target");
    RpcRequestOptions how =
        RpcRequestOptions.DEFAULT
            .withTimeoutMillis(fields.number("timeoutMillis", 1, RpcCall.LONGEST_MILLIS, 0))
            .withToken(fields.optionalText("token"));
    String name = UUID.randomUUID().toString();
    String subsystem = fields.text("subsystem");
    String path = fields.text("path");
    return checked(
            () -> client.observe(target, subsystem, path, how, state -> send(name, address, state)))
        .map(observed -> observing(name, new Observing(address, observed)))
        .recover(failure -> Future.failedFuture(told(failure)));
  }

  private JsonObject observing(String name, Observing observing) {
    observations.put(name, observing);
    metrics.observations(observations.size());
    observing.observed().ended().onComplete(ended -> ended(name, observing, ended.cause()));
    return answer(observing.observed().first()).toJson().put("observation", name);
  }

  /** Whoever observes is told, unless it was ended here. */
  private void ended(String name, Observing observing, @Nullable Throwable why) {
    if (!forget(name)) {
      return;
    }
    if (why instanceof RpcException failure) {
      sendEnd(name, observing, failure.responseCode(), failure.detail());
    } else {
      sendEnd(name, observing, null, null);
    }
  }

  private void end(String name, Observing observing) {
    if (forget(name)) {
      observing.observed().close();
    }
  }

  /** False where it has ended before. */
  private boolean forget(String name) {
    boolean was = observations.remove(name) != null;
    metrics.observations(observations.size());
    return was;
  }

  /** The last message about it. */
  private void sendEnd(
      String name, Observing observing, @Nullable Integer code, @Nullable String detail) {
    JsonObject end = new JsonObject().put("observation", name).put("ended", true);
    put(end, "code", code);
    put(end, "detail", detail);
    EventBus unused = bus.send(observing.address(), end);
  }

  /** Where nobody is, nobody wants to know. */
  private void send(String name, String address, Payload.Response state) {
    bus.request(address, answer(state).toJson().put("observation", name))
        .onFailure(
            failure -> {
              Observing observing = observations.get(name);
              if (observing != null
                  && failure instanceof ReplyException reply
                  && reply.failureType() == ReplyFailure.NO_HANDLERS) {
                LOG.info("nobody is at {} any more, so nothing is observed for it", address);
                end(name, observing);
              }
            });
  }

  private Future<JsonObject> unobserve(Object body) {
    String name = JsonFields.of(body, Set.of("observation")).text("observation");
    Observing observing = observations.get(name);
    if (observing == null) {
      return Future.failedFuture(
          RpcFailure.UNKNOWN.because("no such observation, or no more, or not on this node"));
    }
    end(name, observing);
    return Future.succeededFuture(new JsonObject());
  }

  private Future<Payload.Response> ask(RpcCall call) {
    return ask(call, Map.of());
  }

  private Future<Payload.Response> ask(RpcCall call, Map<String, String> query) {
    metrics.countAsked(1);
    return checked(
            () ->
                client.request(
                    call.target(),
                    call.subsystem(),
                    call.path(),
                    method(call),
                    RpcBodies.plain(call.body()),
                    options(call).withQuery(query)))
        .onSuccess(answer -> answered(call.target()))
        .onFailure(failure -> failed(call.target(), failure));
  }

  /** What cannot stand in a topic is the caller's mistake. */
  private static <T> Future<T> checked(Supplier<Future<T>> action) {
    try {
      return action.get();
    } catch (IllegalArgumentException refused) {
      return Future.failedFuture(
          MqttFailure.BAD_REQUEST.because(String.valueOf(refused.getMessage())));
    }
  }

  static RpcRequestOptions options(RpcCall call) {
    return new RpcRequestOptions(
        call.timeoutMillis(),
        call.qos(),
        call.token(),
        call.correlationId(),
        call.traceparent(),
        Map.of());
  }

  static Method method(RpcCall call) {
    return Objects.requireNonNull(Method.find(call.method()));
  }

  static RpcAnswer answer(Payload.Response response) {
    JsonObject header = new JsonObject();
    Header fields = response.header();
    put(header, "path", fields.path());
    put(header, "source", fields.source());
    put(header, "correlation_id", fields.correlationId());
    fields.more().forEach((name, value) -> put(header, name, value));
    return new RpcAnswer(
        response.responseCode(),
        response.requestId().text(),
        response.body(),
        response.location(),
        header);
  }

  private static void put(JsonObject json, String name, @Nullable Object value) {
    if (value != null && !name.equals(Header.LOCATION)) {
      json.put(name, value);
    }
  }

  private static JsonObject json(BatchResult result) {
    JsonArray answers = new JsonArray();
    result
        .answers()
        .forEach(
            (target, response) -> answers.add(answer(response).toJson().put("target", target)));
    JsonArray failures = new JsonArray();
    result
        .failures()
        .forEach(
            (target, failure) ->
                failures.add(
                    new JsonObject()
                        .put("target", target)
                        .put("code", failure.responseCode())
                        .put("detail", failure.detail())));
    return new JsonObject()
        .put("correlationId", result.correlationId())
        .put("answers", answers)
        .put("failures", failures);
  }

  private static JsonObject links(Payload.Response response) {
    JsonArray resources = new JsonArray();
    try {
      if (!(response.body() instanceof String text)) {
        throw new PayloadViolation("body", "is no list of links");
      }
      for (LinkFormat.Link link : LinkFormat.parse(text)) {
        JsonObject attributes = new JsonObject();
        link.attributes().forEach(attributes::put);
        resources.add(new JsonObject().put("path", link.target()).put("attributes", attributes));
      }
    } catch (PayloadViolation violation) {
      throw RpcFailure.BAD_ANSWER.because(String.valueOf(violation.getMessage()));
    }
    return new JsonObject().put("resources", resources);
  }

  private static List<String> paths(JsonObject found) {
    return found.getJsonArray("resources").stream()
        .map(resource -> ((JsonObject) resource).getString("path"))
        .toList();
  }

  static Throwable told(Throwable failure) {
    if (failure instanceof ReplyException || !(failure instanceof RpcException typed)) {
      return failure;
    }
    return RpcFailure.ofResponse(typed.responseCode()).because(typed.getMessage());
  }

  private static MessageConsumer<Object> serve(
      EventBus bus, String address, Function<Object, Future<JsonObject>> action) {
    return BusAction.serve(bus, address, action, LOG);
  }

  /** A resource that is observed for whoever is at an address. */
  private record Observing(String address, Observed observed) {}
}
