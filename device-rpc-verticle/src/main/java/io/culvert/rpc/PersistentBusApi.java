package io.culvert.rpc;

import io.culvert.rpc.config.RpcServiceOptions;
import io.culvert.rpc.persistent.QueueLimits;
import io.culvert.rpc.persistent.RequestStatus;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.runtime.bus.BusAction;
import io.culvert.runtime.bus.JsonFields;
import io.culvert.runtime.bus.RpcAddresses;
import io.culvert.runtime.bus.RpcCall;
import io.culvert.runtime.bus.RpcFailure;
import io.culvert.runtime.bus.RpcSubmission;
import io.culvert.store.RocksStore;
import io.culvert.store.Store;
import io.culvert.store.StoreLog;
import io.culvert.store.StoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Persistent requests over the event bus; see {@link RpcAddresses}. The store is opened when there
 * is something in it, or somebody asks for something.
 */
final class PersistentBusApi {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.rpc");
  private static final Logger STORE_LOG = LoggerFactory.getLogger("culvert.rpc.store");
  private static final String QUEUE = "rpc";
  private static final Set<String> LIST = Set.of("id", "target", "limit");
  private static final Set<String> CANCEL = Set.of("id");

  private final Vertx vertx;
  private final RpcClient client;
  private final RpcMetrics metrics;
  private final Runnable watch;
  private final QueueLimits limits;
  private final @Nullable Path folder;
  private final List<MessageConsumer<Object>> consumers;
  private @Nullable Future<PersistentRequests> opened;
  private @Nullable Store store;

  private PersistentBusApi(
      Vertx vertx,
      RpcClient client,
      RpcServiceOptions options,
      RpcMetrics metrics,
      Runnable watch) {
    this.vertx = vertx;
    this.client = client;
    this.metrics = metrics;
    this.watch = watch;
    this.folder = options.folder() == null ? null : Path.of(options.folder());
    this.limits =
        QueueLimits.DEFAULT.withRequests(
            options.maximumPersistent(),
            options.maximumPersistentPerDevice(),
            options.maximumPersistentBytes());
    this.consumers =
        List.of(
            BusAction.serve(vertx.eventBus(), RpcAddresses.SUBMIT, this::submit, LOG),
            BusAction.serve(vertx.eventBus(), RpcAddresses.SUBMITTED, this::submitted, LOG),
            BusAction.serve(vertx.eventBus(), RpcAddresses.CANCEL, this::cancel, LOG));
  }

  /**
   * Serves from now on, and goes on with what an earlier process has left.
   *
   * @param watch begins to hear which devices are there
   */
  static Future<PersistentBusApi> start(
      Vertx vertx,
      RpcClient client,
      RpcServiceOptions options,
      RpcMetrics metrics,
      Runnable watch) {
    PersistentBusApi api = new PersistentBusApi(vertx, client, options, metrics, watch);
    Path kept = api.folder;
    Future<?> before =
        kept == null
            ? Future.succeededFuture()
            : vertx
                .executeBlocking(() -> Files.isDirectory(kept))
                .compose(isThere -> isThere ? api.requests().mapEmpty() : Future.succeededFuture());
    return before
        .compose(
            done -> Future.all(api.consumers.stream().map(MessageConsumer::completion).toList()))
        .map(api)
        .recover(failure -> api.stop().transform(stopped -> Future.failedFuture(failure)));
  }

  /** A device may be there again. */
  void online(String target) {
    Future<PersistentRequests> open = opened;
    if (open != null && open.succeeded()) {
      open.result().online(target);
    }
  }

  Future<Void> stop() {
    Future<PersistentRequests> open = opened;
    Future<?> silent = Future.join(consumers.stream().map(MessageConsumer::unregister).toList());
    Future<?> closed =
        open == null
            ? silent
            : silent.eventually(() -> open.compose(PersistentRequests::close).otherwiseEmpty());
    return closed.eventually(this::closeStore).mapEmpty();
  }

  private Future<Void> closeStore() {
    Store open = store;
    return open == null
        ? Future.succeededFuture()
        : vertx.executeBlocking(
            () -> {
              open.close();
              return null;
            });
  }

  /** Opened once; when that fails, the next one tries again. */
  private Future<PersistentRequests> requests() {
    Future<PersistentRequests> open = opened;
    if (open == null || open.failed()) {
      watch.run();
      open =
          openStore()
              .compose(
                  kept ->
                      PersistentRequests.open(client, kept.orElse(null), QUEUE, limits, this::tell))
              .compose(made -> made.held().onSuccess(metrics::persistent).map(made));
      opened = open;
    }
    return open;
  }

  private Future<Optional<Store>> openStore() {
    Path kept = folder;
    if (kept == null || store != null) {
      return Future.succeededFuture(Optional.ofNullable(store));
    }
    return vertx
        .executeBlocking(
            () ->
                Optional.<Store>of(
                    RocksStore.open(
                        kept,
                        StoreOptions.defaults(),
                        StoreLog.to(STORE_LOG::info, STORE_LOG::warn, STORE_LOG::error))))
        .onSuccess(made -> store = made.orElse(null))
        .recover(
            failure -> {
              String why =
                  "persistent requests cannot be kept in %s: %s"
                      .formatted(kept, failure.getMessage());
              LOG.error(why, failure);
              return Future.failedFuture(RpcFailure.SERVICE_UNAVAILABLE.because(why));
            });
  }

  private Future<JsonObject> submit(Object body) {
    RpcSubmission submission = RpcSubmission.fromJson(body);
    RpcCall call = submission.call();
    return requests()
        .compose(
            requests ->
                requests.submit(
                    call.target(),
                    call.subsystem(),
                    call.path(),
                    RpcBusApi.method(call),
                    RpcBodies.plain(call.body()),
                    RpcBusApi.options(call),
                    submission.expirySeconds() * 1000,
                    submission.address()))
        .map(PersistentBusApi::json)
        .recover(failure -> Future.failedFuture(RpcBusApi.told(failure)));
  }

  private Future<JsonObject> submitted(Object body) {
    JsonFields fields = JsonFields.of(body, LIST);
    int limit = (int) fields.number("limit", 1, 1000, 100);
    String target = fields.optionalText("target");
    Future<List<RequestStatus>> found =
        fields.has("id")
            ? find(id(fields)).map(List::of)
            : requests().compose(requests -> requests.list(target, limit));
    return found
        .compose(
            all ->
                requests()
                    .compose(PersistentRequests::held)
                    .map(
                        held ->
                            new JsonObject()
                                .put(
                                    "requests",
                                    new JsonArray(
                                        all.stream().map(PersistentBusApi::json).toList()))
                                .put("waiting", held.requests())
                                .put("waitingBytes", held.bytes())))
        .recover(failure -> Future.failedFuture(RpcBusApi.told(failure)));
  }

  private Future<JsonObject> cancel(Object body) {
    RequestId id = id(JsonFields.of(body, CANCEL));
    return requests()
        .compose(requests -> requests.cancel(id))
        .compose(done -> find(id))
        .map(PersistentBusApi::json)
        .recover(failure -> Future.failedFuture(RpcBusApi.told(failure)));
  }

  private Future<RequestStatus> find(RequestId id) {
    return requests()
        .compose(requests -> requests.find(id))
        .compose(
            found ->
                found
                    .map(Future::succeededFuture)
                    .orElseGet(
                        () ->
                            Future.failedFuture(
                                RpcFailure.UNKNOWN.because(
                                    "no such request, or ended too long ago, or not on this"
                                        + " node"))));
  }

  private static RequestId id(JsonFields fields) {
    String text = fields.text("id");
    if (!RequestId.isValid(text)) {
      throw fields.wrong("id", "must have 32 hexadecimal digits");
    }
    return new RequestId(text);
  }

  /** Whoever wants to know listens at the address. */
  private void tell(RequestStatus status, PersistentRequests.Held held) {
    metrics.changed(status, held);
    String address = status.address();
    if (address != null) {
      vertx.eventBus().publish(address, json(status));
    }
  }

  static JsonObject json(RequestStatus status) {
    JsonObject json =
        new JsonObject()
            .put("id", status.id().text())
            .put("target", status.target())
            .put("subsystem", status.subsystem())
            .put("path", status.path())
            .put("method", status.method().name())
            .put("state", status.state().text())
            .put("attempts", status.attempts())
            .put("submittedMillis", status.submittedMillis())
            .put("expiresMillis", status.expiresMillis())
            .put("changedMillis", status.changedMillis());
    if (status.correlationId() != null) {
      json.put("correlationId", status.correlationId());
    }
    if (status.answer() != null) {
      json.put("answer", RpcBusApi.answer(status.answer()).toJson());
    }
    return status.detail() == null ? json : json.put("detail", status.detail());
  }
}
