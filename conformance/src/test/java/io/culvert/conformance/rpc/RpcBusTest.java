package io.culvert.conformance.rpc;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Relay;
import io.culvert.engine.Bytes;
import io.culvert.rpc.BrokerConnection;
import io.culvert.rpc.BusLink;
import io.culvert.rpc.Device;
import io.culvert.rpc.DeviceRpcVerticle;
import io.culvert.rpc.Reply;
import io.culvert.rpc.RpcClient;
import io.culvert.rpc.RpcClientOptions;
import io.culvert.rpc.demo.SimulatedDevice;
import io.culvert.rpc.exchange.RpcMessage;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.runtime.bus.CulvertRpc;
import io.culvert.runtime.bus.RpcAnswer;
import io.culvert.runtime.bus.RpcBatch;
import io.culvert.runtime.bus.RpcCall;
import io.culvert.runtime.bus.RpcFailure;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Device RPC over the event bus, with a real broker, and as docs/event-bus.md says. */
class RpcBusTest {
  private static final String TAG = "2D_XX_0_9999";

  private static final JsonSchemaOptions DRAFT =
      new JsonSchemaOptions()
          .setBaseUri("https://culvert.io")
          .setDraft(Draft.DRAFT202012)
          .setOutputFormat(OutputFormat.Basic);

  private Vertx vertx;
  private CulvertRpc rpc;
  private String service;
  private int port;

  @BeforeEach
  void deploy() throws Exception {
    vertx = Vertx.vertx();
    rpc = CulvertRpc.create(vertx);
    port = BusBroker.deploy(vertx);
    service = await(vertx.deployVerticle(new DeviceRpcVerticle(), new DeploymentOptions()));
    await(simulated(port, TAG).connect());
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void aRequestGetsItsAnswer() throws Exception {
    RpcAnswer gains = await(rpc.request(RpcCall.get(TAG, "axuv", "gains")));
    assertThat(gains.code()).isEqualTo(205);
    assertThat(gains.body()).isEqualTo(new JsonArray().add(0).add(1).add(2).add(3).add(4));
    RpcAnswer made = await(rpc.request(RpcCall.of(TAG, "axuv", "create", "POST", null)));
    assertThat(made.location()).isEqualTo("items/1");
    JsonObject body =
        new JsonObject()
            .put("a", new JsonArray().add(1).addNull())
            .put("b", new JsonObject().put("c", 2));
    assertThat(await(rpc.request(RpcCall.of(TAG, "x", "echo", "PUT", body))).body())
        .isEqualTo(body);
    assertThat(await(rpc.request(RpcCall.get(TAG, "x", "corr").withToken("secret"))).body())
        .isInstanceOfSatisfying(
            JsonObject.class, header -> assertThat(header.getString("token")).isEqualTo("secret"));
  }

  @Test
  void failuresAreTypedAndNamed() throws Exception {
    assertThat(failure(rpc.request(RpcCall.get(TAG, "axuv", "nowhere"))))
        .isEqualTo(RpcFailure.NOT_FOUND);
    assertThat(failure(rpc.request(RpcCall.get(TAG, "axuv", "code/429"))))
        .isEqualTo(RpcFailure.TOO_MANY_REQUESTS);
    assertThat(failure(rpc.request(RpcCall.get(TAG, "axuv", "silent").withTimeoutMillis(100))))
        .isEqualTo(RpcFailure.GATEWAY_TIMEOUT);
    JsonObject wrong = new JsonObject().put("target", TAG).put("subsystem", "a");
    assertThat(message(rpc.ask("culvert.rpc.request", wrong)))
        .startsWith("BAD_REQUEST: path must be a text");
    assertThat(message(rpc.request(RpcCall.get("a/b", "x", "y"))))
        .startsWith("BAD_REQUEST: not a tag for a topic");
    assertThat(message(rpc.ask("culvert.rpc.request", new JsonObject().put("tag", "x"))))
        .startsWith("BAD_REQUEST: tag is not known");
  }

  @Test
  void aBatchHasWhatCameInTime() throws Exception {
    JsonObject result =
        await(
            rpc.batch(
                new RpcBatch(
                    List.of(TAG, "nobody"),
                    RpcCall.get(TAG, "axuv", "gains").withTimeoutMillis(300))));
    assertThat(result.getJsonArray("answers")).hasSize(1);
    assertThat(result.getJsonArray("answers").getJsonObject(0).getString("target")).isEqualTo(TAG);
    assertThat(result.getJsonArray("failures").getJsonObject(0).getInteger("code")).isEqualTo(504);
  }

  @Test
  void requestsOfABatchHaveOneCorrelationId() throws Exception {
    JsonObject result =
        await(rpc.batch(new RpcBatch(List.of(TAG), RpcCall.get(TAG, "axuv", "corr"))));
    JsonObject asked = result.getJsonArray("answers").getJsonObject(0).getJsonObject("body");
    assertThat(asked.getString("correlation_id"))
        .isNotEmpty()
        .isEqualTo(result.getString("correlationId"));
  }

  @Test
  void theDirectoryKnowsWhoIsThere() throws Exception {
    RpcAnswer gains = await(rpc.request(RpcCall.get(TAG, "axuv", "gains")));
    assertThat(gains.code()).isEqualTo(205);
    await(
        rpc.ask("culvert.rpc.discover", new JsonObject().put("target", TAG).put("subsystem", "x")));
    JsonArray devices =
        await(rpc.ask("culvert.rpc.devices", new JsonObject())).getJsonArray("devices");
    assertThat(devices).hasSize(1);
    JsonObject device = devices.getJsonObject(0);
    assertThat(device.getString("tag")).isEqualTo(TAG);
    assertThat(device.getBoolean("online")).isTrue();
    assertThat(device.getInteger("answers")).isEqualTo(2);
    assertThat(device.getJsonArray("resources")).contains("/gains", "/echo");
  }

  @Test
  void theDirectoryKnowsWhoComesAndGoes() throws Exception {
    String tag = "never-asked";
    try (Relay relay = Relay.to(new InetSocketAddress("127.0.0.1", port));
        Presences presences = Presences.of(vertx, port, tag)) {
      await(simulated(relay.address().getPort(), tag).connect());
      assertThat(becomes(tag, true).getInteger("answers")).isZero();
      relay.close(); // and it does not come back
      presences.await(false);
      assertThat(becomes(tag, false).getLong("seenMillis")).isPositive();
      RpcClient again = await(simulated(port, tag).connect());
      presences.await(true);
      assertThat(becomes(tag, true).getInteger("answers")).isZero();
      await(again.close());
      presences.await(false);
      assertThat(becomes(tag, false).getInteger("answers")).isZero();
    }
  }

  @Test
  void whatTheBrokerHasKeptIsKnownToALaterVerticle() throws Exception {
    assertThat(becomes(TAG, true).getInteger("answers")).isZero();
    Vertx other = Vertx.vertx();
    try {
      JsonObject config =
          new JsonObject().put("rpc", new JsonObject().put("broker", "mqtt://127.0.0.1:" + port));
      await(
          other.deployVerticle(new DeviceRpcVerticle(), new DeploymentOptions().setConfig(config)));
      CulvertRpc there = CulvertRpc.create(other);
      assertThat(becomes(there, TAG, true).getInteger("answers")).isZero();
    } finally {
      await(other.close());
    }
  }

  @Test
  void aDeviceOnTheEventBusAnswersAndAsksItself() throws Exception {
    RpcClient device =
        await(
            RpcClient.create(vertx, RpcClientOptions.of("on-the-bus"), () -> BusLink.create(vertx))
                .serve(SimulatedDevice.create(vertx))
                .connect());
    assertThat(await(rpc.request(RpcCall.get("on-the-bus", "x", "gains"))).code()).isEqualTo(205);
    assertThat(await(device.request("on-the-bus", "x", "valid", Method.GET)).responseCode())
        .isEqualTo(203);
    assertThat(await(device.request(TAG, "x", "valid", Method.GET)).responseCode()).isEqualTo(203);
    assertThat(
            failure(rpc.request(RpcCall.get("on-the-bus", "x", "silent").withTimeoutMillis(100))))
        .isEqualTo(RpcFailure.GATEWAY_TIMEOUT);
  }

  @Test
  void statesComeToAnAddressUntilNobodyIsThere() throws Exception {
    BlockingQueue<JsonObject> states = new LinkedBlockingQueue<>();
    MessageConsumer<JsonObject> here = here(states);
    String name = observe(TAG, "gains").getString("observation");
    assertThat(next(states).getString("observation")).isEqualTo(name);
    JsonArray seven = new JsonArray().add(7);
    await(rpc.request(RpcCall.of(TAG, "x", "gains", "PUT", seven)));
    assertThat(next(states).getJsonArray("body")).isEqualTo(seven);
    await(here.unregister());
    await(rpc.request(RpcCall.of(TAG, "x", "gains", "PUT", new JsonArray().add(8))));
    for (int i = 0; i < 3; i++) { // behind which the state and its failure have come
      assertThat(await(rpc.request(RpcCall.get(TAG, "x", "gains"))).code()).isEqualTo(205);
    }
    JsonObject ended = new JsonObject().put("observation", name);
    assertThat(failure(rpc.ask("culvert.rpc.unobserve", ended))).isEqualTo(RpcFailure.UNKNOWN);
  }

  @Test
  void whoObservesIsToldThatTheDeviceHasRefused() throws Exception {
    AtomicBoolean isGone = new AtomicBoolean();
    Device device = new Device();
    device
        .resource("level")
        .get(
            request -> {
              if (isGone.get()) {
                throw request.refusal(ResponseCode.NOT_FOUND, "it is gone");
              }
              return Reply.content(1);
            });
    await(
        RpcClient.create(
                vertx, BrokerConnection.of("127.0.0.1", port), RpcClientOptions.of("level-meter"))
            .serve(device)
            .connect());
    BlockingQueue<JsonObject> states = new LinkedBlockingQueue<>();
    MessageConsumer<JsonObject> unused = here(states);
    String name = observe("level-meter", "level").getString("observation");
    assertThat(next(states).getInteger("body")).isEqualTo(1);
    isGone.set(true);
    device.changed("level");
    assertThat(nextEnd(states))
        .isEqualTo(end(name).put("code", 404).put("detail", "it is gone"))
        .isEqualTo(json("end", page()).put("observation", name));
    assertThat(failure(rpc.ask("culvert.rpc.unobserve", new JsonObject().put("observation", name))))
        .isEqualTo(RpcFailure.UNKNOWN);
  }

  @Test
  void whoObservesIsToldThatNoStateWillCome() throws Exception {
    BusLink plain = BusLink.create(vertx);
    String asked = RpcTopic.requestFilter(RpcTopic.DEFAULT_NAMESPACE, "level-meter");
    await(plain.subscribe(asked, 1, request -> plain.publish(plainAnswer(request, 1))));
    BlockingQueue<JsonObject> states = new LinkedBlockingQueue<>();
    MessageConsumer<JsonObject> unused = here(states);
    JsonObject only = observe("level-meter", "level");
    assertThat(only.getInteger("body")).isEqualTo(1);
    assertThat(nextEnd(states)).isEqualTo(end(only.getString("observation")));
  }

  @Test
  void whoObservesIsToldThatTheServiceEndsAndNotWhatItHasEndedItself() throws Exception {
    BlockingQueue<JsonObject> states = new LinkedBlockingQueue<>();
    MessageConsumer<JsonObject> unused = here(states);
    JsonObject ended = new JsonObject();
    ended.put("observation", observe(TAG, "gains").getString("observation"));
    assertThat(next(states).containsKey("body")).isTrue();
    await(rpc.ask("culvert.rpc.unobserve", ended));
    String name = observe(TAG, "gains").getString("observation");
    assertThat(next(states).getString("observation")).isEqualTo(name);
    await(vertx.undeploy(service));
    assertThat(nextEnd(states))
        .isEqualTo(end(name).put("code", 503).put("detail", "the service ends"));
  }

  @Test
  void examplesAndRealAnswersAreWhatTheSchemasSay() throws Exception {
    List<String> addresses = new ArrayList<>();
    String observation = null;
    String id = null;
    vertx.eventBus().consumer("my.gains", state -> state.reply(null));
    Matcher sections =
        Pattern.compile("(?ms)^### `(culvert\\.rpc\\.\\S+)`$(.*?)(?=^##|\\z)").matcher(page());
    while (sections.find()) {
      String address = sections.group(1);
      String text = sections.group(2);
      addresses.add(address);
      JsonObject request = json("request", text);
      check(json("request-schema", text), request, address + ", the example");
      JsonObject schema = json("reply-schema", text);
      check(schema, json("reply", text), address + ", the example's reply");
      if (request.containsKey("observation")) {
        request.put("observation", observation);
      }
      if (request.containsKey("id")) {
        request.put("id", id);
      }
      JsonObject reply = await(rpc.ask(address, request));
      observation = reply.getString("observation", observation);
      id = reply.getString("id", id);
      check(schema, reply, address + ", the reply");
      assertThat(reply.fieldNames())
          .as(address)
          .containsExactlyInAnyOrderElementsOf(json("reply", text).fieldNames());
    }
    assertThat(addresses)
        .containsExactlyInAnyOrder(
            "culvert.rpc.request",
            "culvert.rpc.tell",
            "culvert.rpc.submit",
            "culvert.rpc.submitted",
            "culvert.rpc.cancel",
            "culvert.rpc.batch",
            "culvert.rpc.discover",
            "culvert.rpc.devices",
            "culvert.rpc.observe",
            "culvert.rpc.unobserve");
  }

  @Test
  void theTableNamesEveryFailure() throws Exception {
    String page = page();
    String table =
        page.substring(page.indexOf("### Failures of device RPC"), page.indexOf("\n## Failures"));
    List<String> documented =
        Pattern.compile("(?m)^\\| (\\d+) \\| `([A-Z_]+)` \\| (yes|no) \\|")
            .matcher(table)
            .results()
            .map(line -> line.group(1) + " " + line.group(2) + " " + line.group(3))
            .toList();
    List<String> failures = new ArrayList<>();
    for (RpcFailure failure : RpcFailure.values()) {
      failures.add(
          failure.code() + " " + failure.name() + " " + (failure.retryable() ? "yes" : "no"));
    }
    assertThat(documented).isEqualTo(failures);
  }

  private RpcClient simulated(int at, String tag) {
    return RpcClient.create(vertx, BrokerConnection.of("127.0.0.1", at), RpcClientOptions.of(tag))
        .serve(SimulatedDevice.create(vertx));
  }

  /** Of a device that knows the plain protocol only. */
  private static RpcMessage plainAnswer(RpcMessage request, int body) {
    RpcTopic topic = RpcTopic.find(request.topic());
    JsonObject header =
        new JsonObject().put("request_id", topic.requestId()).put("response_code", 205);
    JsonObject answer = new JsonObject().put("header", header).put("body", body);
    Bytes json = Bytes.utf8(answer.encode());
    return new RpcMessage(topic.response().text(), json, 1, null, null, null);
  }

  /** Takes what is observed. */
  private MessageConsumer<JsonObject> here(BlockingQueue<JsonObject> states) {
    return vertx
        .eventBus()
        .consumer(
            "here",
            state -> {
              states.add(state.body());
              state.reply(null);
            });
  }

  private JsonObject observe(String target, String path) throws Exception {
    JsonObject request =
        new JsonObject()
            .put("target", target)
            .put("subsystem", "x")
            .put("path", path)
            .put("address", "here");
    return await(rpc.ask("culvert.rpc.observe", request));
  }

  private static JsonObject end(String name) {
    return new JsonObject().put("observation", name).put("ended", true);
  }

  private static JsonObject nextEnd(BlockingQueue<JsonObject> states) throws Exception {
    JsonObject end = next(states);
    check(json("end-schema", page()), end, "the end");
    return end;
  }

  private JsonObject becomes(String tag, boolean online) throws Exception {
    return becomes(rpc, tag, online);
  }

  /** The device in the directory, which hears of it beside the test. */
  private static JsonObject becomes(CulvertRpc of, String tag, boolean online) throws Exception {
    for (int asked = 0; asked < 10_000; asked++) {
      JsonArray devices =
          await(of.ask("culvert.rpc.devices", new JsonObject())).getJsonArray("devices");
      for (int i = 0; i < devices.size(); i++) {
        JsonObject device = devices.getJsonObject(i);
        if (device.getString("tag").equals(tag)
            && Boolean.valueOf(online).equals(device.getBoolean("online"))) {
          return device;
        }
      }
    }
    throw new AssertionError(tag + " does not become " + (online ? "online" : "offline"));
  }

  private static String page() throws Exception {
    return Files.readString(Path.of("../docs/event-bus.md"));
  }

  private static JsonObject json(String kind, String text) {
    Matcher fence = Pattern.compile("(?s)```json " + kind + "\n(.*?)```").matcher(text);
    assertThat(fence.find()).as(kind).isTrue();
    return new JsonObject(fence.group(1));
  }

  private static void check(JsonObject schema, JsonObject json, String what) {
    OutputUnit result = Validator.create(JsonSchema.of(schema), DRAFT).validate(json);
    assertThat(result.getValid()).as(what + " " + json + " " + result.getErrors()).isTrue();
  }

  private static RpcFailure failure(Future<?> future) throws Exception {
    return RpcFailure.of(reply(future).failureCode());
  }

  private static String message(Future<?> future) throws Exception {
    return reply(future).getMessage();
  }

  private static ReplyException reply(Future<?> future) throws Exception {
    try {
      Object result = await(future);
      throw new AssertionError("has succeeded with " + result);
    } catch (ExecutionException e) {
      return (ReplyException) e.getCause();
    }
  }
}
