package io.culvert.broker;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.runtime.driver.EngineServer;
import io.culvert.runtime.driver.OriginCheck;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.StreamServer;
import io.culvert.runtime.driver.TcpOptions;
import io.culvert.runtime.driver.WebSocketOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A broker on one Vert.x event loop, for whoever embeds it. Its methods are called on that event
 * loop's context.
 */
public final class MqttBroker {
  private final BrokerOptions options;
  private final Shard shard;
  private final Broker broker;
  private final MqttApplication application;
  private final StreamServer<ServerEvent, ServerConnection> streams;
  private final List<EngineServer> servers = new ArrayList<>();
  private final Shard.Watch watch;

  private MqttBroker(BrokerOptions options, Shard shard) {
    this.options = options;
    this.shard = shard;
    ServerLog log = new ServerLog();
    this.broker = new Broker(options.limits(), new SecureRandom()::nextLong, log);
    this.application = new MqttApplication(broker, options.limits(), log);
    this.streams = new StreamServer<>(shard, application);
    shard.closeGraceMillis(options.closeGraceMillis());
    this.watch = shard.watch(new BrokerTimes(broker));
  }

  /** A broker without listeners, on the event loop of this context. */
  public static MqttBroker create(Context context, BrokerOptions options) {
    return new MqttBroker(options, Shard.of(context));
  }

  /** Binds all configured listeners; returns them with the ports that they got. */
  public Future<List<ListenerOptions>> listen() {
    Future<List<ListenerOptions>> bound = Future.succeededFuture(new ArrayList<>());
    for (ListenerOptions listener : options.listeners()) {
      bound =
          bound.compose(
              done ->
                  listen(listener)
                      .map(
                          server -> {
                            servers.add(server);
                            done.add(listener.withPort(server.port()));
                            return done;
                          }));
    }
    return bound.recover(failure -> close().transform(closed -> Future.failedFuture(failure)));
  }

  /**
   * Serves a client at the other end of a pair of streams in this process.
   *
   * @param close called when the connection has ended; closes the streams' other end
   */
  public void attach(ReadStream<Buffer> in, WriteStream<Buffer> out, Runnable close) {
    streams.attach(in, out, close);
  }

  /** The protocol core: for its counters and queries. */
  public Broker core() {
    return broker;
  }

  /** Tells all clients (0x8B), closes them, attached ones too, and the listeners. */
  public Future<Void> close() {
    broker.stop();
    watch.cancel();
    List<Future<Void>> closing = new ArrayList<>();
    closing.add(streams.close());
    servers.forEach(server -> closing.add(server.close()));
    return Future.join(closing).mapEmpty();
  }

  private Future<EngineServer> listen(ListenerOptions listener) {
    return switch (listener.type()) {
      case TCP ->
          EngineServer.listenTcp(
              shard,
              new TcpOptions(
                  listener.bind(),
                  listener.port(),
                  listener.backlog(),
                  false,
                  listener.maximumConnections()),
              application);
      case WEBSOCKET ->
          EngineServer.listenWebSocket(shard, webSocketOptions(listener), application);
    };
  }

  private WebSocketOptions webSocketOptions(ListenerOptions listener) {
    HttpServerOptions server =
        new HttpServerOptions()
            .setHost(listener.bind())
            .setPort(listener.port())
            .setAcceptBacklog(listener.backlog());
    return new WebSocketOptions(
        server,
        listener.path(),
        listener.subprotocols(),
        origins(listener),
        Math.toIntExact(options.limits().maximumPacketSizeBytes()),
        listener.maximumConnections());
  }

  private static OriginCheck origins(ListenerOptions listener) {
    if (listener.origins().isEmpty()) {
      return listener.isLoopback() ? OriginCheck.LOOPBACK : OriginCheck.SAME_ORIGIN;
    }
    return listener.origins().contains("*")
        ? OriginCheck.ANY
        : OriginCheck.of(Set.copyOf(listener.origins()));
  }
}
