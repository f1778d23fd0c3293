package io.culvert.launcher.demo;

import io.culvert.engine.Wake;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.client.ConnectOptions;
import io.culvert.runtime.driver.Application;
import io.culvert.runtime.driver.Peer;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.StreamServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** One MQTT connection on the current event loop. */
final class Client implements Application<ClientEvent, ClientConnection> {
  private final ConnectOptions options;
  private final Handler handler;

  private Client(ConnectOptions options, Handler handler) {
    this.options = options;
    this.handler = handler;
  }

  /** What the owner of the connection does; called on the event loop. */
  @FunctionalInterface
  interface Handler {
    void handle(ClientConnection connection, ClientEvent event);
  }

  /** Opens a connection and sends CONNECT; everything else comes as an event. */
  static Future<Void> connect(Vertx vertx, int port, ConnectOptions options, Handler handler) {
    Shard shard = Shard.current(vertx);
    Client client = new Client(options, handler);
    return vertx
        .createNetClient()
        .connect(port, "127.0.0.1")
        .map(
            socket -> {
              new StreamServer<>(shard, client).attach(socket, socket, socket::close);
              return null;
            });
  }

  @Override
  public ClientConnection open(Peer peer, Wake wake, Shard shard) {
    ClientConnection connection =
        new ClientConnection(
            ClientSession.create(ClientSession.DEFAULT_QUEUE_LIMIT), shard.buffers(), wake);
    connection.connect(options, shard.nowMillis());
    return connection;
  }

  @Override
  public void event(ClientConnection connection, ClientEvent event, long nowMillis) {
    handler.handle(connection, event);
  }

  @Override
  public void closed(ClientConnection connection, long nowMillis, @Nullable Throwable cause) {
    // The event Disconnected has said it.
  }
}
