package io.culvert.broker;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.culvert.broker.config.TlsSettings;
import io.culvert.mqtt.server.ClientDirectory;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.mqtt.server.ShardPlace;
import io.culvert.runtime.driver.EngineServer;
import io.culvert.runtime.driver.OriginCheck;
import io.culvert.runtime.driver.ServingShard;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.ShardLinks;
import io.culvert.runtime.driver.Shards;
import io.culvert.runtime.driver.TcpOptions;
import io.culvert.runtime.driver.WebSocketOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A broker on one or several event loops of a Vert.x, for whoever embeds it. Each event loop is a
 * shard with connections and sessions of its own; to its clients they are one broker. Its methods
 * are called in the context that it was made for, unless they say otherwise.
 */
public final class MqttBroker {
  private final BrokerOptions options;
  private final List<BrokerShard> shards;
  private final List<EngineServer> servers = new ArrayList<>();

  private MqttBroker(BrokerOptions options, List<BrokerShard> shards) {
    this.options = options;
    this.shards = shards;
  }

  /**
   * A broker without listeners, on the event loop of this context and as many more of its Vert.x as
   * the options say.
   *
   * @throws IllegalArgumentException if this Vert.x has fewer event loops than the options name
   */
  public static MqttBroker create(Context context, BrokerOptions options) {
    List<Shard> shards = Shards.of(context, options.shards(Shards.available(context)));
    ShardLinks links = ShardLinks.between(shards);
    ServerLog log = new ServerLog();
    ShardPlace first = firstOf(shards.size());
    List<BrokerShard> parts = new ArrayList<>();
    for (int number = 0; number < shards.size(); number++) {
      parts.add(new BrokerShard(shards.get(number), first.at(number), links, options, log));
    }
    parts.forEach(part -> part.open(options.closeGraceMillis()));
    return new MqttBroker(options, List.copyOf(parts));
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
   * Serves a client at the other end of a pair of streams in this process. Called on the event loop
   * of the streams, which is one of those that the broker works on.
   *
   * @param close called when the connection has ended; closes the streams' other end
   * @throws IllegalStateException on any other thread
   */
  public void attach(ReadStream<Buffer> in, WriteStream<Buffer> out, Runnable close) {
    for (BrokerShard part : shards) {
      if (part.shard().inThread()) {
        part.streams().attach(in, out, close);
        return;
      }
    }
    throw new IllegalStateException("not on an event loop of this broker: see its contexts()");
  }

  /** One context for each event loop that the broker works on; the first is the given one. */
  public List<Context> contexts() {
    return shards.stream().map(part -> part.shard().context()).toList();
  }

  /**
   * Takes users and permissions from these options, which name the same files as before: clients
   * that connect are checked by them, sessions get the new permissions, and connections of users
   * who are gone are ended (0x87). May be called on any thread.
   */
  public Future<Void> secure(BrokerOptions newest) {
    return onEach(part -> part.secure(newest));
  }

  /** What it holds and has counted. May be called on any thread. */
  public Future<BrokerStatus> status() {
    List<Future<BrokerStatus>> parts = shards.stream().map(part -> part.on(part::status)).toList();
    return Future.all(parts)
        .map(all -> BrokerStatus.total(parts.stream().map(Future::result).toList()));
  }

  /** Tells all clients (0x8B), closes them, attached ones too, and the listeners. */
  public Future<Void> close() {
    return onEach(BrokerShard::stop)
        .eventually(this::closeConnections)
        .eventually(() -> onEach(BrokerShard::closeLinks));
  }

  private static ShardPlace firstOf(int count) {
    return count == 1
        ? ShardPlace.alone()
        : new ShardPlace(
            0,
            count,
            ClientDirectory.of(new ConcurrentHashMap<String, Object>()),
            new SharedQuota(),
            new SharedQuota(),
            new SharedQuota(),
            new SharedQuota());
  }

  private Future<Void> closeConnections() {
    List<Future<Void>> closing = new ArrayList<>();
    shards.forEach(part -> closing.add(part.streams().close()));
    servers.forEach(server -> closing.add(server.close()));
    return Future.join(closing).mapEmpty();
  }

  private Future<Void> onEach(Consumer<BrokerShard> action) {
    return Future.join(
            shards.stream()
                .map(
                    part ->
                        part.on(
                            () -> {
                              action.accept(part);
                              return part;
                            }))
                .toList())
        .mapEmpty();
  }

  private Future<EngineServer> listen(ListenerOptions listener) {
    List<ServingShard<ServerEvent, ServerConnection>> serving =
        shards.stream().map(part -> part.serving(listener)).toList();
    return switch (listener.type()) {
      case TCP -> listenTcp(serving, listener);
      case WEBSOCKET -> EngineServer.listenWebSocket(serving, webSocketOptions(listener));
    };
  }

  private Future<EngineServer> listenTcp(
      List<ServingShard<ServerEvent, ServerConnection>> serving, ListenerOptions listener) {
    TlsSettings tls = listener.tls();
    if (tls != null) {
      return EngineServer.listenTcp(
          serving,
          tlsOptions(listener, tls),
          listener.maximumConnections(),
          options.connectsPerSecond());
    }
    TcpOptions plain =
        new TcpOptions(
            listener.bind(),
            listener.port(),
            listener.backlog(),
            false,
            listener.maximumConnections(),
            options.connectsPerSecond());
    return EngineServer.listenTcp(serving, plain);
  }

  private static NetServerOptions tlsOptions(ListenerOptions listener, TlsSettings tls) {
    NetServerOptions server =
        new NetServerOptions()
            .setHost(listener.bind())
            .setPort(listener.port())
            .setAcceptBacklog(listener.backlog())
            .setClientAuth(tls.clientAuth());
    return tls.applyTo(server);
  }

  private WebSocketOptions webSocketOptions(ListenerOptions listener) {
    HttpServerOptions server =
        new HttpServerOptions()
            .setHost(listener.bind())
            .setPort(listener.port())
            .setAcceptBacklog(listener.backlog());
    TlsSettings tls = listener.tls();
    if (tls != null) {
      tls.applyTo(server.setClientAuth(tls.clientAuth()));
    }
    return new WebSocketOptions(
        server,
        listener.path(),
        listener.subprotocols(),
        origins(listener),
        Math.toIntExact(options.limits().maximumPacketSizeBytes()),
        listener.maximumConnections(),
        options.connectsPerSecond());
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
