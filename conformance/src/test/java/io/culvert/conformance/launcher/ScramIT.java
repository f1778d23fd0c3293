package io.culvert.conformance.launcher;

import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_0_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_0_5;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_1_2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.MqttClientStateException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import io.culvert.mqtt.Normative;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SCRAM-SHA-256 as users do it: {@code culvert scram} makes the file, {@code culvert run} reads it,
 * and another vendor's client proves who it is.
 */
class ScramIT {
  private static final int LIMIT_SECONDS = 60;

  @TempDir Path folder;
  private final List<Mqtt5AsyncClient> clients = new ArrayList<>();
  private JarProcess culvert;
  private URI mqtt;

  @BeforeEach
  void start() throws Exception {
    try (JarProcess scram = JarProcess.culvert(folder, "scram", "ann")) {
      assertThat(scram.input("pencil\n").exitCode()).isZero();
      Files.writeString(folder.resolve("users.scram"), scram.out());
    }
    culvert =
        JarProcess.culvert(
            folder,
            "run",
            "--port",
            "0",
            "--ws-port",
            "0",
            "--ephemeral",
            "--set",
            "auth.scram-file=users.scram");
    mqtt = URI.create(culvert.firstLine().split(" ")[1]);
  }

  @AfterEach
  void stop() throws Exception {
    for (Mqtt5AsyncClient client : clients) {
      if (client.getState().isConnected()) {
        Throwable failure = failure(client.disconnect());
        if (failure != null) { // it has ended at this moment
          assertThat(failure).isInstanceOf(MqttClientStateException.class);
        }
      }
    }
    assertThat(culvert.signal("TERM")).isZero();
    assertThat(culvert.err()).doesNotContain("ERROR", "Exception", "pencil");
    culvert.close();
  }

  @Test
  @Normative({MQTT5_4_12_0_2, MQTT5_4_12_0_5})
  void clientAndServerProveThemselvesAndDoSoAgainWhileMessagesFlow() throws Exception {
    int count = 200;
    CountDownLatch arrived = new CountDownLatch(count);
    ConcurrentLinkedQueue<String> payloads = new ConcurrentLinkedQueue<>();
    Mqtt5AsyncClient client = client("c");
    client.publishes(
        MqttGlobalPublishFilter.ALL,
        publish -> {
          payloads.add(StandardCharsets.UTF_8.decode(publish.getPayload().get()).toString());
          arrived.countDown();
        });
    Mqtt5ConnAck connAck = get(connect(client, new HiveMqScram("ann", "pencil")));
    assertThat(connAck.getReasonCode()).isEqualTo(Mqtt5ConnAckReasonCode.SUCCESS);
    assertThat(connAck.getEnhancedAuth()).isPresent();

    get(client.subscribeWith().topicFilter("a").qos(MqttQos.AT_LEAST_ONCE).send());
    List<CompletableFuture<?>> steps = new ArrayList<>();
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sent.add("message " + i);
      steps.add(
          client
              .publishWith()
              .topic("a")
              .qos(MqttQos.AT_LEAST_ONCE)
              .payload(sent.get(i).getBytes(StandardCharsets.UTF_8))
              .send());
      if (i == count / 2) {
        steps.add(client.reauth());
      }
    }
    for (CompletableFuture<?> step : steps) {
      get(step);
    }
    assertThat(arrived.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(payloads).containsExactlyElementsOf(sent);
    get(client.reauth());
  }

  @Test
  @Normative(MQTT5_4_12_0_4)
  void wrongPasswordIsRefused() {
    for (String user : List.of("ann", "nobody")) {
      Throwable failure = failure(connect(client("c"), new HiveMqScram(user, "pencil2")));
      assertThat(failure)
          .isInstanceOfSatisfying(
              Mqtt5ConnAckException.class,
              refused -> {
                Mqtt5ConnAck connAck = refused.getMqttMessage();
                assertThat(connAck.getReasonCode())
                    .isEqualTo(Mqtt5ConnAckReasonCode.NOT_AUTHORIZED);
                assertThat(connAck.getReasonString())
                    .hasToString("Optional[user name or password is wrong]");
              });
    }
  }

  @Test
  @Normative(MQTT5_4_12_1_2)
  void failedReauthenticationEndsTheConnection() throws Exception {
    Mqtt5AsyncClient client = client("c");
    HiveMqScram scram = new HiveMqScram("ann", "pencil");
    get(connect(client, scram));
    scram.password("pencil2");
    assertThat(failure(client.reauth()))
        .isInstanceOfSatisfying(
            Mqtt5DisconnectException.class,
            ended ->
                assertThat(ended.getMqttMessage().getReasonCode())
                    .isEqualTo(Mqtt5DisconnectReasonCode.NOT_AUTHORIZED));
  }

  @Test
  void fileThatIsMalformedStopsTheStart() throws Exception {
    Files.writeString(folder.resolve("other.scram"), "# users\nann:pencil\n");
    try (JarProcess other =
        JarProcess.culvert(folder, "run", "--set", "auth.scram-file=other.scram")) {
      assertThat(other.exitCode()).isEqualTo(2);
      assertThat(other.err())
          .contains("other.scram:2: auth.scram-file: is not of the form")
          .doesNotContain("pencil");
    }
  }

  private Mqtt5AsyncClient client(String clientId) {
    Mqtt5AsyncClient client =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(clientId)
            .serverHost(mqtt.getHost())
            .serverPort(mqtt.getPort())
            .buildAsync();
    clients.add(client);
    return client;
  }

  private static CompletableFuture<Mqtt5ConnAck> connect(
      Mqtt5AsyncClient client, HiveMqScram scram) {
    return client.connectWith().cleanStart(true).enhancedAuth(scram).send();
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  private static Throwable failure(CompletableFuture<?> future) {
    Throwable thrown = catchThrowable(() -> get(future));
    return thrown instanceof ExecutionException ? thrown.getCause() : thrown;
  }
}
