package io.culvert.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.rpc.exchange.RpcMessage;
import io.culvert.rpc.persistent.QueueLimits;
import io.culvert.rpc.persistent.RequestState;
import io.culvert.rpc.persistent.RequestStatus;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.store.MemoryStore;
import io.culvert.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Persistent requests over a link whose other end is the test. */
class PersistentRequestsTest {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final int MANY = 3000;

  private final Vertx vertx = Vertx.vertx();
  private final Store store = MemoryStore.create();
  private final BlockingQueue<RequestStatus> changes = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void requestThatWasUnderWayIsTheSameOneForTheNextProcess() throws Exception {
    Peer link = new Peer();
    RpcClient client = client("first", link);
    PersistentRequests requests = await(open(client, store));
    RequestStatus submitted = await(submit(requests, "dev", Method.POST));
    assertThat(submitted.state()).isEqualTo(RequestState.QUEUED);
    link.answer(client, link.next());
    RpcMessage sent = link.next();
    await(requests.close());
    await(client.close());

    Peer otherLink = new Peer();
    RpcClient other = client("second", otherLink);
    requests = await(open(other, store));
    assertThat(await(requests.list(null, 10)))
        .extracting(RequestStatus::state)
        .containsExactly(RequestState.SENT);
    otherLink.answer(other, otherLink.next());
    RpcMessage again = otherLink.next();
    assertThat(again.topic()).isEqualTo(sent.topic());
    assertThat(header(again).getString("source"))
        .as("what a device knows it by")
        .isEqualTo(header(sent).getString("source"))
        .isEqualTo("first");
    otherLink.answer(other, again);
    RequestStatus last = changes.poll(10, TimeUnit.SECONDS);
    while (last != null && !last.state().isFinal()) {
      last = changes.poll(10, TimeUnit.SECONDS);
    }
    assertThat(last).isNotNull();
    assertThat(last.id()).isEqualTo(submitted.id());
    assertThat(last.state()).isEqualTo(RequestState.SUCCEEDED);
  }

  @Test
  void whoComesWhenItIsClosedOrWaitsThenIsToldSo() throws Exception {
    RpcClient client = client("me", new Peer());
    PersistentRequests requests = await(open(client, new HeldStore()));
    Future<RequestStatus> waiting = submit(requests, "dev", Method.POST);
    assertThat(await(requests.held()).requests()).isEqualTo(1);
    await(requests.close());
    assertThat(failure(waiting)).isInstanceOf(RpcException.ServiceUnavailable.class);
    assertThat(failure(submit(requests, "dev", Method.POST)))
        .isInstanceOf(RpcException.ServiceUnavailable.class);
  }

  @Test
  void manyThatCannotBeSentAreTakenOneAfterTheOther() throws Exception {
    Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    vertx.exceptionHandler(thrown::add);
    RpcClient client = client("first", new Peer());
    PersistentRequests requests = await(open(client, store));
    for (int i = 1; i < MANY; i++) {
      Future<RequestStatus> unused = submit(requests, "dev" + i, Method.PUT);
    }
    assertThat(await(submit(requests, "dev" + MANY, Method.PUT))).isNotNull();
    await(requests.close());

    Peer broken = new Peer();
    broken.isBroken = true;
    RpcClient other = client("second", broken);
    PersistentRequests left = await(open(other, store));
    assertThat(await(left.held()).requests()).isEqualTo(MANY);
    assertThat(thrown).isEmpty();
    assertThat(broken.refused)
        .as("all were tried")
        .contains(RpcTopic.responseFilter("gf_int_v1", "dev1"))
        .contains(RpcTopic.responseFilter("gf_int_v1", "dev" + MANY))
        .hasSizeGreaterThan(MANY);
    await(left.close());
  }

  private RpcClient client(String tag, Peer link) throws Exception {
    return await(RpcClient.create(vertx, RpcClientOptions.of(tag), () -> link).connect());
  }

  private Future<PersistentRequests> open(RpcClient client, Store kept) {
    return PersistentRequests.open(client, kept, "test", QueueLimits.DEFAULT, changes::add);
  }

  private static Future<RequestStatus> submit(
      PersistentRequests requests, String target, Method method) {
    return requests.submit(
        target, "axuv", "gains", method, 1, RpcRequestOptions.DEFAULT, HOUR_MILLIS, null);
  }

  private static JsonObject header(RpcMessage request) {
    return new JsonObject(request.payload().toUtf8()).getJsonObject("header");
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

  /** A link whose requests the test sees, and answers as a device that knows response topics. */
  private static final class Peer implements RpcLink {
    private final BlockingQueue<RpcMessage> requests = new LinkedBlockingQueue<>();
    private final Map<String, Function<RpcMessage, Future<?>>> handlers = new ConcurrentHashMap<>();

    /** Filters that it could not subscribe to. */
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    private boolean isBroken;

    RpcMessage next() throws InterruptedException {
      RpcMessage next = requests.poll(10, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing was sent");
      }
      return next;
    }

    void answer(RpcClient client, RpcMessage request) throws Exception {
      JsonObject asked = header(request);
      JsonObject header =
          new JsonObject()
              .put("request_id", asked.getString("request_id"))
              .put("path", asked.getString("path"))
              .put("source", "dev")
              .put("response_code", 204)
              .put("v", 2);
      String answer = new JsonObject().put("timestamp", 1).put("header", header).encode();
      String topic = request.responseTopic();
      assertThat(topic).isNotNull();
      String name = topic.substring(topic.lastIndexOf('/'));
      Function<RpcMessage, Future<?>> handler =
          handlers.entrySet().stream()
              .filter(each -> each.getKey().endsWith(name))
              .findFirst()
              .orElseThrow()
              .getValue();
      await(
          client.detached(
              () -> handler.apply(RpcMessage.of(topic, Bytes.utf8(answer))).mapEmpty()));
    }

    @Override
    public Future<Void> connect() {
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> publish(RpcMessage message) {
      assertThat(RpcTopic.find(message.topic())).isNotNull();
      requests.add(message);
      return Future.succeededFuture();
    }

    @Override
    public Future<Subscribed> subscribe(
        String filter, int qos, Function<RpcMessage, Future<?>> handler) {
      if (isBroken) {
        refused.add(filter);
        return Future.failedFuture("broken");
      }
      handlers.put(filter, handler);
      return Future.succeededFuture(Future::succeededFuture);
    }

    @Override
    public Future<Subscribed> subscribeRetained(
        String filter, int qos, Function<RpcMessage, Future<?>> handler) {
      return subscribe(filter, qos, handler);
    }

    @Override
    public boolean hasProperties() {
      return true;
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
