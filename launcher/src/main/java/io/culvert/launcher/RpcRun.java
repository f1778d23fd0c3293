package io.culvert.launcher;

import io.culvert.client.MqttClientOptions;
import io.culvert.rpc.Device;
import io.culvert.rpc.MqttLink;
import io.culvert.rpc.RpcClient;
import io.culvert.rpc.RpcClientOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One RPC client with threads of its own, for the thread of a command. */
final class RpcRun {
  private final Vertx vertx;
  private final RpcClient client;

  private RpcRun(Vertx vertx, RpcClient client) {
    this.vertx = vertx;
    this.client = client;
  }

  /**
   * Connects; fails with what the network or the server said.
   *
   * @param serves what it answers requests with, null for nothing
   */
  static RpcRun connect(
      MqttClientOptions mqtt,
      RpcClientOptions options,
      boolean mqtt5,
      @Nullable Function<Vertx, Device> serves)
      throws StartException, InterruptedException {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    MqttClientOptions named = new MqttClientOptions(mqtt).setClientId(options.tag());
    RpcClient client = RpcClient.create(vertx, options, () -> MqttLink.create(vertx, named, mqtt5));
    if (serves != null) {
      client.serve(serves.apply(vertx));
    }
    RpcRun run = new RpcRun(vertx, client);
    try {
      RpcClient connected = ClientRun.await(client.connect());
      return new RpcRun(vertx, connected);
    } catch (StartException e) {
      run.close();
      throw e;
    }
  }

  RpcClient client() {
    return client;
  }

  /** Says goodbye, if the network still lets it, and ends the threads. */
  void close() throws InterruptedException {
    boolean unused = ClientRun.hasDone(client.close()); // the process ends in any case
    unused = ClientRun.hasDone(vertx.close());
  }

  Future<Void> stop() {
    return client.close().eventually(vertx::close);
  }
}
