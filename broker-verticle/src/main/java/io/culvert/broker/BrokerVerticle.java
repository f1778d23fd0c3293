package io.culvert.broker;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;

/**
 * The MQTT broker as a verticle: its configuration is that of {@link BrokerOptions}. Deployed when
 * all listeners are bound; undeployed when all clients were told and closed.
 *
 * <p>If the configuration has a text {@code deployment}, the addresses that are bound become keys
 * of the local map {@code culvert.listeners.<deployment>}.
 */
public final class BrokerVerticle extends VerticleBase {
  private static final String DEPLOYMENT = "deployment";

  private final BrokerPlugins plugins;
  private final List<MqttBroker> brokers = new ArrayList<>(1);

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
        .onSuccess(this::announce);
  }

  @Override
  public Future<?> stop() {
    return Future.all(brokers.stream().map(MqttBroker::close).toList());
  }

  private Future<List<ListenerOptions>> listen(BrokerOptions options, List<String> seen) {
    MqttBroker broker = MqttBroker.create(context, options, plugins);
    brokers.add(broker);
    SecurityFiles.watch(
        vertx, config(), plugins.names(), broker, options.auth().reloadSeconds(), seen);
    return vertx
        .executeBlocking(() -> Certificates.look(options))
        .compose(
            certificates ->
                broker
                    .listen()
                    .onSuccess(bound -> Certificates.watch(vertx, options, broker, certificates)));
  }

  private void announce(List<ListenerOptions> bound) {
    String deployment = config().getString(DEPLOYMENT);
    if (deployment != null) {
      for (ListenerOptions listener : bound) {
        vertx
            .sharedData()
            .<String, String>getLocalMap("culvert.listeners." + deployment)
            .put(listener.uri(), deploymentID());
      }
    }
  }
}
