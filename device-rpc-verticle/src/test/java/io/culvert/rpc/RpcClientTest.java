package io.culvert.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.RpcException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a client does before anybody answers. */
class RpcClientTest {
  private static final RpcRequestOptions SHORT = RpcRequestOptions.DEFAULT.withTimeoutMillis(1);

  private static final RpcRequestOptions LONG = RpcRequestOptions.DEFAULT.withTimeoutMillis(60_000);

  private final Vertx vertx = Vertx.vertx();
  private final RecordedLink link = new RecordedLink();
  private final RpcClient client = RpcClient.create(vertx, RpcClientOptions.of("cli"), () -> link);

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void aTargetThatIsNoneFailsForItselfAndNotForTheOthers() throws Exception {
    await(client.connect());
    List<String> targets = List.of("nobody", "a/b", "nobody");
    assertFailures(await(client.requestAll(targets, "s", "x", Method.GET, null, SHORT)));
    assertFailures(
        await(
            client.detached(() -> client.requestAll(targets, "s", "x", Method.GET, null, SHORT))));
  }

  @Test
  void theTraceContextGoesInTheHeader() throws Exception {
    await(client.connect());
    String context = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    await(
        client
            .request("nobody", "s", "x", Method.GET, null, SHORT.withTraceParent(context))
            .otherwiseEmpty());
    JsonObject payload = new JsonObject(link.published.get(0).payload().toUtf8());
    assertThat(payload.getJsonObject("header").getString("traceparent")).isEqualTo(context);
  }

  @Test
  void whoHasAskedBeforeTheConnectionFailedIsTold() throws Exception {
    Promise<Void> connecting = Promise.promise();
    link.connected = connecting.future();
    Future<RpcClient> connected = client.connect();
    Future<?> asked = client.request("nobody", "s", "x", Method.GET);
    assertThat(await(client.waiting())).isEqualTo(1);
    connecting.fail("no broker");
    assertThat(failure(connected)).hasMessage("no broker");
    assertThat(failure(asked)).isInstanceOf(RpcException.ServiceUnavailable.class);
  }

  @Test
  void whoWaitsIsToldThatTheLinkHasEnded() throws Exception {
    await(client.connect());
    Future<?> asked = client.request("nobody", "s", "x", Method.GET, null, LONG);
    assertThat(await(client.waiting())).isEqualTo(1);
    link.ended.accept(new IllegalStateException("the broker has gone"));
    assertThat(failure(asked))
        .isInstanceOfSatisfying(
            RpcException.ServiceUnavailable.class,
            told ->
                assertThat(told.detail())
                    .isEqualTo("the link to the broker has ended: the broker has gone"));
    assertThat(await(client.waiting())).isZero();
  }

  private static void assertFailures(BatchResult result) {
    assertThat(result.answers()).isEmpty();
    assertThat(result.failures().keySet()).containsExactly("nobody", "a/b");
    assertThat(result.failures().get("nobody")).isInstanceOf(RpcException.GatewayTimeout.class);
    assertThat(result.failures().get("a/b")).isInstanceOf(RpcException.BadRequest.class);
  }

  private static Throwable failure(Future<?> future) throws Exception {
    return await(
        future
            .<Throwable>map(result -> new AssertionError("it has succeeded with " + result))
            .recover(Future::succeededFuture));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(10, TimeUnit.SECONDS);
  }
}
