package io.culvert.rpc;

import io.culvert.client.MqttClientOptions;
import io.culvert.client.ReconnectOptions;
import io.culvert.rpc.config.RpcServiceOptions;
import io.culvert.rpc.protocol.PayloadRules;
import io.culvert.runtime.bus.CulvertMqtt;
import io.culvert.runtime.bus.MqttAdmin;
import io.culvert.runtime.metrics.PartMetrics;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Device RPC as a verticle: its configuration is that of {@link RpcServiceOptions}, and others
 * reach it at {@link io.culvert.runtime.bus.RpcAddresses}. Several may be deployed, also on several
 * nodes: the event bus gives each request to one of them.
 */
public final class DeviceRpcVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.rpc");

  private @Nullable RpcClient client;
  private @Nullable RpcBusApi api;
  private @Nullable PersistentBusApi persistent;
  private Runnable hideMetrics = () -> {};

  public DeviceRpcVerticle() {}

  @Override
  public Future<?> start() {
    return vertx
        .executeBlocking(() -> RpcServiceOptions.parse(config())) // reads files
        .compose(this::serve)
        .recover(failure -> stop().transform(stopped -> Future.failedFuture(failure)));
  }

  @Override
  public Future<?> stop() {
    hideMetrics.run();
    RpcBusApi served = api;
    RpcClient open = client;
    PersistentBusApi kept = persistent;
    Future<Void> silent = served == null ? Future.succeededFuture() : served.stop();
    Future<Void> quiet = kept == null ? silent : silent.eventually(kept::stop);
    return open == null ? quiet : quiet.eventually(open::close);
  }

  private Future<Void> serve(RpcServiceOptions options) {
    RpcClient created = RpcClient.create(vertx, clientOptions(options), links(options));
    client = created;
    created
        .connect() // a broker that is not there yet is waited for, and requests with it
        .onFailure(failure -> LOG.error("no broker: {}", failure.getMessage()));
    MqttAdmin admin = options.broker() == null ? CulvertMqtt.create(vertx).admin() : null;
    DeviceDirectory directory = new DeviceDirectory(options.maximumDevices());
    RpcMetrics metrics = new RpcMetrics(directory);
    hideMetrics = PartMetrics.show(vertx, RpcMetrics.TABLE, metrics);
    PresenceWatch presence = new PresenceWatch(vertx, created, directory);
    presence.onOnline(this::isOnline);
    if (options.broker() != null) {
      presence.startOnce();
    } // else it is a client of the broker that nobody has asked for, until somebody does
    return PersistentBusApi.start(vertx, created, options, metrics, presence::startOnce)
        .onSuccess(started -> persistent = started)
        .compose(
            started ->
                RpcBusApi.start(
                    created, vertx.eventBus(), directory, metrics, admin, presence::startOnce))
        .map(
            started -> {
              api = started;
              LOG.info(
                  "serves requests to devices as {} over {}",
                  options.tag(),
                  options.broker() == null ? "the event bus" : options.broker());
              return null;
            });
  }

  /** What waits for a device is tried when that says that it is there. */
  private void isOnline(String tag) {
    PersistentBusApi waiting = persistent;
    if (waiting != null) {
      waiting.online(tag);
    }
  }

  private static RpcClientOptions clientOptions(RpcServiceOptions options) {
    return RpcClientOptions.of(options.tag())
        .withNamespace(options.namespace())
        .withTimeoutMillis(options.timeoutMillis())
        .withQos(options.qos())
        .withMaximumCalls(options.maximumCalls())
        .withPlainResponses(options.perCall() ? PlainResponses.PER_CALL : PlainResponses.PER_TARGET)
        .withTargets(options.maximumTargets(), options.targetIdleMillis())
        .withRules(PayloadRules.DEFAULT.withMaximumBytes(options.maximumPayloadBytes()));
  }

  private Supplier<RpcLink> links(RpcServiceOptions options) {
    String broker = options.broker();
    if (broker == null) {
      return () -> BusLink.create(vertx);
    }
    MqttClientOptions mqtt =
        new MqttClientOptions()
            .setAddresses(broker)
            .setClientId(options.tag())
            .setSessionExpirySeconds(0)
            .setReconnect(ReconnectOptions.defaults().withRetryFirst(true));
    String user = options.user();
    String password = options.password();
    String authority = options.authority();
    if (user != null) {
      mqtt.setUserName(user);
    }
    if (password != null) {
      mqtt.setPassword(password);
    }
    if (authority != null) {
      mqtt.setTls(
          new ClientSSLOptions().setTrustOptions(new PemTrustOptions().addCertPath(authority)));
    }
    return () -> MqttLink.create(vertx, mqtt, /* mqtt5= */ true);
  }
}
