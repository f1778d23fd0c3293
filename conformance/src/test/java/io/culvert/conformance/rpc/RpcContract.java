package io.culvert.conformance.rpc;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientOptions;
import io.culvert.conformance.broker.Relay;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import io.culvert.rpc.BlockingRpcClient;
import io.culvert.rpc.BrokerConnection;
import io.culvert.rpc.Device;
import io.culvert.rpc.Observed;
import io.culvert.rpc.PersistentRequests;
import io.culvert.rpc.PlainResponses;
import io.culvert.rpc.Reply;
import io.culvert.rpc.RpcClient;
import io.culvert.rpc.RpcClientOptions;
import io.culvert.rpc.RpcHandler;
import io.culvert.rpc.RpcRequestOptions;
import io.culvert.rpc.demo.SimulatedDevice;
import io.culvert.rpc.exchange.AccessRule;
import io.culvert.rpc.persistent.QueueLimits;
import io.culvert.rpc.persistent.RequestState;
import io.culvert.rpc.persistent.RequestStatus;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.store.MemoryStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests and answers over a real broker. */
abstract class RpcContract {
  static final String TAG = "2D_XX_0_9999";

  /** How a requester is, and what it speaks. */
  enum Kind {
    MODERN(MqttVersion.MQTT_5, false, PlainResponses.PER_TARGET),
    MODERN_PER_CALL(MqttVersion.MQTT_5, false, PlainResponses.PER_CALL),
    MODERN_3_1_1(MqttVersion.MQTT_3_1_1, false, PlainResponses.PER_TARGET),
    PLAIN(MqttVersion.MQTT_5, true, PlainResponses.PER_TARGET),
    PLAIN_3_1_1(MqttVersion.MQTT_3_1_1, true, PlainResponses.PER_TARGET),
    PLAIN_PER_CALL(MqttVersion.MQTT_3_1_1, true, PlainResponses.PER_CALL);

    final MqttVersion version;
    final boolean plain;
    final PlainResponses responses;

    Kind(MqttVersion version, boolean plain, PlainResponses responses) {
      this.version = version;
      this.plain = plain;
      this.responses = responses;
    }
  }

  Vertx vertx;
  private final List<RpcClient> clients = new ArrayList<>();

  abstract int port();

  @BeforeEach
  final void startVertx() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  final void stopVertx() throws Exception {
    for (RpcClient client : clients) {
      await(client.close());
    }
    await(vertx.close());
  }

  final RpcClient client(String tag, Kind kind) {
    return client(
        RpcClientOptions.of(tag).withPlain(kind.plain).withPlainResponses(kind.responses),
        kind.version);
  }

  final RpcClient client(RpcClientOptions options, MqttVersion version) {
    RpcClient client =
        RpcClient.create(
            vertx, BrokerConnection.of("127.0.0.1", port()).withVersion(version), options);
    clients.add(client);
    return client;
  }

  final RpcClient simulated(Kind kind) throws Exception {
    return await(client(TAG, kind).serve(SimulatedDevice.create(vertx)).connect());
  }

  final Payload.Response get(RpcClient client, String path) throws Exception {
    return await(client.request(TAG, "axuv", path, Method.GET));
  }

  static RpcException failure(Future<?> future) throws Exception {
    try {
      Object result = await(future);
      throw new AssertionError("has succeeded with " + result);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RpcException failure) {
        return failure;
      }
      throw e;
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyRequesterUnderstandsEveryDevice(Kind deviceKind) throws Exception {
    RpcClient device = simulated(deviceKind);
    assertThat(device.tag()).isEqualTo(TAG);
    for (Kind kind : Kind.values()) {
      RpcClient client = await(client("cli-" + kind, kind).connect());
      Object body = Map.of("a", List.of(1, 2.5, true, "ü"));
      Payload.Response echo = await(client.request(TAG, "axuv", "echo", Method.POST, body));
      assertThat(echo.responseCode()).isEqualTo(205);
      assertThat(echo.body()).isEqualTo(body);
      assertThat(echo.header().path()).isEqualTo("echo");
      assertThat(get(client, "gains").body()).isEqualTo(List.of(0, 1, 2, 3, 4));
      assertThat(await(client.request(TAG, "x", "create", Method.POST)).location())
          .isEqualTo("items/1");
      assertThat(await(client.request(TAG, "x", "del", Method.DELETE)).responseCode())
          .isEqualTo(202);
      assertThat(get(client, "valid").responseCode()).isEqualTo(203);
      assertThat(get(client, "slow/20").body()).isEqualTo("after 20 ms");
      assertThat(get(client, "twice").body()).isEqualTo("the first answer");

      RpcException missing = failure(client.request(TAG, "axuv", "nowhere", Method.GET));
      assertThat(missing).isInstanceOf(RpcException.NotFound.class);
      assertThat(missing.responseCode()).isEqualTo(404);
      assertThat(missing.path()).isEqualTo("nowhere");
      assertThat(missing.detail()).isEqualTo("there is no nowhere");
      assertThat(missing.source()).isEqualTo("cli-" + kind);
      assertThat(missing.target()).isEqualTo(TAG);
      assertThat(missing.requestId()).isNotNull();
      assertThat(failure(client.request(TAG, "axuv", "gains", Method.DELETE)))
          .isInstanceOf(RpcException.MethodNotAllowed.class);
      assertThat(failure(client.request(TAG, "axuv", "code/429", Method.GET)).responseCode())
          .isEqualTo(kind.plain ? 503 : 429);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void silenceIsATypedTimeout(Kind kind) throws Exception {
    simulated(kind);
    RpcClient client = await(client("cli", kind).connect());
    RpcRequestOptions hurried = RpcRequestOptions.DEFAULT.withTimeoutMillis(200);
    RpcException silent = failure(client.request(TAG, "axuv", "silent", Method.GET, null, hurried));
    assertThat(silent).isInstanceOf(RpcException.GatewayTimeout.class);
    assertThat(silent.detail()).contains("0.2 s");
    assertThat(
            failure(client.request("nobody", "axuv", "gains", Method.GET, null, hurried))
                .responseCode())
        .isEqualTo(504);
    assertThat(await(client.waiting())).isZero();
    assertThat(get(client, "valid").responseCode()).isEqualTo(203);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aThousandRequestsAtATimeGetTheirOwnAnswers(Kind kind) throws Exception {
    await(
        client(RpcClientOptions.of(TAG).withMaximumServed(1000), MqttVersion.MQTT_5)
            .serve(SimulatedDevice.create(vertx))
            .connect());
    RpcClient client = await(client("cli", kind).connect());
    List<Future<Payload.Response>> answers = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      answers.add(client.request(TAG, "axuv", "echo", Method.POST, i));
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(await(answers.get(i)).body()).isEqualTo(i);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aClientCanAskItself(Kind kind) throws Exception {
    RpcClient device = simulated(kind);
    assertThat(get(device, "gains").body()).isEqualTo(List.of(0, 1, 2, 3, 4));
    assertThat(get(device, "gains").responseCode()).isEqualTo(205);
  }

  @ParameterizedTest
  @EnumSource(names = {"MQTT_5", "MQTT_3_1_1"})
  void aDeviceIsSaidToBeThereOrGone(MqttVersion version) throws Exception {
    String tag = "said-" + version;
    try (Relay relay = Relay.to(new InetSocketAddress("127.0.0.1", port()));
        Presences presences = Presences.of(vertx, port(), tag)) {
      RpcClient device =
          RpcClient.create(
                  vertx,
                  BrokerConnection.of("127.0.0.1", relay.address().getPort()).withVersion(version),
                  RpcClientOptions.of(tag))
              .serve(SimulatedDevice.create(vertx));
      await(device.connect());
      assertThat(presences.online()).isTrue();
      relay.cut();
      assertThat(presences.online()).as("the will").isFalse();
      assertThat(presences.online()).as("it has come back").isTrue();
      try (Presences late = Presences.of(vertx, port(), tag)) {
        assertThat(late.keptOnline()).isTrue();
      }
      await(device.close());
      presences.await(false);
      try (Presences late = Presences.of(vertx, port(), tag)) {
        assertThat(late.keptOnline()).isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MQTT_5", "MQTT_3_1_1"})
  void aDeviceWhoseVertxIsClosedIsSaidToBeGone(MqttVersion version) throws Exception {
    String tag = "ended-" + version;
    Vertx own = Vertx.vertx();
    try (Presences presences = Presences.of(vertx, port(), tag)) {
      await(
          RpcClient.create(
                  own,
                  BrokerConnection.of("127.0.0.1", port()).withVersion(version),
                  RpcClientOptions.of(tag))
              .serve(SimulatedDevice.create(own))
              .connect());
      assertThat(presences.online()).isTrue();
      await(own.close());
      assertThat(presences.online()).isFalse();
    }
  }

  @Test
  void aPlainDeviceSaysNothingOfItself() throws Exception {
    try (Presences presences = Presences.of(vertx, port(), "plain")) {
      RpcClient device =
          await(client("plain", Kind.PLAIN).serve(SimulatedDevice.create(vertx)).connect());
      assertThat(await(device.request("plain", "x", "valid", Method.GET)).responseCode())
          .isEqualTo(203);
      await(device.close());
      assertThat(presences.isEmpty()).isTrue();
    }
  }

  @Test
  void aDeviceThatComesBackIsAskedInItsOwnWay() throws Exception {
    RpcClient modern = simulated(Kind.MODERN);
    RpcClient client = await(client("cli", Kind.MODERN).connect());
    assertThat(get(client, "valid").responseCode()).isEqualTo(203);
    await(modern.close());
    clients.remove(modern);
    simulated(Kind.PLAIN_3_1_1);
    assertThat(get(client, "valid").responseCode()).isEqualTo(203);
  }

  @Test
  void handlersRunInOrderAndFeedEachOther() throws Exception {
    Device device = new Device();
    device.resource("words").any(request -> Reply.content(request.body()));
    await(
        client(TAG, Kind.MODERN)
            .serve(device)
            .onIncomingRequest(RpcHandler.of((topic, payload) -> appended(payload, "in")))
            .onOutgoingResponse(RpcHandler.of((topic, payload) -> appended(payload, "out")))
            .connect());
    RpcClient client =
        await(
            client("cli", Kind.MODERN)
                .onOutgoingRequest(RpcHandler.of((topic, payload) -> appended(payload, "one")))
                .onOutgoingRequest(RpcHandler.of((topic, payload) -> appended(payload, "two")))
                .onIncomingResponse(RpcHandler.of((topic, payload) -> appended(payload, "last")))
                .connect());
    assertThat(await(client.request(TAG, "s", "words", Method.POST, "start")).body())
        .isEqualTo("start one two in out last");
  }

  @Test
  void aHandlerThatDoesNotRaiseMakesAFailureAResult() throws Exception {
    simulated(Kind.MODERN);
    RpcHandler lenient =
        RpcHandler.of((topic, payload) -> Future.succeededFuture(null))
            .forCodes(404)
            .withRaiseExceptions(false);
    RpcClient client = await(client("cli", Kind.MODERN).onIncomingResponse(lenient).connect());
    assertThat(get(client, "nowhere").responseCode()).isEqualTo(404);
    assertThat(failure(client.request(TAG, "axuv", "code/500", Method.GET)))
        .isInstanceOf(RpcException.InternalServerError.class);
    assertThat(client.removeHandler(lenient)).isTrue();
    failure(client.request(TAG, "axuv", "nowhere", Method.GET));
  }

  @Test
  void aHandlerMayAnswerInsteadOfTheDevice() throws Exception {
    RpcHandler guard =
        RpcHandler.of(
            (topic, payload) -> {
              throw ((Payload.Request) payload).header().token() == null
                  ? new IllegalStateException("no token")
                  : RpcException.of(ResponseCode.FORBIDDEN, "not you", "", null, null, null);
            });
    await(
        client(TAG, Kind.MODERN)
            .serve(SimulatedDevice.create(vertx))
            .onIncomingRequest(guard.forMethods(Method.PUT))
            .connect());
    RpcClient client = await(client("cli", Kind.MODERN).connect());
    assertThat(get(client, "gains").responseCode()).isEqualTo(205);
    assertThat(failure(client.request(TAG, "s", "gains", Method.PUT, List.of(1))).responseCode())
        .isEqualTo(500);
    assertThat(
            failure(
                    client.request(
                        TAG,
                        "s",
                        "gains",
                        Method.PUT,
                        List.of(1),
                        RpcRequestOptions.DEFAULT.withToken("x")))
                .detail())
        .isEqualTo("not you");
  }

  @Test
  void aTypedBodyOfAnotherTypeIsABadRequest() throws Exception {
    simulated(Kind.MODERN);
    RpcClient client = await(client("cli", Kind.MODERN).connect());
    RpcException wrong = failure(client.request(TAG, "s", "gains", Method.PUT, "text"));
    assertThat(wrong).isInstanceOf(RpcException.BadRequest.class);
    assertThat(wrong.detail()).isEqualTo("the body must be an array, not a text");
    assertThat(await(client.request(TAG, "s", "gains", Method.PUT, List.of(7))).responseCode())
        .isEqualTo(204);
    assertThat(get(client, "gains").body()).isEqualTo(List.of(7));
  }

  @Test
  void aDeviceThatHasTooMuchToDoSaysSo() throws Exception {
    await(
        client(RpcClientOptions.of(TAG).withMaximumServed(1), MqttVersion.MQTT_5)
            .serve(SimulatedDevice.create(vertx))
            .connect());
    RpcClient client = await(client("cli", Kind.MODERN).connect());
    Future<Payload.Response> slow = client.request(TAG, "s", "slow/2000", Method.GET);
    assertThat(failure(client.request(TAG, "s", "valid", Method.GET)).responseCode())
        .isEqualTo(429);
    RpcClient old = await(client("old", Kind.PLAIN).connect());
    assertThat(failure(old.request(TAG, "s", "valid", Method.GET)).responseCode()).isEqualTo(503);
    assertThat(await(slow).responseCode()).isEqualTo(205);
  }

  @Test
  void closingFailsWhatWaits() throws Exception {
    simulated(Kind.MODERN);
    RpcClient client = await(client("cli", Kind.MODERN).connect());
    Future<Payload.Response> silent = client.request(TAG, "s", "silent", Method.GET);
    assertThat(get(client, "valid").responseCode()).isEqualTo(203);
    await(client.close());
    assertThat(failure(silent).detail()).isEqualTo("the client was closed");
  }

  @ParameterizedTest
  @EnumSource(names = {"MODERN", "MODERN_3_1_1", "PLAIN"})
  void aPersistentRequestWaitsForItsDevice(Kind kind) throws Exception {
    RpcClient client = await(client("patient", kind).connect());
    BlockingQueue<RequestStatus> changes = new LinkedBlockingQueue<>();
    PersistentRequests requests =
        await(
            PersistentRequests.open(
                client, MemoryStore.create(), "test", QueueLimits.DEFAULT, changes::add));
    RequestStatus submitted =
        await(
            requests.submit(
                TAG,
                "axuv",
                "echo",
                Method.POST,
                "x",
                RpcRequestOptions.DEFAULT.withTimeoutMillis(2_000),
                60_000,
                null));
    assertThat(submitted.state()).isEqualTo(RequestState.QUEUED);
    assertThat(next(changes)).isEqualTo(submitted);
    simulated(kind);
    requests.online(TAG);
    assertThat(next(changes).state()).isEqualTo(RequestState.SENT);
    RequestStatus last = next(changes);
    assertThat(last.state()).isEqualTo(RequestState.SUCCEEDED);
    assertThat(last.answer().body()).isEqualTo("x");
    assertThat(await(requests.find(submitted.id()))).contains(last);
    await(requests.close());
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whoTellsGetsNoAnswer(Kind kind) throws Exception {
    simulated(kind);
    List<String> answers = new ArrayList<>();
    RpcClient client =
        client("teller", kind)
            .onIncomingResponse(
                RpcHandler.of(
                    (topic, payload) -> {
                      answers.add(topic);
                      return Future.succeededFuture(payload);
                    }));
    await(client.connect());
    List<Object> five = List.of(5);
    await(client.tell(TAG, "axuv", "gains", Method.PUT, five, RpcRequestOptions.DEFAULT));
    assertThat(get(client, "gains").body()).isEqualTo(five);
    assertThat(answers).as("only the one that was asked for").hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"MODERN", "MODERN_PER_CALL", "MODERN_3_1_1"})
  void anObservedResourceTellsEachNewState(Kind kind) throws Exception {
    simulated(kind);
    RpcClient client = await(client("cli", kind).connect());
    BlockingQueue<Object> states = new LinkedBlockingQueue<>();
    Observed observed =
        await(
            client.observe(
                TAG, "s", "gains", RpcRequestOptions.DEFAULT, state -> states.add(state.body())));
    assertThat(observed.first().body()).isEqualTo(List.of(0, 1, 2, 3, 4));
    assertThat(next(states)).isEqualTo(List.of(0, 1, 2, 3, 4));
    await(client.request(TAG, "s", "gains", Method.PUT, List.of(7)));
    assertThat(next(states)).isEqualTo(List.of(7));
    observed.close();
    await(observed.ended());
    await(client.request(TAG, "s", "gains", Method.PUT, List.of(8)));
    assertThat(get(client, "gains").body()).isEqualTo(List.of(8));
    assertThat(states).isEmpty();
    assertThat(failure(client.observe(TAG, "s", "nowhere", RpcRequestOptions.DEFAULT, s -> {})))
        .isInstanceOf(RpcException.NotFound.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"MODERN", "MODERN_PER_CALL", "MODERN_3_1_1"})
  void aLargeBodyGoesAndComesInBlocks(Kind kind) throws Exception {
    simulated(kind);
    RpcClient client = await(client("cli", kind).connect());
    assertThat(get(client, "valid").responseCode()).isEqualTo(203); // now it is known
    String large = "large ü ".repeat(100_000);
    assertThat(await(client.request(TAG, "s", "echo", Method.POST, large)).body()).isEqualTo(large);
  }

  @Test
  void aRequestThatComesAgainIsNotDoneAgain() throws Exception {
    AtomicInteger done = new AtomicInteger();
    Device device = new Device();
    device.resource("count").post(request -> Reply.content(done.incrementAndGet()));
    MemoryStore store = MemoryStore.create();
    RpcClient first = await(client(TAG, Kind.MODERN).serve(device, store).connect());
    MqttClient raw =
        MqttClient.create(
            vertx, new MqttClientOptions().setAddresses("mqtt://127.0.0.1:" + port()));
    await(raw.connect());
    BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    String id = "16fd2706-8baf-433b-82eb-8c7fada847da";
    await(
        raw.subscribe(
            "gf_int_v1/s/response/" + TAG + "/" + id,
            QoS.AT_LEAST_ONCE,
            message -> answers.add(message.payloadAsText())));
    String topic = "gf_int_v1/s/request/" + TAG + "/" + id;
    String request =
        "{\"header\": {\"method\": \"POST\", \"path\": \"count\", \"source\": \"raw\","
            + " \"request_id\": \""
            + id
            + "\"}, \"body\": null, \"timestamp\": 1}";
    await(raw.publish(topic, request, QoS.AT_LEAST_ONCE));
    String answer = next(answers);
    await(raw.publish(topic, request, QoS.AT_LEAST_ONCE));
    assertThat(next(answers)).isEqualTo(answer);

    await(first.close());
    clients.remove(first);
    await(client(TAG, Kind.MODERN).serve(device, store).connect()); // as after a crash
    await(raw.publish(topic, request, QoS.AT_LEAST_ONCE));
    assertThat(next(answers)).isEqualTo(answer);
    assertThat(done).hasValue(1);
    await(raw.close());
  }

  @Test
  void onlyThoseDoSomethingWhomARuleAllows() throws Exception {
    Device device = SimulatedDevice.create(vertx);
    device
        .allow(AccessRule.everybody("*").withMethods(Set.of(Method.GET)))
        .allow(AccessRule.token("gains", Set.of("secret")));
    await(client(TAG, Kind.MODERN).serve(device).connect());
    RpcClient client = await(client("cli", Kind.MODERN).connect());
    assertThat(get(client, "gains").responseCode()).isEqualTo(205);
    assertThat(failure(client.request(TAG, "s", "gains", Method.PUT, List.of(1))))
        .isInstanceOf(RpcException.Unauthorized.class);
    assertThat(failure(client.request(TAG, "s", "create", Method.POST)))
        .isInstanceOf(RpcException.Forbidden.class);
    RpcRequestOptions withToken = RpcRequestOptions.DEFAULT.withToken("secret");
    assertThat(
            await(client.request(TAG, "s", "gains", Method.PUT, List.of(1), withToken))
                .responseCode())
        .isEqualTo(204);
  }

  @Test
  void blockingResourcesAndHandlersMayAskByTheSameClient() throws Exception {
    BrokerConnection connection = BrokerConnection.of("127.0.0.1", port());
    Device device = new Device();
    try (BlockingRpcClient blocking =
        BlockingRpcClient.create(connection, RpcClientOptions.of(TAG))) {
      device.resource("inner").get(request -> Reply.content(Thread.currentThread().getName()));
      device
          .resource("outer")
          .get(request -> Reply.content(blocking.request(TAG, "s", "inner", Method.GET).body()));
      RpcHandler asking =
          blocking.handler(
              (topic, payload) -> {
                Payload.Response inner = blocking.request(TAG, "s", "inner", Method.GET);
                return ((Payload.Response) payload).withBody(payload.body() + " " + inner.code());
              });
      blocking
          .serve(device)
          .onIncomingResponse(
              new RpcHandler(
                  payload -> ((Payload.Response) payload).header().path().equals("outer"),
                  asking.process(),
                  true,
                  true))
          .connect();
      assertThat(blocking.request(TAG, "s", "outer", Method.GET).body())
          .asString()
          .contains("culvert-rpc-" + TAG)
          .endsWith(" CONTENT");
      assertThatThrownBy(() -> blocking.request(TAG, "s", "nowhere", Method.GET))
          .isInstanceOf(RpcException.NotFound.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aPeerInPythonIsServedAndNeverHurt(Kind kind) throws Exception {
    simulated(kind);
    try (PythonPeer watch = PythonPeer.start("watch", port());
        PythonPeer peer = PythonPeer.start("call", port(), "python-cli")) {
      assertThat(watch.line()).isEqualTo("ready");
      assertThat(answer(peer, "POST echo {\"a\": [1, 2.5, true, null]}"))
          .startsWith("205 {\"a\": [1, 2.5, true, null]} ");
      assertThat(answer(peer, "GET gains")).startsWith("205 [0, 1, 2, 3, 4] ");
      assertThat(answer(peer, "PUT gains [9]")).startsWith("204 null ");
      assertThat(answer(peer, "GET gains")).startsWith("205 [9] ");
      assertThat(answer(peer, "DELETE gains")).startsWith("405 ");
      assertThat(answer(peer, "POST create"))
          .startsWith("201 null ")
          .contains("\"location\": \"items/1\"");
      assertThat(answer(peer, "DELETE del")).startsWith("202 null ");
      assertThat(answer(peer, "GET valid")).startsWith("203 null ");
      assertThat(answer(peer, "GET slow/30")).startsWith("205 ");
      assertThat(answer(peer, "GET twice")).startsWith("205 \"the first answer\"");
      assertThat(answer(peer, "GET corr"))
          .startsWith("205 {")
          .contains("\"source\": \"python-cli\"", "\"method\": \"GET\"");
      assertThat(answer(peer, "GET nowhere")).startsWith("404 ");
      for (int code = 200; code < 600; code++) {
        assertThat(answer(peer, "GET code/" + code)).matches("[245]0[0-9] .*|41[235] .*");
      }
      assertThat(answer(peer, "GET code/429")).startsWith("503 ");
      assertThat(peer.end()).isEmpty();
      assertThat(watch.end()).hasSize(1).first().asString().startsWith("seen ");
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aDeviceInPythonIsAskedAndNeverHurt(Kind kind) throws Exception {
    try (PythonPeer watch = PythonPeer.start("watch", port());
        PythonPeer peer = PythonPeer.start("serve", port(), TAG)) {
      assertThat(watch.line()).isEqualTo("ready");
      assertThat(peer.line()).isEqualTo("ready");
      RpcClient client = await(client("cli", kind).connect());
      Object body = Map.of("x", List.of(1, "ü"));
      assertThat(await(client.request(TAG, "axuv", "echo", Method.POST, body)).body())
          .isEqualTo(body);
      assertThat(peer.line()).contains("\"method\": \"POST\"", "\"source\": \"cli\"");
      assertThat(await(client.request(TAG, "axuv", "gains", Method.PUT, List.of(3))).responseCode())
          .isEqualTo(204);
      assertThat(get(client, "gains").body()).isEqualTo(List.of(3));
      assertThat(await(client.request(TAG, "axuv", "create", Method.POST)).location())
          .isEqualTo("items/1");
      RpcException missing = failure(client.request(TAG, "axuv", "nowhere", Method.GET));
      assertThat(missing).isInstanceOf(RpcException.NotFound.class);
      assertThat(missing.detail()).isEqualTo("there is no nowhere");
      assertThat(
              failure(
                      client.request(
                          TAG,
                          "axuv",
                          "silent",
                          Method.GET,
                          null,
                          RpcRequestOptions.DEFAULT.withTimeoutMillis(200)))
                  .responseCode())
          .isEqualTo(504);
      assertThat(peer.end()).noneMatch(line -> line.startsWith("DEADLY"));
      assertThat(watch.end()).hasSize(1).first().asString().startsWith("seen ");
    }
  }

  private static String answer(PythonPeer peer, String request) throws Exception {
    String[] words = request.split(" ", 3);
    peer.say(
        "%s %s axuv %s%s"
            .formatted(words[0], TAG, words[1], words.length == 3 ? " " + words[2] : ""));
    return peer.line();
  }

  private static Future<Payload> appended(Payload payload, String word) {
    return Future.succeededFuture(
        payload instanceof Payload.Request request
            ? request.withBody(request.body() + " " + word)
            : ((Payload.Response) payload).withBody(payload.body() + " " + word));
  }
}
