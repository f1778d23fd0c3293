package io.culvert.tcp;

import io.culvert.runtime.files.TlsFiles;
import io.culvert.runtime.metrics.PartMetrics;
import io.culvert.tcp.config.RouteSettings;
import io.culvert.tcp.config.TcpServiceOptions;
import io.culvert.tcp.wire.HmacAuth;
import io.culvert.tcp.wire.MessageType;
import io.culvert.tcp.wire.MessageTypes;
import io.culvert.tcp.wire.Secrets;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.shareddata.LocalMap;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TCP message service as a verticle: its configuration is that of {@link TcpServiceOptions}.
 * Peers publish and subscribe; other messages go to the event bus where {@code tcp.routes} says so;
 * others reach the peers at {@link io.culvert.runtime.bus.TcpAddresses}.
 *
 * <p>If the configuration has a text {@code deployment}, the address that is bound becomes a key of
 * the local map {@code culvert.listeners.<deployment>}.
 */
public final class TcpVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.tcp.server");
  private static final String DEPLOYMENT = "deployment";

  private final String service = newServiceId();
  private @Nullable TcpServer server;
  private @Nullable BusApi bus;
  private @Nullable Bridges bridges;
  private @Nullable Feeds feeds;
  private Runnable hideMetrics = () -> {};

  public TcpVerticle() {}

  @Override
  public Future<?> start() {
    return vertx
        .executeBlocking(() -> ServiceFiles.load(config())) // reads files
        .compose(this::serve);
  }

  @Override
  public Future<?> stop() {
    hideMetrics.run();
    List<Supplier<Future<Void>>> ends = new ArrayList<>();
    BusApi api = bus;
    if (api != null) {
      ends.add(api::stop);
    }
    Bridges carrying = bridges;
    if (carrying != null) {
      ends.add(carrying::stop);
    }
    TcpServer serving = server;
    if (serving != null) {
      ends.add(serving::close);
    }
    if (feeds != null) {
      feeds.stop();
    }
    Future<Void> ended = Future.succeededFuture();
    for (Supplier<Future<Void>> end : ends) {
      ended = ended.eventually(end);
    }
    return ended;
  }

  private Future<Void> serve(ServiceFiles.Loaded loaded) {
    TcpServiceOptions options = loaded.options();
    Secrets secrets = options.secrets();
    HmacAuth auth =
        secrets == null
            ? null
            : SharedSecret.ofService(
                secrets, options.dialect(), options.windowSeconds(), options.rememberedMessages());
    TcpServer created = TcpServer.create(vertx, serverOptions(options, auth));
    server = created;
    Feeds subscribers =
        new Feeds(vertx, service, options.maximumBusSubscriptions(), created.counters());
    feeds = subscribers;
    hideMetrics = PartMetrics.show(vertx, TcpMetrics.TABLE, new TcpMetrics(created, subscribers));
    PublishSubscribe.addTo(created);
    return Bridges.start(
            vertx, created, service, options.bridges(), options.limits().answerMillis())
        .onSuccess(started -> bridges = started)
        .compose(
            started -> {
              Publications publications = new Publications(created, subscribers, started);
              created.handlers().on(MessageType.PUBLISH_URI, publications);
              addRoutes(created, options);
              return BusApi.start(
                  vertx.eventBus(),
                  created,
                  service,
                  options.dialect().types(),
                  publications,
                  subscribers,
                  () -> ServiceStatus.json(options, created, subscribers, auth));
            })
        .onSuccess(api -> bus = api)
        .compose(api -> listen(created, options))
        .map(
            port -> {
              ServiceFiles.watch(vertx, config(), loaded, created, auth);
              announce(options, port);
              return null;
            });
  }

  private static Future<Integer> listen(TcpServer created, TcpServiceOptions options) {
    return created
        .listen(options.bind(), options.port())
        .recover(
            failure ->
                Future.failedFuture(
                    new IllegalStateException(
                        "tcp.port %d on %s: %s"
                            .formatted(options.port(), options.bind(), failure.getMessage()),
                        failure)));
  }

  private void addRoutes(TcpServer created, TcpServiceOptions options) {
    MessageTypes types = options.dialect().types();
    for (RouteSettings route : options.routes()) {
      // the settings know only types of all dialects
      MessageType type = Objects.requireNonNull(types.find(route.type()));
      String uri = route.uri();
      created
          .handlers()
          .on(
              uri == null ? HandlerKey.of(type) : HandlerKey.of(type, uri),
              new BusRoute(
                  vertx.eventBus(), route.address(), types, options.limits().answerMillis()),
              null);
    }
  }

  private static TcpServerOptions serverOptions(
      TcpServiceOptions options, @Nullable HmacAuth auth) {
    TcpServerOptions made =
        new TcpServerOptions()
            .dialect(options.dialect())
            .limits(options.limits())
            .maximumConnections(
                options.maximumConnections(), options.maximumConnectionsPerAddress())
            .connectsPerSecond(options.connectsPerSecond())
            .maximumSubscriptionsPerPeer(options.maximumSubscriptions())
            .maximumRequestsPerPeer(options.maximumRequests())
            .maximumReceivedBytes(options.maximumReceivedBytes())
            .failures(
                options.failuresPerConnection(),
                options.failuresPerAddress(),
                options.failureWindowMillis())
            .logger(LOG);
    if (auth != null) {
      made.auth(auth);
    }
    TlsFiles tls = options.tls();
    return tls == null ? made : made.tls(tls.options());
  }

  private void announce(TcpServiceOptions options, int port) {
    String uri = options.uri(port);
    LOG.info("listens on {}, dialect {}", uri, options.dialect().id());
    String deployment = config().getString(DEPLOYMENT);
    if (deployment != null) {
      LocalMap<String, String> bound =
          vertx.sharedData().getLocalMap("culvert.listeners." + deployment);
      bound.put(uri, "tcp"); // sorts behind listeners and metrics
    }
  }

  private static String newServiceId() {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
