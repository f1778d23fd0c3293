package io.culvert.conformance.rpc;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.rpc.BrokerConnection;
import io.culvert.rpc.Device;
import io.culvert.rpc.DeviceRpcVerticle;
import io.culvert.rpc.Reply;
import io.culvert.rpc.RpcClient;
import io.culvert.rpc.RpcClientOptions;
import io.culvert.rpc.RpcHandler;
import io.culvert.rpc.RpcRequestOptions;
import io.culvert.rpc.protocol.Method;
import io.culvert.runtime.bus.CulvertRpc;
import io.culvert.runtime.bus.RpcAddresses;
import io.culvert.runtime.bus.RpcCall;
import io.culvert.runtime.bus.RpcFailure;
import io.culvert.runtime.bus.RpcSubmission;
import io.culvert.runtime.metrics.PartMetrics;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that wait for their devices, and those that want no answer, with a real broker. */
class PersistentRpcTest {
  private static final String TAG = "2D_XX_0_1234";
  private static final String ADDRESS = "my.requests";

  @TempDir Path folder;

  private final BlockingQueue<JsonObject> changes = new LinkedBlockingQueue<>();
  private final BlockingQueue<Object> done = new LinkedBlockingQueue<>();
  private Vertx vertx;
  private CulvertRpc rpc;
  private int port;
  private String service;

  @BeforeEach
  void deploy() throws Exception {
    vertx = Vertx.vertx();
    rpc = CulvertRpc.create(vertx);
    port = BusBroker.deploy(vertx);
    vertx.eventBus().<JsonObject>consumer(ADDRESS, change -> changes.add(change.body()));
    service = deployService();
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void requestWaitsForItsDeviceAlsoWhenTheServiceIsStartedAgain() throws Exception {
    JsonObject first = submit("POST", 1);
    JsonObject second = submit("PUT", 2);
    assertThat(first.getString("state")).isEqualTo("queued");
    assertThat(next(changes).getString("id")).isEqualTo(first.getString("id"));
    assertThat(next(changes).getString("id")).isEqualTo(second.getString("id"));
    await(vertx.undeploy(service));
    service = deployService();
    JsonArray listed =
        await(rpc.ask(RpcAddresses.SUBMITTED, new JsonObject().put("target", TAG)))
            .getJsonArray("requests");
    assertThat(listed.getJsonObject(0)).isEqualTo(second);
    assertThat(listed.getJsonObject(1)).isEqualTo(first);
    assertThat(metrics()).containsEntry("culvert.rpc.persistent", 2L);

    connectDevice(false);
    for (JsonObject submitted : List.of(first, second)) {
      assertThat(nextOf(submitted).getString("state")).isEqualTo("sent");
      JsonObject last = nextOf(submitted);
      assertThat(last.getString("state")).isEqualTo("succeeded");
      assertThat(last.getJsonObject("answer").getInteger("code")).isEqualTo(204);
    }
    assertThat(next(done)).isEqualTo(1);
    assertThat(next(done)).isEqualTo(2);
    assertThat(metrics())
        .containsEntry("culvert.rpc.persistent", 0L)
        .containsEntry("culvert.rpc.persistent.bytes", 0L)
        .containsEntry("culvert.rpc.persistent.attempts", 2L)
        .containsEntry("culvert.rpc.persistent.succeeded", 2L);
    JsonObject asked = new JsonObject().put("id", first.getString("id"));
    assertThat(
            await(rpc.ask(RpcAddresses.SUBMITTED, asked))
                .getJsonArray("requests")
                .getJsonObject(0)
                .getString("state"))
        .isEqualTo("succeeded");
  }

  @Test
  void plainDevicesAreWaitedForToo() throws Exception {
    JsonObject submitted = submit("POST", 7);
    connectDevice(true);
    assertThat(nextOf(submitted).getString("state")).isEqualTo("queued");
    assertThat(nextOf(submitted).getString("state")).isEqualTo("sent");
    assertThat(nextOf(submitted).getString("state")).isEqualTo("succeeded");
    assertThat(next(done)).isEqualTo(7);
  }

  @Test
  void whatTheDeviceRefusesHasFailed() throws Exception {
    connectDevice(false);
    JsonObject submitted =
        await(
            rpc.submit(
                RpcSubmission.of(RpcCall.of(TAG, "x", "nowhere", "POST", null))
                    .withAddress(ADDRESS)));
    assertThat(nextOf(submitted).getString("state")).isEqualTo("queued");
    assertThat(nextOf(submitted).getString("state")).isEqualTo("sent");
    JsonObject last = nextOf(submitted);
    assertThat(last.getString("state")).isEqualTo("failed");
    assertThat(last.getJsonObject("answer").getInteger("code")).isEqualTo(404);
    assertThat(last.getString("detail")).isNotEmpty();
  }

  @Test
  void requestIsCancelledOrExpires() throws Exception {
    JsonObject submitted = submit("POST", 1);
    JsonObject id = new JsonObject().put("id", submitted.getString("id"));
    assertThat(await(rpc.ask(RpcAddresses.CANCEL, id)).getString("state")).isEqualTo("cancelled");
    assertThat(await(rpc.ask(RpcAddresses.CANCEL, id)).getString("state")).isEqualTo("cancelled");
    JsonObject brief =
        await(
            rpc.submit(
                RpcSubmission.of(call("POST", 2)).withExpirySeconds(1).withAddress(ADDRESS)));
    assertThat(nextOf(brief).getString("state")).isEqualTo("queued");
    assertThat(nextOf(brief).getString("state")).isEqualTo("expired");
    id.put("id", "00000000-0000-0000-0000-000000000000");
    assertThat(failure(rpc.ask(RpcAddresses.CANCEL, id))).isEqualTo(RpcFailure.UNKNOWN);
  }

  @Test
  void whatCannotBeSubmittedIsRefused() throws Exception {
    assertThat(failure(rpc.submit(RpcSubmission.of(RpcCall.get("a/b", "x", "y")))))
        .isEqualTo(RpcFailure.BAD_REQUEST);
    JsonObject tooLong = RpcSubmission.of(call("POST", 1)).toJson().put("expirySeconds", 2_592_001);
    assertThat(refusal(rpc.ask(RpcAddresses.SUBMIT, tooLong)).getMessage())
        .startsWith("BAD_REQUEST: expirySeconds");
    for (int i = 0; i < 3; i++) {
      submit("POST", i);
    }
    assertThat(failure(rpc.submit(RpcSubmission.of(call("POST", 4)))))
        .isEqualTo(RpcFailure.TOO_MANY_REQUESTS);
  }

  @Test
  void whoTellsGetsNoAnswerAndItIsDone() throws Exception {
    connectDevice(false);
    await(rpc.tell(call("POST", 5)));
    assertThat(next(done)).isEqualTo(5);
    RpcClient teller = client("teller", false);
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    teller.onIncomingResponse(
        RpcHandler.of(
            (topic, payload) -> {
              seen.add(topic);
              return Future.succeededFuture(payload);
            }));
    await(teller.connect());
    await(teller.tell(TAG, "x", "jobs", Method.POST, 6, RpcRequestOptions.DEFAULT));
    assertThat(next(done)).isEqualTo(6);
    assertThat(await(teller.request(TAG, "x", "jobs", Method.PUT, 7)).responseCode())
        .isEqualTo(204);
    assertThat(seen).hasSize(1);
  }

  private String deployService() throws Exception {
    JsonObject section =
        new JsonObject()
            .put("folder", folder.resolve("rpc").toString())
            .put("max-persistent-per-device", 3);
    return await(
        vertx.deployVerticle(
            new DeviceRpcVerticle(),
            new DeploymentOptions().setConfig(new JsonObject().put("rpc", section))));
  }

  private void connectDevice(boolean plain) throws Exception {
    Device device = new Device();
    device
        .resource("jobs")
        .post(request -> did(request.body()))
        .put(request -> did(request.body()));
    await(client(TAG, plain).serve(device).connect());
  }

  private Reply did(Object body) {
    done.add(body);
    return Reply.changed();
  }

  private RpcClient client(String tag, boolean plain) {
    return RpcClient.create(
        vertx, BrokerConnection.of("127.0.0.1", port), RpcClientOptions.of(tag).withPlain(plain));
  }

  private JsonObject submit(String method, int body) throws Exception {
    return await(rpc.submit(RpcSubmission.of(call(method, body)).withAddress(ADDRESS)));
  }

  private static RpcCall call(String method, int body) {
    return RpcCall.of(TAG, "x", "jobs", method, body).withTimeoutMillis(2_000);
  }

  private JsonObject nextOf(JsonObject submitted) throws InterruptedException {
    JsonObject change = next(changes);
    while (!change.getString("id").equals(submitted.getString("id"))) {
      change = next(changes);
    }
    return change;
  }

  private Map<String, Long> metrics() {
    return PartMetrics.read(vertx).stream()
        .collect(Collectors.toMap(each -> each.metric().name(), PartMetrics.Reading::value));
  }

  private static RpcFailure failure(Future<?> future) throws Exception {
    return RpcFailure.of(refusal(future).failureCode());
  }

  private static ReplyException refusal(Future<?> future) throws Exception {
    try {
      Object result = await(future);
      throw new AssertionError("has succeeded with " + result);
    } catch (ExecutionException e) {
      return (ReplyException) e.getCause();
    }
  }
}
