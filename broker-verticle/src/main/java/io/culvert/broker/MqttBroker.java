package io.culvert.broker;

import io.culvert.broker.auth.Authenticator;
import io.culvert.broker.bus.BusHost;
import io.culvert.broker.bus.BusShard;
import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.culvert.broker.config.ProxySettings;
import io.culvert.broker.config.StormOptions;
import io.culvert.broker.config.TlsSettings;
import io.culvert.broker.config.UnixSocket;
import io.culvert.engine.Journal;
import io.culvert.mqtt.server.ClientDirectory;
import io.culvert.mqtt.server.CommonRecords;
import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.server.Quota;
import io.culvert.mqtt.server.Recovered;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.mqtt.server.ShardPlace;
import io.culvert.mqtt.server.TakeOvers;
import io.culvert.runtime.driver.EngineServer;
import io.culvert.runtime.driver.OriginCheck;
import io.culvert.runtime.driver.ServingShard;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.ShardLinks;
import io.culvert.runtime.driver.Shards;
import io.culvert.runtime.driver.TcpFront;
import io.culvert.runtime.driver.TcpOptions;
import io.culvert.runtime.driver.UnixOptions;
import io.culvert.runtime.driver.WebSocketOptions;
import io.culvert.store.Store;
import io.culvert.store.StoreStatus;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker on one or several event loops of a Vert.x, for whoever embeds it. Each event loop is a
 * shard with connections and sessions of its own; to its clients they are one broker. Its methods
 * are called in the context that it was made for, unless they say otherwise.
 */
public final class MqttBroker {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");

  private final BrokerOptions options;
  private final List<BrokerShard> shards;
  private final Authenticators authenticators;
  private final Quota connectingBytes;
  private final List<Bound> servers = new CopyOnWriteArrayList<>(); // any thread may ask about them
  private final Leaving leaving;
  private final @Nullable Store store;
  private volatile boolean listening;
  private volatile boolean closing;

  private Runnable stopSys = () -> {};

  private MqttBroker(
      BrokerOptions options,
      List<BrokerShard> shards,
      Authenticators authenticators,
      Quota connectingBytes,
      @Nullable Store store) {
    this.store = store;
    this.options = options;
    this.shards = shards;
    this.authenticators = authenticators;
    this.connectingBytes = connectingBytes;
    this.leaving = new Leaving(shards, this::servers, this::closeConnections);
  }

  /**
   * A broker without listeners, on the event loop of this context and as many more of its Vert.x as
   * the options say.
   *
   * @throws IllegalArgumentException if this Vert.x has fewer event loops than the options name
   */
  public static MqttBroker create(Context context, BrokerOptions options) {
    return create(context, options, BrokerPlugins.NONE);
  }

  /**
   * As above, with plug-ins of the application.
   *
   * @param options read for plug-ins of these names
   */
  public static MqttBroker create(Context context, BrokerOptions options, BrokerPlugins plugins) {
    return create(context, options, plugins, null);
  }

  /**
   * As above, with sessions and retained messages that outlive the process; {@link #recover} comes
   * before {@link #listen}.
   *
   * @param store of this broker alone, closed by the caller after the broker; null for none
   */
  public static MqttBroker create(
      Context context, BrokerOptions options, BrokerPlugins plugins, @Nullable Store store) {
    List<Shard> shards = Shards.of(context, options.shards(Shards.available(context)));
    Authenticators authenticators = new Authenticators(context.owner(), plugins, options.auth());
    Map<String, Authenticator> named = authenticators.of(options.auth());
    ShardLinks links = ShardLinks.between(shards);
    ServerLog log = new ServerLog();
    ShardPlace first = firstOf(shards.size(), options.storms());
    List<BrokerShard> parts = new ArrayList<>();
    for (int number = 0; number < shards.size(); number++) {
      parts.add(
          new BrokerShard(
              shards.get(number),
              first.at(number),
              links,
              options,
              named,
              plugins.authorizers(),
              store,
              log));
    }
    parts.forEach(part -> part.open(options.closeGraceMillis()));
    MqttBroker broker =
        new MqttBroker(options, List.copyOf(parts), authenticators, first.connectingBytes(), store);
    if (options.sysIntervalSeconds() > 0) {
      broker.publishSys(context.owner(), options.sysIntervalSeconds());
    }
    return broker;
  }

  /** Takes sessions and retained messages out of the store; does nothing where there is none. */
  public Future<Recovered> recover() {
    return Shards.all(shards.stream().map(BrokerShard::recover).toList())
        .compose(
            all ->
                Shards.all(shards.stream().map(BrokerShard::recovered).toList())
                    .map(done -> all.stream().reduce(new Recovered(0, 0, 0, 0), Recovered::plus)));
  }

  /** Whether what it has to store can be stored. May be called on any thread. */
  boolean isStoreReady() {
    return store == null || store.status().health() == Journal.Health.READY;
  }

  /** What its store says of itself, or null where it has none. May be called on any thread. */
  @Nullable StoreStatus storeStatus() {
    return store == null ? null : store.status();
  }

  /** Binds all configured listeners; returns them with the ports that they got. */
  public Future<List<ListenerOptions>> listen() {
    Future<List<ListenerOptions>> all = Future.succeededFuture(new ArrayList<>());
    for (ListenerOptions listener : options.listeners()) {
      all =
          all.compose(
              done ->
                  listen(listener)
                      .map(
                          server -> {
                            ListenerOptions actual = listener.withPort(server.port());
                            servers.add(new Bound(actual, server));
                            done.add(actual);
                            return done;
                          }));
    }
    return all.onSuccess(done -> listening = true)
        .recover(failure -> close().transform(closed -> Future.failedFuture(failure)));
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
   * What the event-bus API needs of it.
   *
   * @param reload reads users and permissions again
   */
  BusHost busHost(Function<Boolean, Future<Void>> reload) {
    List<BusShard> busShards = shards.stream().map(BrokerShard::forBus).toList();
    return new BusHost() {
      @Override
      public List<BusShard> shards() {
        return busShards;
      }

      @Override
      public Future<JsonObject> status() {
        return MqttBroker.this.status().map(BrokerStatus::toJson);
      }

      @Override
      public Future<JsonArray> limits() {
        return readings().map(now -> LimitsInUse.of(now, options));
      }

      @Override
      public boolean isLeaving() {
        return leaving.hasBegun() || closing;
      }

      @Override
      public Future<Void> reload(boolean dryRun) {
        return reload.apply(dryRun);
      }

      @Override
      public Future<Void> drain(int perSecond, boolean permanently) {
        return MqttBroker.this.drain(perSecond, permanently);
      }

      @Override
      public Future<JsonObject> drainStatus() {
        return MqttBroker.this.drainStatus().map(DrainStatus::toJson);
      }
    };
  }

  /**
   * Takes users and permissions from these options, which name the same files as before: clients
   * that connect are checked by them, sessions get the new permissions, and connections of users
   * who are gone are ended (0x87). May be called on any thread.
   */
  public Future<Void> secure(BrokerOptions newest) {
    Map<String, Authenticator> plugins = authenticators.of(newest.auth());
    return onEach(part -> part.secure(newest, plugins));
  }

  /**
   * Reads the certificates of a listener again: handshakes that begin from now on use them. Fails,
   * and changes nothing, when one cannot be used.
   *
   * @param listener its number among those of the options, which has TLS
   */
  Future<Void> reloadTls(int listener) {
    TlsSettings tls = Objects.requireNonNull(options.listeners().get(listener).tls());
    return servers.get(listener).server.reload(tls.options());
  }

  /** What it holds and has counted. May be called on any thread. */
  public Future<BrokerStatus> status() {
    return Shards.all(shards.stream().map(part -> part.on(part::status)).toList())
        .map(BrokerStatus::total);
  }

  /** As above, with all that is worth watching. May be called on any thread. */
  Future<Readings> readings() {
    return status()
        .map(
            status ->
                new Readings(
                    status,
                    servers.stream()
                        .map(each -> new Readings.Listener(each.listener, each.server.counters()))
                        .toList(),
                    connectingBytes.held(),
                    options.limits(),
                    options.auth().pending(),
                    options.storms().waitingConnects(),
                    shards.stream()
                        .map(BrokerShard::shard)
                        .map(shard -> new Readings.Loop(shard.delayMillis(), shard.isGuest()))
                        .toList(),
                    storeStatus()));
  }

  /**
   * Lets all clients go at a rate, for another broker to get them one by one. The listeners take no
   * more connections; clients are told evenly over the time, MQTT 5 ones with where to go if {@code
   * mqtt.server-reference} says it (0x9C, else 0x8B), older ones are closed; sessions are kept.
   * Called again, it goes on at the new rate. May be called on any thread.
   *
   * @param connectionsPerSecond of all shards together, at least 1
   * @param permanently whether they shall not come back: they are told 0x9D instead
   * @return completes when all connections have ended; {@link #close} is still to follow
   */
  public Future<Void> drain(int connectionsPerSecond, boolean permanently) {
    return drain(connectionsPerSecond, permanently, Long.MAX_VALUE);
  }

  /** How far {@link #drain} is. May be called on any thread. */
  public Future<DrainStatus> drainStatus() {
    return leaving.status();
  }

  /** Whether it listens and lets nobody go, as a readiness probe asks. Called on any thread. */
  public boolean isReady() {
    return listening && !leaving.hasBegun();
  }

  /** Lets all clients go as the settings say, at a rate or at once, and {@link #close}s. */
  public Future<Void> end() {
    StormOptions storms = options.storms();
    Future<Void> gone =
        storms.drainPerSecond() == 0
            ? Future.succeededFuture()
            : drain(
                storms.drainPerSecond(), false, TimeUnit.SECONDS.toMillis(storms.drainSeconds()));
    return gone.eventually(this::close);
  }

  /** Tells all clients (0x8B), closes them, attached ones too, and the listeners. */
  public Future<Void> close() {
    stopSys.run();
    listening = false;
    closing = true;
    return onEach(BrokerShard::stop)
        .eventually(this::closeConnections)
        .eventually(() -> onEach(BrokerShard::closeLinks))
        .onComplete(closed -> authenticators.close());
  }

  private Future<Void> drain(int perSecond, boolean permanently, long mostMillis) {
    if (perSecond < 1) {
      throw new IllegalArgumentException("connections per second: " + perSecond);
    }
    return shards.get(0).shard().ask(() -> leaving.begin(perSecond, permanently, mostMillis));
  }

  private static ShardPlace firstOf(int count, StormOptions storms) {
    TakeOvers takeOvers =
        TakeOvers.of(
            new ConcurrentHashMap<String, Object>(),
            storms.takeOvers(),
            TimeUnit.SECONDS.toMillis(storms.takeOverWindowSeconds()));
    return count == 1
        ? ShardPlace.alone(takeOvers)
        : new ShardPlace(
            0,
            count,
            ClientDirectory.of(new ConcurrentHashMap<String, Object>()),
            takeOvers,
            new SharedQuota(),
            new SharedQuota(),
            new SharedQuota(),
            new SharedQuota(),
            CommonRecords.of(new ConcurrentHashMap<>()));
  }

  private void publishSys(Vertx vertx, int everySeconds) {
    BrokerShard first = shards.get(0);
    SysPublisher publisher =
        new SysPublisher(
            first.broker(), new SysTopics(first.nowMillis()), options.limits().retainAvailable());
    long timer =
        vertx.setPeriodic(
            0,
            everySeconds * 1000L,
            tick ->
                readings()
                    .compose(
                        now ->
                            first.on(
                                () -> {
                                  publisher.publish(now, first.nowMillis());
                                  return now;
                                }))
                    .onFailure(failure -> LOG.error("$SYS could not be published", failure)));
    stopSys = () -> vertx.cancelTimer(timer);
  }

  private List<EngineServer> servers() {
    return servers.stream().map(Bound::server).toList();
  }

  private Future<Void> closeConnections() {
    List<Future<Void>> closing = new ArrayList<>();
    shards.forEach(part -> closing.add(part.streams().close()));
    shards.forEach(part -> closing.add(part.ownClients().close()));
    servers.forEach(each -> closing.add(each.server.close()));
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
      case UNIX -> EngineServer.listenUnix(serving, unixOptions(listener));
      case WEBSOCKET -> EngineServer.listenWebSocket(serving, webSocketOptions(listener));
    };
  }

  private Future<EngineServer> listenTcp(
      List<ServingShard<ServerEvent, ServerConnection>> serving, ListenerOptions listener) {
    TcpOptions tcp =
        new TcpOptions(
            listener.bind(),
            listener.port(),
            listener.backlog(),
            false,
            listener.maximumConnections(),
            options.connectsPerSecond(),
            options.unsentBytes());
    TlsSettings tls = listener.tls();
    ProxySettings proxy = listener.proxy();
    if (tls == null && proxy == null) {
      return EngineServer.listenTcp(serving, tcp);
    }
    TcpFront front =
        new TcpFront(
            proxy == null ? List.of() : proxy.ranges(),
            tls == null ? null : tls.options(),
            limits(listener).connectTimeoutMillis());
    return EngineServer.listenTcp(serving, tcp, front);
  }

  private Limits limits(ListenerOptions listener) {
    return listener.limits().within(options.limits());
  }

  private UnixOptions unixOptions(ListenerOptions listener) {
    UnixSocket unix = Objects.requireNonNull(listener.unix());
    return new UnixOptions(
        Path.of(unix.file()),
        unix.modeBits(),
        listener.backlog(),
        listener.maximumConnections(),
        options.connectsPerSecond());
  }

  private WebSocketOptions webSocketOptions(ListenerOptions listener) {
    HttpServerOptions server =
        new HttpServerOptions()
            .setHost(listener.bind())
            .setPort(listener.port())
            .setAcceptBacklog(listener.backlog());
    TlsSettings tls = listener.tls();
    if (tls != null) {
      tls.applyTo(server);
    }
    return new WebSocketOptions(
        server,
        listener.path(),
        listener.subprotocols(),
        origins(listener),
        Math.toIntExact(limits(listener).maximumPacketSizeBytes()),
        listener.maximumConnections(),
        options.connectsPerSecond(),
        limits(listener).connectTimeoutMillis(),
        options.unsentBytes());
  }

  private static OriginCheck origins(ListenerOptions listener) {
    if (listener.origins().isEmpty()) {
      return listener.isLoopback() ? OriginCheck.LOOPBACK : OriginCheck.SAME_ORIGIN;
    }
    return listener.origins().contains("*")
        ? OriginCheck.ANY
        : OriginCheck.of(Set.copyOf(listener.origins()));
  }

  /** A listener with the port that it got. */
  private record Bound(ListenerOptions listener, EngineServer server) {}
}
