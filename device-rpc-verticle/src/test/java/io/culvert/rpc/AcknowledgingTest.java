package io.culvert.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.rpc.exchange.RpcMessage;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.rpc.protocol.Timestamp;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a device with a store lets the broker forget a request. */
class AcknowledgingTest {
  private static final String TAG = "dev";
  private static final String NAMESPACE = RpcTopic.DEFAULT_NAMESPACE;

  private final Vertx vertx = Vertx.vertx();
  private final RecordedLink link = new RecordedLink();
  private final HeldStore store = new HeldStore();
  private final AtomicInteger executed = new AtomicInteger();
  private final RpcClient client = RpcClient.create(vertx, RpcClientOptions.of(TAG), () -> link);

  @BeforeEach
  void connect() throws Exception {
    Device device = new Device();
    device
        .resource("work")
        .get(request -> Reply.content(executed.get()))
        .post(request -> Reply.content(executed.incrementAndGet()));
    await(client.serve(device, store).connect());
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void whenItIsStoredThatItWasBegun() throws Exception {
    Future<?> acknowledged = arrives(Method.POST, 1);
    assertThat(await(on(store::held))).isEqualTo(1);
    assertThat(acknowledged.isComplete()).isFalse();
    assertThat(executed).hasValue(0);
    await(on(this::release));
    await(acknowledged);
    await(arrives(Method.GET, 2));
    for (int turns = 0; turns < 100 && link.published.size() < 2; turns++) {
      assertThat(await(on(store::held))).isZero(); // the loop goes on with what is stored
    }
    assertThat(executed).hasValue(1);
    assertThat(link.published).hasSize(2);
  }

  @Test
  void whenItIsAnsweredWhereNothingIsStored() throws Exception {
    await(arrives(Method.GET, 1));
    assertThat(link.published).hasSize(1);
    assertThat(await(on(store::held))).isZero();
  }

  @Test
  void notLaterThanItIsClosed() throws Exception {
    Future<?> acknowledged = arrives(Method.POST, 1);
    assertThat(await(on(store::held))).isEqualTo(1);
    await(client.close());
    await(acknowledged);
    assertThat(executed).hasValue(0);
  }

  private int release() {
    store.release();
    return store.held();
  }

  private Future<?> arrives(Method method, int number) {
    RequestId id = RequestId.of(new UUID(0, number));
    Payload request =
        new Payload.Request(
            Header.of(id, "work").withSource("me"), method, null, Timestamp.ofMillis(1));
    RpcMessage message =
        new RpcMessage(
            RpcTopic.request(NAMESPACE, "axuv", TAG, id).text(),
            PayloadCodec.DEFAULT.encode(request),
            1,
            null,
            null,
            null);
    String filter = RpcTopic.requestFilter(NAMESPACE, TAG);
    return client.detached(() -> link.handlers.get(filter).apply(message).mapEmpty());
  }

  private <T> Future<T> on(Supplier<T> question) {
    return client.detached(() -> Future.succeededFuture(question.get()));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(10, TimeUnit.SECONDS);
  }
}
