package io.culvert.broker;

import io.culvert.broker.bus.BusApi;
import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.culvert.broker.config.MetricsOptions;
import io.culvert.store.Store;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.shareddata.LocalMap;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MQTT broker as a verticle: its configuration is that of {@link BrokerOptions}. Deployed when
 * all listeners are bound; undeployed when all clients were told and closed.
 *
 * <p>If the configuration has a text {@code deployment}, the addresses that are bound become keys
 * of the local map {@code culvert.listeners.<deployment>}; also that of the metrics, see {@link
 * MetricsOptions}. Sorted by its values, it has the listeners in the order of the configuration,
 * and what is no listener of MQTT behind them.
 */
public final class BrokerVerticle extends VerticleBase {
  private static final Logger AUDIT = LoggerFactory.getLogger("culvert.audit");
  private static final String DEPLOYMENT = "deployment";

  private final BrokerPlugins plugins;
  private final List<MqttBroker> brokers = new ArrayList<>(1);
  private @Nullable Store store;
  private @Nullable BusApi bus;
  private @Nullable MetricsServer metrics;
  private boolean stopping;

  public BrokerVerticle() {
    this(BrokerPlugins.NONE);
  }

  /** With plug-ins of an application that deploys it. */
  public BrokerVerticle(BrokerPlugins plugins) {
    this.plugins = plugins;
  }

  @Override
  public Future<?> start() {
    return vertx
        .executeBlocking(() -> SecurityFiles.look(config()))
        .compose(
            seen ->
                vertx
                    .executeBlocking(
                        () -> BrokerOptions.parse(config(), plugins.names())) // reads files
                    .compose(options -> listen(options, seen)))
        .onSuccess(
            bound -> {
              announce("listener", bound.stream().map(ListenerOptions::uri).toList());
              AUDIT
                  .atInfo()
                  .addKeyValue("version", version())
                  .addKeyValue(
                      "listeners",
                      bound.stream().map(ListenerOptions::uri).collect(Collectors.joining(" ")))
                  .log("started");
            });
  }

  @Override
  public Future<?> stop() {
    AUDIT.atInfo().addKeyValue("version", version()).log("stops");
    stopping = true;
    MetricsServer watched = metrics;
    BusApi open = bus;
    Future<?> silent = open == null ? Future.succeededFuture() : open.stop();
    Future<?> closed =
        silent
            .eventually(() -> Future.join(brokers.stream().map(MqttBroker::end).toList()))
            .eventually(this::closeStore);
    return watched == null ? closed : closed.eventually(watched::close);
  }

  /** From the jar's manifest; class folders have none. */
  static String version() {
    String version = BrokerVerticle.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private Future<List<ListenerOptions>> listen(BrokerOptions options, List<String> seen) {
    return vertx
        .executeBlocking(() -> KeptMessages.open(options.store()))
        .compose(
            opened -> {
              store = opened.store();
              return listen(options, seen, opened.store())
                  .recover(
                      failure -> closeStore().transform(closed -> Future.failedFuture(failure)));
            });
  }

  private Future<Void> closeStore() {
    Store open = store;
    store = null;
    return open == null
        ? Future.succeededFuture()
        : vertx.executeBlocking(
            () -> {
              open.close();
              return null;
            });
  }

  private Future<List<ListenerOptions>> listen(
      BrokerOptions options, List<String> seen, @Nullable Store opened) {
    MqttBroker broker = MqttBroker.create(context, options, plugins, opened);
    brokers.add(broker);
    SecurityFiles files =
        SecurityFiles.watch(vertx, config(), plugins.names(), broker, options.auth(), seen);
    return vertx
        .executeBlocking(() -> CertificateWatch.look(options))
        .compose(
            certificates ->
                KeptMessages.recover(broker)
                    .compose(done -> listenForMetrics(broker))
                    .compose(done -> serveEventBus(broker, files, options))
                    .compose(done -> broker.listen())
                    .onSuccess(
                        bound -> CertificateWatch.watch(vertx, options, broker, certificates)))
        .recover(failure -> closed(broker).transform(done -> Future.failedFuture(failure)));
  }

  /** Vert.x stops no verticle that has not started. */
  private Future<Void> closed(MqttBroker broker) {
    MetricsServer watched = metrics;
    Future<Void> closed = broker.close();
    return watched == null ? closed : closed.eventually(watched::close);
  }

  private Future<Void> serveEventBus(
      MqttBroker broker, SecurityFiles files, BrokerOptions options) {
    if (!options.eventBus().enabled()) {
      return Future.succeededFuture();
    }
    BusApi api =
        BusApi.create(
            vertx,
            broker.busHost(dryRun -> dryRun ? files.check() : files.reload()),
            options.eventBus());
    bus = api;
    return api.start();
  }

  private Future<Void> listenForMetrics(MqttBroker broker) {
    MetricsOptions wanted = MetricsOptions.parse(config());
    return wanted == null
        ? Future.succeededFuture()
        : MetricsServer.listen(
                vertx,
                wanted,
                broker::readings,
                () -> !stopping && broker.isReady() && broker.isStoreReady())
            .onSuccess(
                server -> {
                  metrics = server;
                  announce("metrics", List.of(server.uri(wanted)));
                })
            .mapEmpty();
  }

  private void announce(String what, List<String> addresses) {
    String deployment = config().getString(DEPLOYMENT);
    if (deployment != null) {
      LocalMap<String, String> bound =
          vertx.sharedData().getLocalMap("culvert.listeners." + deployment);
      for (int i = 0; i < addresses.size(); i++) {
        bound.put(addresses.get(i), "%s %05d".formatted(what, i));
      }
    }
  }
}
