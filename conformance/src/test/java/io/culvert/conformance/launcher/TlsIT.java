package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.culvert.engine.testkit.Programs;
import io.culvert.engine.testkit.SelfSigned;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS as operators set it up: files in PEM, other people's clients, and clients' certificates. */
class TlsIT {
  private static final int LIMIT_SECONDS = 60;

  private static final String CONFIGURATION =
      """
      mqtt:
        listeners:
          - {port: 0, certificate: server.pem, key: server.key}
          - {type: websocket, port: 0, certificate: server.pem, key: server.key}
          - {port: 0, certificate: server.pem, key: server.key,
             client-certificates: required, client-authority: device.pem,
             user-from-certificate: common-name}
      auth: {acl-file: acl, anonymous: true}
      """;

  @TempDir Path folder;
  private JarProcess culvert;
  private URI mqtts;
  private URI wss;
  private URI mutual;

  @BeforeEach
  void start() throws Exception {
    SelfSigned.write(folder, "server", "localhost");
    SelfSigned.write(folder, "device", "device");
    SelfSigned.write(folder, "stranger", "device");
    Files.writeString(folder.resolve("culvert.yaml"), CONFIGURATION);
    Files.writeString(
        folder.resolve("acl"), "topic t\nuser device\ntopic t\npattern write of/%u\n");
    culvert = JarProcess.culvert(folder, "run", "--ephemeral");
    String[] words = culvert.firstLine().split(" ");
    mqtts = URI.create(words[1]);
    wss = URI.create(words[2]);
    mutual = URI.create(words[3]);
  }

  @AfterEach
  void stop() throws Exception {
    assertThat(culvert.signal("TERM")).isZero();
    assertThat(culvert.err()).doesNotContain("ERROR");
    culvert.close();
  }

  @Test
  void readyLineNamesWhatClientsConnectTo() {
    assertThat(List.of(mqtts.getScheme(), wss.getScheme(), mutual.getScheme()))
        .containsExactly("mqtts", "wss", "mqtts");
  }

  @Test
  void messageGoesFromTlsToWebSocketOverTls() throws Exception {
    Programs.require("mosquitto_pub");
    Mqtt5BlockingClient subscriber =
        MqttClient.builder()
            .useMqttVersion5()
            .serverHost("localhost")
            .serverPort(wss.getPort())
            .webSocketConfig()
            .serverPath("mqtt")
            .applyWebSocketConfig()
            .sslConfig()
            .trustManagerFactory(Certificates.trusting(folder.resolve("server.pem")))
            .applySslConfig()
            .buildBlocking();
    subscriber.connect();
    try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
        subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
      subscriber.subscribeWith().topicFilter("t").qos(MqttQos.AT_LEAST_ONCE).send();
      assertThat(pub(mqtts, "--cafile", "server.pem")).isZero();
      byte[] payload =
          publishes.receive(LIMIT_SECONDS, TimeUnit.SECONDS).orElseThrow().getPayloadAsBytes();
      assertThat(payload).asString(StandardCharsets.UTF_8).isEqualTo("x");
    }
    subscriber.disconnect();
  }

  @Test
  void onlyClientsWithACertificateOfTheAuthorityAreLetInWhereItIsRequired() throws Exception {
    Programs.require("mosquitto_pub");
    assertThat(pub(mutual, "--cafile", "server.pem", "--cert", "device.pem", "--key", "device.key"))
        .isZero();
    assertThat(pub(mutual, "--cafile", "server.pem")).isNotZero();
    assertThat(
            pub(
                mutual,
                "--cafile",
                "server.pem",
                "--cert",
                "stranger.pem",
                "--key",
                "stranger.key"))
        .isNotZero();
  }

  @Test
  void certificateSaysWhichUserItIs() throws Exception {
    Programs.require("mosquitto_pub");
    String[] certificate = {
      "--cafile", "server.pem", "--cert", "device.pem", "--key", "device.key"
    };
    assertThat(publish(mutual, "of/device", certificate)).isEmpty();
    assertThat(publish(mutual, "of/other", certificate)).contains("Not authorized");
    assertThat(publish(mqtts, "of/device", "--cafile", "server.pem")).contains("Not authorized");
  }

  @Test
  void whoSpeaksNoTlsHurtsNobody() throws Exception {
    Programs.require("mosquitto_pub");
    for (String bytes : List.of("\20\r\0\4MQTT\4", "GET / HTTP/1.1\r\n\r\n")) {
      try (Socket plain = new Socket("127.0.0.1", mqtts.getPort())) {
        plain.setSoTimeout(LIMIT_SECONDS * 1000);
        plain.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        byte[] rest = plain.getInputStream().readAllBytes(); // an alert at most, then the end
        assertThat(rest.length).isLessThan(100);
      }
    }
    assertThat(pub(mqtts, "--cafile", "server.pem")).isZero();
  }

  @Test
  void filesThatAreNoCertificateStopTheStart() throws Exception {
    Files.writeString(folder.resolve("bad.pem"), "no certificate\n");
    Files.writeString(
        folder.resolve("bad.yaml"),
        "mqtt: {listeners: [{port: 0, certificate: bad.pem, key: server.key}]}");
    try (JarProcess other =
        JarProcess.culvert(folder, "run", "--ephemeral", "--config", "bad.yaml")) {
      assertThat(other.exitCode()).isNotZero();
      assertThat(other.err()).contains("culvert: ").containsIgnoringCase("certificate");
    }
  }

  private int pub(URI to, String... options) throws Exception {
    return start(to, "t", options).exitCode();
  }

  /** What mosquitto_pub says about it. */
  private String publish(URI to, String topic, String... options) throws Exception {
    return start(to, topic, options).text();
  }

  private MosquittoClient start(URI to, String topic, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("-h", "localhost", "-p", "" + to.getPort()));
    all.addAll(List.of("-V", "mqttv5", "-t", topic));
    all.addAll(List.of(options));
    return MosquittoClient.publish(folder, all.toArray(String[]::new));
  }
}
