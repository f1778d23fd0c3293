package io.culvert.tcp;

import io.culvert.tcp.config.RouteSettings;
import io.culvert.tcp.config.TcpServiceOptions;
import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.MessageType;
import io.culvert.tcp.wire.MessageTypes;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.shareddata.LocalMap;
import java.util.Objects;
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

  private @Nullable TcpServer server;
  private @Nullable BusApi bus;

  public TcpVerticle() {}

  @Override
  public Future<?> start() {
    return vertx
        .executeBlocking(() -> TcpServiceOptions.parse(config())) // reads files
        .compose(this::serve);
  }

  @Override
  public Future<?> stop() {
    BusApi api = bus;
    TcpServer serving = server;
    Future<Void> silent = api == null ? Future.succeededFuture() : api.stop();
    return serving == null ? silent : silent.eventually(serving::close);
  }

  private Future<Void> serve(TcpServiceOptions options) {
    TcpServer created = TcpServer.create(vertx, serverOptions(options));
    server = created;
    PublishSubscribe.addTo(created);
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
    return BusApi.start(created, vertx.eventBus())
        .onSuccess(api -> bus = api)
        .compose(api -> created.listen(options.bind(), options.port()))
        .map(
            port -> {
              announce(options, port);
              return null;
            });
  }

  private static TcpServerOptions serverOptions(TcpServiceOptions options) {
    TcpServerOptions made =
        new TcpServerOptions()
            .dialect(options.dialect())
            .limits(options.limits())
            .maximumConnections(
                options.maximumConnections(), options.maximumConnectionsPerAddress())
            .connectsPerSecond(options.connectsPerSecond())
            .maximumSubscriptionsPerPeer(options.maximumSubscriptions())
            .failures(
                options.failuresPerConnection(),
                options.failuresPerAddress(),
                options.failureWindowMillis())
            .logger(LOG);
    String secret = options.secret();
    if (secret != null) {
      AuthPlugin auth =
          SharedSecret.of(
              secret, options.dialect(), options.windowSeconds(), options.rememberedMessages());
      made.auth(auth);
    }
    ServerSSLOptions tls = options.tls();
    return tls == null ? made : made.tls(tls);
  }

  private void announce(TcpServiceOptions options, int port) {
    String uri = options.uri(port);
    LOG.info("listens on {}, dialect {}", uri, options.dialect().id());
    String deployment = config().getString(DEPLOYMENT);
    if (deployment != null) {
      LocalMap<String, String> bound =
          vertx.sharedData().getLocalMap("culvert.listeners." + deployment);
      bound.put(uri, deploymentID());
    }
  }
}
