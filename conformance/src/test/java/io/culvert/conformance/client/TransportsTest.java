package io.culvert.conformance.client;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.failure;
import static io.culvert.client.Awaited.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.config.ScramFile;
import io.culvert.client.MqttAuthentication;
import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientFailure;
import io.culvert.client.MqttClientOptions;
import io.culvert.client.ReceivedMessage;
import io.culvert.engine.Bytes;
import io.culvert.engine.testkit.SelfSigned;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.auth.ScramCredential;
import io.culvert.mqtt.wire.QoS;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that bytes travel over, and all ways to log in. */
class TransportsTest {
  private static final int TLS = 1;
  private static final int WEB_SOCKET = 2;
  private static final int WEB_SOCKET_TLS = 3;

  @TempDir static Path folder;
  private static InProcessBroker broker;
  private Vertx vertx;

  @BeforeAll
  static void startBroker() throws Exception {
    SelfSigned.write(folder, "server", "localhost");
    SelfSigned.write(folder, "client", "client");
    ScramCredential credential = ScramCredential.derive("pencil", Bytes.wrap(new byte[16]), 4096);
    Files.writeString(folder.resolve("scram"), ScramFile.line("ann", credential));
    broker =
        InProcessBroker.start(
            new JsonObject(),
            new JsonObject()
                .put("chain", new JsonArray().add("scram").add("anonymous"))
                .put("anonymous", true)
                .put("scram-file", folder.resolve("scram").toString()),
            new JsonObject().put("port", 0),
            tls()
                .put("client-certificates", "optional")
                .put("client-authority", file("client.pem")),
            new JsonObject().put("port", 0).put("type", "websocket"),
            tls().put("type", "websocket").put("path", "/own"),
            new JsonObject().put("type", "unix").put("socket", file("s")));
  }

  @AfterAll
  static void stopBroker() throws Exception {
    broker.close();
  }

  @BeforeEach
  void startVertx() {
    vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  }

  @AfterEach
  void stopVertx() throws Exception {
    await(vertx.close());
  }

  @Test
  void tcp() throws Exception {
    roundTrip(options("mqtt://localhost:" + broker.port(0)));
  }

  @Test
  void tlsWithAClientCertificate() throws Exception {
    roundTrip(
        options("mqtts://localhost:" + broker.port(TLS))
            .setTls(
                trusting()
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setCertPath(file("client.pem"))
                            .setKeyPath(file("client.key")))));
  }

  @Test
  void anUnknownCertificateFailsTheConnect() throws Exception {
    var failed =
        failure(
            MqttClient.create(vertx, options("mqtts://localhost:" + broker.port(TLS))).connect());
    assertThat(failed.failure()).isEqualTo(MqttClientFailure.CONNECT_FAILED);
    assertThat(failed).hasMessageContaining("mqtts://localhost");
  }

  @Test
  void aCertificateOfAnotherHostFailsTheConnect() throws Exception {
    MqttClientOptions wrongName =
        options("mqtts://127.0.0.2:" + broker.port(TLS)).setTls(trusting());
    assertThat(failure(MqttClient.create(vertx, wrongName).connect()).failure())
        .isEqualTo(MqttClientFailure.CONNECT_FAILED);
  }

  @Test
  void webSocket() throws Exception {
    roundTrip(
        options("ws://localhost:" + broker.port(WEB_SOCKET))
            .setWebSocketHeaders(Map.of("X-Toy", "1")));
  }

  @Test
  void webSocketWithTlsAndAPathOfItsOwn() throws Exception {
    roundTrip(
        options("wss://localhost:" + broker.port(WEB_SOCKET_TLS) + "/own").setTls(trusting()));
  }

  @Test
  void unixSocket() throws Exception {
    roundTrip(options("unix:" + file("s")));
  }

  @Test
  void theNextAddressIsTriedWhereNobodyListens() throws Exception {
    roundTrip(options("mqtt://localhost:1", "mqtt://localhost:" + broker.port(0)));
  }

  @Test
  @Scenario(74)
  void scram() throws Exception {
    MqttClientOptions options =
        options("mqtt://localhost:" + broker.port(0))
            .setAuthentication(MqttAuthentication.scramSha256("ann", "pencil"));
    MqttClient client = roundTrip(options);
    await(client.reauthenticate());
  }

  @Test
  void scramWithAWrongPasswordIsRefused() throws Exception {
    MqttClientOptions options =
        options("mqtt://localhost:" + broker.port(0))
            .setAuthentication(MqttAuthentication.scramSha256("ann", "wrong"));
    var refused = failure(MqttClient.create(vertx, options).connect());
    assertThat(refused.failure()).isEqualTo(MqttClientFailure.CONNECT_REFUSED);
    assertThat(refused).hasMessageContaining("user name or password is wrong");
  }

  private MqttClient roundTrip(MqttClientOptions options) throws Exception {
    MqttClient client = MqttClient.create(vertx, options);
    await(client.connect());
    BlockingQueue<ReceivedMessage> received = new LinkedBlockingQueue<>();
    await(client.subscribe("t", QoS.EXACTLY_ONCE, received::add));
    String large = "x".repeat(200_000);
    await(client.publish("t", large, QoS.EXACTLY_ONCE));
    assertThat(next(received).payloadAsText()).isEqualTo(large);
    return client;
  }

  private static MqttClientOptions options(String... addresses) {
    return new MqttClientOptions().setAddresses(addresses);
  }

  private static ClientSSLOptions trusting() {
    ClientSSLOptions options = new ClientSSLOptions();
    options.setTrustOptions(new PemTrustOptions().addCertPath(file("server.pem")));
    return options;
  }

  private static JsonObject tls() {
    return new JsonObject()
        .put("port", 0)
        .put("certificate", file("server.pem"))
        .put("key", file("server.key"));
  }

  private static String file(String name) {
    return folder.resolve(name).toString();
  }
}
