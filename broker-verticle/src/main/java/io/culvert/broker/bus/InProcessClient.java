package io.culvert.broker.bus;

import io.culvert.engine.Wake;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.client.ConnectOptions;
import io.culvert.mqtt.client.DisconnectCause;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.runtime.driver.Application;
import io.culvert.runtime.driver.Peer;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.StreamPair;
import io.culvert.runtime.driver.StreamServer;
import org.jspecify.annotations.Nullable;

/** An MQTT connection to the broker in memory, on one of its event loops. */
final class InProcessClient implements Application<ClientEvent, ClientConnection> {
  private final ClientSession session;
  private final ConnectOptions options;
  private final Owner owner;
  private final Runnable closed;
  private boolean ended;

  private InProcessClient(
      ClientSession session, ConnectOptions options, Owner owner, Runnable closed) {
    this.session = session;
    this.options = options;
    this.owner = owner;
    this.closed = closed;
  }

  /** Who has the connection; called on the event loop. The last event is a Disconnected. */
  @FunctionalInterface
  interface Owner {
    void handle(ClientConnection connection, ClientEvent event, long nowMillis);
  }

  /**
   * Sends CONNECT; called on the event loop of the shard.
   *
   * @param closed called at last, when the broker has read everything
   */
  static void connect(
      BusShard shard, ClientSession session, ConnectOptions options, Owner owner, Runnable closed) {
    StreamPair pair = StreamPair.on(shard.shard().context());
    shard.serve().accept(pair.first());
    StreamPair.End own = pair.second();
    new StreamServer<>(shard.shard(), new InProcessClient(session, options, owner, closed))
        .attach(own, own, own::close);
  }

  @Override
  public ClientConnection open(Peer peer, Wake wake, Shard shard) {
    ClientConnection connection = new ClientConnection(session, shard.buffers(), wake);
    connection.connect(options, shard.nowMillis());
    return connection;
  }

  @Override
  public void event(ClientConnection connection, ClientEvent event, long nowMillis) {
    ended = ended || event instanceof ClientEvent.Disconnected;
    owner.handle(connection, event, nowMillis);
  }

  @Override
  public void closed(ClientConnection connection, long nowMillis, @Nullable Throwable cause) {
    if (!ended) { // the engine could not say it any more
      ended = true;
      owner.handle(
          connection,
          new ClientEvent.Disconnected(
              DisconnectCause.CONNECTION_LOST,
              ReasonCode.UNSPECIFIED_ERROR,
              Properties.EMPTY,
              null),
          nowMillis);
    }
    closed.run();
  }
}
