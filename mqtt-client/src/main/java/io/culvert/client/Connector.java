package io.culvert.client;

import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.runtime.driver.Application;
import io.culvert.runtime.driver.EngineClient;
import io.culvert.runtime.driver.Shard;
import io.vertx.core.Future;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.SocketAddress;

/** Opens the network connection to a server, whatever it travels over. */
final class Connector {
  private static final String SUBPROTOCOL = "mqtt"; // [MQTT5-6.0.0-3]

  private final MqttClientOptions options;
  private final EngineClient client;

  Connector(Shard shard, MqttClientOptions options) {
    this.options = options;
    this.client =
        EngineClient.create(
            shard,
            new NetClientOptions()
                .setConnectTimeout(timeoutMillis(options))
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true));
  }

  Future<ClientConnection> connect(
      ServerAddress to, Application<ClientEvent, ClientConnection> application) {
    return to.transport().isWebSocket()
        ? client.connect(webSocket(to), application)
        : client.connect(socket(to), application);
  }

  Future<Void> close() {
    return client.close();
  }

  private ConnectOptions socket(ServerAddress to) {
    SocketAddress address =
        to.transport() == ServerAddress.Transport.UNIX
            ? SocketAddress.domainSocketAddress(to.host())
            : SocketAddress.inetSocketAddress(to.port(), to.host());
    ConnectOptions connect =
        new ConnectOptions()
            .setRemoteAddress(address)
            .setTimeout(timeoutMillis(options))
            .setSsl(to.transport().isTls());
    if (to.transport().isTls()) {
      connect.setSslOptions(options.tls());
    }
    return connect;
  }

  private WebSocketConnectOptions webSocket(ServerAddress to) {
    WebSocketConnectOptions connect = new WebSocketConnectOptions();
    connect
        .setHost(to.host())
        .setPort(to.port())
        .setURI(to.path())
        .setConnectTimeout(timeoutMillis(options));
    connect.setTimeout(timeoutMillis(options)).setSsl(to.transport().isTls());
    if (to.transport().isTls()) {
      connect.setSslOptions(options.tls());
    }
    options.webSocketHeaders().forEach(connect::addHeader);
    return connect.addSubProtocol(SUBPROTOCOL);
  }

  private static int timeoutMillis(MqttClientOptions options) {
    return (int) Math.min(options.connectTimeoutMillis(), Integer.MAX_VALUE);
  }
}
