package io.culvert.broker;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;

/** Placeholder: binds the listeners and closes every connection. */
public final class BrokerVerticle extends VerticleBase {
  @Override
  public Future<?> start() {
    BrokerOptions options = BrokerOptions.parse(config());
    List<Future<?>> bound = new ArrayList<>();
    for (ListenerOptions listener : options.listeners()) {
      bound.add(listen(listener));
    }
    return Future.all(bound);
  }

  private Future<?> listen(ListenerOptions listener) {
    NetServerOptions options =
        new NetServerOptions().setHost(listener.bind()).setPort(listener.port());
    String registry = "culvert.listeners." + config().getString("deployment", "none");
    return vertx
        .createNetServer(options)
        .connectHandler(NetSocket::close)
        .listen()
        .onSuccess(
            server ->
                vertx
                    .sharedData()
                    .<String, String>getLocalMap(registry)
                    .put(listener.withPort(server.actualPort()).uri(), deploymentID()));
  }
}
