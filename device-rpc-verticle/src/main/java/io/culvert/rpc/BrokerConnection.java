package io.culvert.rpc;

import io.culvert.client.MqttClientOptions;
import io.culvert.client.ReconnectOptions;
import io.culvert.client.ServerAddress;
import io.culvert.mqtt.wire.MqttVersion;
import io.vertx.core.net.ClientSSLOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which MQTT server, and who one is there.
 *
 * @param port 1…65 535
 * @param userName null for none
 * @param password null for none; not shown by {@link #toString}
 * @param tls what to trust and to show; null without TLS
 * @param version MQTT 5 lets answers come by response topic, and messages expire with their
 *     deadline; a server that knows only MQTT 3.1.1 needs that
 */
public record BrokerConnection(
    String host,
    int port,
    @Nullable String userName,
    @Nullable String password,
    @Nullable ClientSSLOptions tls,
    MqttVersion version) {
  private static final int PORT = 1883;
  private static final int TLS_PORT = 8883;

  public BrokerConnection {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("the host has no name");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port);
    }
  }

  /** A server at the usual port, without login. */
  public static BrokerConnection of(String host) {
    return of(host, PORT);
  }

  public static BrokerConnection of(String host, int port) {
    return new BrokerConnection(host, port, null, null, null, MqttVersion.MQTT_5);
  }

  public BrokerConnection withLogin(String name, String secret) {
    return new BrokerConnection(host, port, name, secret, tls, version);
  }

  /** With TLS; port 1883 becomes 8883. */
  public BrokerConnection withTls(ClientSSLOptions options) {
    return new BrokerConnection(
        host, port == PORT ? TLS_PORT : port, userName, password, options, version);
  }

  public BrokerConnection withVersion(MqttVersion other) {
    return new BrokerConnection(host, port, userName, password, tls, other);
  }

  /**
   * As the MQTT client wants it; it comes back for ever. Its session ends with its connection: a
   * broker would have to store each request and answer for one that goes on, and what comes after
   * its deadline is worth nothing.
   */
  MqttClientOptions clientOptions(String clientId) {
    MqttClientOptions options =
        new MqttClientOptions()
            .setAddresses(
                List.of(
                    ServerAddress.of(
                        tls == null ? ServerAddress.Transport.TCP : ServerAddress.Transport.TLS,
                        host,
                        port)))
            .setVersion(version)
            .setClientId(clientId)
            .setSessionExpirySeconds(0)
            .setReconnect(ReconnectOptions.defaults());
    if (userName != null) {
      options.setUserName(userName);
    }
    if (password != null) {
      options.setPassword(password);
    }
    return tls == null ? options : options.setTls(tls);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "BrokerConnection["
        + (tls == null ? "mqtt://" : "mqtts://")
        + (userName == null ? "" : userName + "@")
        + host
        + ":"
        + port
        + ", "
        + version
        + "]";
  }
}
