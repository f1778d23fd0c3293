package io.culvert.rpc;

import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.RpcException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@link RpcClient} for ordinary threads: each method returns when the thing is done, or throws.
 * Resources of its device and its handlers run on worker threads, so that they may block, and ask
 * others by this client.
 *
 * <p>Its methods may be called from any thread at a time, but not from an event loop. A thread that
 * is interrupted while it waits throws {@link IllegalStateException}, and stays interrupted; what
 * it waited for goes on.
 */
public final class BlockingRpcClient implements AutoCloseable {
  /** Threads are made when needed; more requests than these wait for one. */
  private static final int WORKERS = 64;

  private final RpcClient client;
  private final WorkerExecutor workers;
  private final @Nullable Vertx own;

  private BlockingRpcClient(RpcClient client, WorkerExecutor workers, @Nullable Vertx own) {
    this.client = client;
    this.workers = workers;
    this.own = own;
  }

  /** One with threads of its own, which end when it is closed. It is not connected yet. */
  public static BlockingRpcClient create(BrokerConnection connection, RpcClientOptions options) {
    Vertx vertx = Vertx.vertx();
    return of(vertx, RpcClient.create(vertx, connection, options), vertx);
  }

  /** One on an event loop of this Vert.x. */
  public static BlockingRpcClient create(
      Vertx vertx, BrokerConnection connection, RpcClientOptions options) {
    return of(vertx, RpcClient.create(vertx, connection, options), null);
  }

  private static BlockingRpcClient of(Vertx vertx, RpcClient client, @Nullable Vertx own) {
    WorkerExecutor workers =
        vertx.createSharedWorkerExecutor("culvert-rpc-" + client.tag(), WORKERS);
    client.callOn(call -> workers.executeBlocking(call::get, /* ordered= */ false));
    return new BlockingRpcClient(client, workers, own);
  }

  // ---- before it connects

  /** Answers requests with what this device has, on worker threads. */
  public BlockingRpcClient serve(Device resources) {
    RpcClient unused = client.serve(resources);
    return this;
  }

  /** A handler that runs on a worker thread; null stands for the same payload. */
  public RpcHandler handler(BiFunction<String, Payload, @Nullable Payload> process) {
    return RpcHandler.of(
        (topic, payload) ->
            workers.executeBlocking(() -> process.apply(topic, payload), /* ordered= */ false));
  }

  public BlockingRpcClient onOutgoingRequest(RpcHandler handler) {
    RpcClient unused = client.onOutgoingRequest(handler);
    return this;
  }

  public BlockingRpcClient onIncomingRequest(RpcHandler handler) {
    RpcClient unused = client.onIncomingRequest(handler);
    return this;
  }

  public BlockingRpcClient onOutgoingResponse(RpcHandler handler) {
    RpcClient unused = client.onOutgoingResponse(handler);
    return this;
  }

  public BlockingRpcClient onIncomingResponse(RpcHandler handler) {
    RpcClient unused = client.onIncomingResponse(handler);
    return this;
  }

  // ---- use

  public BlockingRpcClient connect() {
    RpcClient unused = await(client::connect, "RpcClient.connect()");
    return this;
  }

  /** The same client without blocking. */
  public RpcClient async() {
    return client;
  }

  public Payload.Response request(String target, String subsystem, String path, Method method) {
    return request(target, subsystem, path, method, null, RpcRequestOptions.DEFAULT);
  }

  public Payload.Response request(
      String target, String subsystem, String path, Method method, @Nullable Object body) {
    return request(target, subsystem, path, method, body, RpcRequestOptions.DEFAULT);
  }

  /**
   * Asks a device, and returns its answer.
   *
   * @throws RpcException as {@link RpcClient} says
   */
  public Payload.Response request(
      String target,
      String subsystem,
      String path,
      Method method,
      @Nullable Object body,
      RpcRequestOptions how) {
    return await(
        () -> client.request(target, subsystem, path, method, body, how), "RpcClient.request()");
  }

  public void publish(String topic, Payload payload, int qos) {
    await(() -> client.publish(topic, payload, qos), "RpcClient.publish()");
  }

  @Override
  public void close() {
    await(client::close, "RpcClient.close()");
    waitFor(workers.close());
    Vertx threads = own;
    if (threads != null) {
      waitFor(threads.close());
    }
  }

  private <T> T await(Supplier<Future<T>> call, String asynchronous) {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException(
          "this would block the event loop and everything on it; call "
              + asynchronous
              + " and use its Future");
    }
    return waitFor(client.detached(call));
  }

  private static <T> T waitFor(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new IllegalStateException("the client has failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the thread was interrupted while it waited", e);
    }
  }
}
