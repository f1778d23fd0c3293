package io.culvert.rpc;

import io.culvert.engine.Engine;
import io.culvert.rpc.exchange.Call;
import io.culvert.rpc.persistent.QueueEvent;
import io.culvert.rpc.persistent.QueueLimits;
import io.culvert.rpc.persistent.QueueRecords;
import io.culvert.rpc.persistent.QueuedRequest;
import io.culvert.rpc.persistent.RequestQueue;
import io.culvert.rpc.persistent.RequestStatus;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.LinkFormat;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.PayloadViolation;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.rpc.protocol.Timestamp;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.TimedPart;
import io.culvert.store.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that wait until their devices are there, also beyond the end of this process where they
 * have a store. What comes of each is told to one handler; see {@link RequestQueue} for when a
 * request is sent, and sent again.
 *
 * <p>It asks by an {@link RpcClient}, on the event loop of that. Its methods may be called from any
 * thread.
 */
public final class PersistentRequests {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.rpc");

  private final RpcClient client;
  private final BiConsumer<RequestStatus, Held> changed;
  private final RequestQueue queue;
  private final RequestIds requestIds = new RequestIds();
  private final Map<RequestId, Promise<RequestStatus>> submitted = new HashMap<>();
  private final Map<RequestId, Promise<Boolean>> cancelled = new HashMap<>();
  private final Promise<PersistentRequests> ready = Promise.promise();
  private Shard.@Nullable Watch watch;
  private boolean isDraining;
  private boolean closed;

  private PersistentRequests(
      RpcClient client,
      @Nullable Store store,
      String name,
      QueueLimits limits,
      BiConsumer<RequestStatus, Held> changed) {
    this.client = client;
    this.changed = changed;
    PayloadCodec codec = new PayloadCodec(client.options().rules());
    Shard shard = client.shard();
    QueueRecords records =
        store == null
            ? null
            : new QueueRecords(
                store.journal(task -> shard.context().runOnContext(ignored -> task.run())),
                name,
                codec);
    this.queue = new RequestQueue(limits, records, codec, this::drain);
  }

  /**
   * Begins, with what an earlier process has left in the store.
   *
   * @param client connected, or about to be
   * @param store null to keep requests in memory; it stays the caller's, who closes it last
   * @param name under which the store keeps them
   * @param changed gets each change of each request, on the event loop of the client
   */
  public static Future<PersistentRequests> open(
      RpcClient client,
      @Nullable Store store,
      String name,
      QueueLimits limits,
      Consumer<RequestStatus> changed) {
    return open(client, store, name, limits, (status, held) -> changed.accept(status));
  }

  /**
   * The same, for who counts, too.
   *
   * @param changed gets each change of each request, and how much is kept then
   */
  public static Future<PersistentRequests> open(
      RpcClient client,
      @Nullable Store store,
      String name,
      QueueLimits limits,
      BiConsumer<RequestStatus, Held> changed) {
    return client.onLoop(
        () -> new PersistentRequests(client, store, name, limits, changed).begin());
  }

  /**
   * Submits a request; completes when it is kept. Fails with {@link RpcException}: 429 when as many
   * are kept as may, 503 when nothing can be stored now or this was closed, 400 for what cannot be
   * sent.
   *
   * @param how its timeout is that of each attempt
   * @param expiryMillis after which it ends without having been done, from now on
   * @param address where the submitter wants to be told of changes, for the handler; null for none
   */
  public Future<RequestStatus> submit(
      String target,
      String subsystem,
      String path,
      Method method,
      @Nullable Object body,
      RpcRequestOptions how,
      long expiryMillis,
      @Nullable String address) {
    return whileOpen(
        () -> {
          long now = client.nowMillis();
          Call call = how.call(client.options(), target, subsystem, path, method, body);
          RequestId id = requestIds.next();
          Promise<RequestStatus> kept = Promise.promise();
          submitted.put(id, kept);
          try {
            RpcTopic.request(client.options().namespace(), subsystem, target, id);
            queue.submit(
                new QueuedRequest(
                    0,
                    target,
                    subsystem,
                    payload(id, call, now),
                    how.qos(),
                    call.timeoutMillis(),
                    now,
                    expiryMillis < Long.MAX_VALUE - now ? now + expiryMillis : Long.MAX_VALUE,
                    address,
                    QueuedRequest.NEVER),
                now);
          } catch (RpcException refused) {
            submitted.remove(id);
            return Future.failedFuture(refused);
          } catch (IllegalArgumentException refused) {
            submitted.remove(id);
            return Future.failedFuture(
                RpcException.of(
                    ResponseCode.BAD_REQUEST,
                    "it cannot be sent: " + refused.getMessage(),
                    path,
                    client.tag(),
                    target,
                    id));
          }
          drain();
          return kept.future();
        });
  }

  /** What is known of a request; empty when it is none, or ended too long ago. */
  public Future<Optional<RequestStatus>> find(RequestId id) {
    return client.onLoop(() -> Future.succeededFuture(Optional.ofNullable(queue.find(id))));
  }

  /**
   * What is known of many: first those that have not ended, and the newest first.
   *
   * @param target null for all devices
   */
  public Future<List<RequestStatus>> list(@Nullable String target, int limit) {
    return client.onLoop(() -> Future.succeededFuture(queue.list(target, limit)));
  }

  /** How much is kept that has not ended. */
  public Future<Held> held() {
    return client.onLoop(() -> Future.succeededFuture(now()));
  }

  /** Requests that have not ended, and the bytes that they count as. */
  public record Held(int requests, long bytes) {}

  /**
   * Ends a request that nobody wants any more; false when it is none, or has ended. Completes when
   * that is stored, so that no later process goes on with it.
   */
  public Future<Boolean> cancel(RequestId id) {
    return whileOpen(
        () -> {
          if (!queue.cancel(id, client.nowMillis())) {
            return Future.succeededFuture(false);
          }
          Promise<Boolean> stored = Promise.promise();
          cancelled.put(id, stored);
          drain();
          return stored.future();
        });
  }

  /** A device may be there again: what waits for it is tried now. */
  public void online(String target) {
    client
        .onLoop(
            () -> {
              came(() -> queue.online(target, client.nowMillis()));
              return Future.succeededFuture();
            })
        .onFailure(failure -> LOG.error("{} is there, and was not asked", target, failure));
  }

  /** Ends; what waits is done by the next process, if there is a store. */
  public Future<Void> close() {
    return client.onLoop(
        () -> {
          closed = true;
          if (watch != null) {
            watch.cancel();
          }
          submitted.values().forEach(waiting -> waiting.tryFail(ended()));
          submitted.clear();
          cancelled.values().forEach(waiting -> waiting.tryFail(ended()));
          cancelled.clear();
          return Future.succeededFuture();
        });
  }

  // ---- private

  private <T> Future<T> whileOpen(Supplier<Future<T>> action) {
    return client.onLoop(() -> closed ? Future.failedFuture(ended()) : action.get());
  }

  private RpcException ended() {
    return RpcException.of(
        ResponseCode.SERVICE_UNAVAILABLE,
        "persistent requests are not served any more",
        "",
        client.tag(),
        null,
        null);
  }

  private Held now() {
    return new Held(queue.size(), queue.bytes());
  }

  private Future<PersistentRequests> begin() {
    watch = client.shard().watch(new Times());
    queue.load(
        key -> LOG.error("a persistent request cannot be read and is left in the store: {}", key),
        client.nowMillis());
    drain();
    return ready.future();
  }

  /** As it is sent, with the tag that it is sent under: it is the same request only with that. */
  private Payload.Request payload(RequestId id, Call call, long nowMillis) {
    Payload.Request request =
        RequestPreview.of(id, call, client.tag(), Timestamp.ofMillis(nowMillis));
    return call.options().isEmpty()
        ? request
        : new Payload.Request(
            request.header().withOptions(call.options()),
            request.method(),
            request.body(),
            request.timestamp());
  }

  /** When this is closed nothing changes any more: what is kept is the next process's. */
  private void came(Runnable news) {
    if (!closed) {
      news.run();
      drain();
    }
  }

  /** What fails at once is told to the queue within; what that wants then is taken here, too. */
  private void drain() {
    if (closed || isDraining) {
      return;
    }
    isDraining = true;
    try {
      take();
    } finally {
      isDraining = false;
    }
    client.shard().inPass(() -> {}); // behind which the timer is set
  }

  private void take() {
    for (QueueEvent event = queue.poll(); event != null; event = queue.poll()) {
      if (event instanceof QueueEvent.Probe probe) {
        probe(probe);
      } else if (event instanceof QueueEvent.Ask ask) {
        ask(ask);
      } else if (event instanceof QueueEvent.Changed change) {
        tell(change.status());
      } else if (event instanceof QueueEvent.Ready) {
        ready.tryComplete(this);
      }
    }
  }

  private void tell(RequestStatus status) {
    Promise<RequestStatus> waiting = submitted.remove(status.id());
    if (waiting != null) {
      waiting.tryComplete(status);
    }
    Promise<Boolean> ending = status.state().isFinal() ? cancelled.remove(status.id()) : null;
    if (ending != null) {
      ending.tryComplete(true);
    }
    try {
      changed.accept(status, now());
    } catch (RuntimeException failure) {
      LOG.error("the handler of persistent requests has failed at {}", status, failure);
    }
  }

  /** Any answer will do. */
  private void probe(QueueEvent.Probe probe) {
    QueuedRequest next = probe.next();
    RpcRequestOptions how =
        RpcRequestOptions.DEFAULT
            .withTimeoutMillis(probe.timeoutMillis())
            .withToken(next.request().header().token());
    String target = next.target();
    client
        .request(target, next.subsystem(), LinkFormat.WELL_KNOWN_CORE, Method.GET, null, how)
        .onComplete(
            (answer, failure) -> {
              boolean isThere =
                  failure == null
                      || (failure instanceof RpcException typed && typed.response() != null);
              came(
                  () ->
                      queue.probed(target, isThere, client.goesBeyond(target), client.nowMillis()));
            });
  }

  private void ask(QueueEvent.Ask ask) {
    QueuedRequest asked = ask.request();
    client
        .request(asked.id(), call(asked, ask.timeoutMillis()))
        .onComplete(
            answer -> came(() -> queue.answered(asked, answer, client.nowMillis())),
            failure -> came(() -> queue.failed(asked, typed(asked, failure), client.nowMillis())));
  }

  private Call call(QueuedRequest asked, long timeoutMillis) {
    Payload.Request request = asked.request();
    Header header = request.header();
    RpcRequestOptions how =
        new RpcRequestOptions(
            timeoutMillis,
            asked.qos(),
            header.token(),
            header.correlationId(),
            header.text(Header.TRACE_PARENT),
            options(header).query());
    return how.call(
            client.options(),
            asked.target(),
            asked.subsystem(),
            header.path(),
            request.method(),
            request.body())
        .withSource(header.source());
  }

  private static RpcOptions options(Header header) {
    try {
      return header.options();
    } catch (PayloadViolation e) {
      return RpcOptions.NONE;
    }
  }

  private RpcException typed(QueuedRequest asked, Throwable failure) {
    return failure instanceof RpcException typed
        ? typed
        : RpcException.of(
            ResponseCode.BAD_GATEWAY,
            String.valueOf(failure.getMessage()),
            asked.request().header().path(),
            client.tag(),
            asked.target(),
            asked.id());
  }

  /** Joins the timer of the client's event loop. */
  private final class Times implements TimedPart {
    @Override
    public long deadlineMillis() {
      long due = queue.deadlineMillis();
      return due == Engine.NO_DEADLINE ? due : due - client.wallOffsetMillis();
    }

    @Override
    public void timeout(long nowMillis) {
      came(() -> queue.timeout(client.nowMillis()));
    }
  }
}
