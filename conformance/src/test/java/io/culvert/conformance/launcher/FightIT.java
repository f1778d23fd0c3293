package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import io.culvert.conformance.badinput.BadInput;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two clients of HiveMQ's library with one Client Identifier, both of which always come back. */
class FightIT {
  private static final int LIMIT_SECONDS = 60;

  /** Three, as it is set here, and the one that is too much. */
  private static final int TAKE_OVERS_OF_A_FIGHT = 4;

  @TempDir Path folder;

  private final BlockingQueue<Long> connected = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> reasons = new LinkedBlockingQueue<>();

  @BadInput(66)
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theFightIsDampedAndBothSidesAreToldWhy(int instances) throws Exception {
    List<Mqtt5AsyncClient> clients = new ArrayList<>();
    try (JarProcess culvert = start(instances)) {
      URI mqtt = URI.create(culvert.firstLine().split(" ")[1]);
      for (int i = 0; i < 2; i++) {
        Mqtt5AsyncClient client = client(mqtt, "same");
        clients.add(client);
        client.connect().get(LIMIT_SECONDS, TimeUnit.SECONDS);
      }
      String warning = culvert.lineWith("was taken over");
      assertThat(warning)
          .contains("WARN", "client same was taken over 4 times", "from /127.0.0.1:");
      await("connects again and again");
      List<Long> times = new ArrayList<>();
      connected.drainTo(times);
      while (times.size() < TAKE_OVERS_OF_A_FIGHT + 4) { // three more, 1 + 2 + 4 s apart
        Long next = connected.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        times.add(next);
      }
      long damped = times.get(TAKE_OVERS_OF_A_FIGHT + 3) - times.get(TAKE_OVERS_OF_A_FIGHT);
      assertThat(TimeUnit.NANOSECONDS.toMillis(damped)).isGreaterThanOrEqualTo(6500);
      clients.forEach(FightIT::leave);
      assertThat(culvert.signal("TERM")).isZero();
      assertThat(culvert.err().lines().filter(line -> line.contains("was taken over"))).hasSize(1);
    } finally {
      clients.forEach(FightIT::leave);
    }
  }

  @Test
  void aClientThatChangesItsNetworkIsNotHeldUp() throws Exception {
    try (JarProcess culvert = start(2)) {
      URI mqtt = URI.create(culvert.firstLine().split(" ")[1]);
      for (int i = 0; i < 3; i++) {
        MqttClient.builder()
            .useMqttVersion5()
            .identifier("phone")
            .serverHost(mqtt.getHost())
            .serverPort(mqtt.getPort())
            .buildAsync()
            .connect()
            .get(LIMIT_SECONDS, TimeUnit.SECONDS);
      }
      assertThat(culvert.signal("TERM")).isZero();
      assertThat(culvert.err()).as("whoever is held up is warned of").doesNotContain("WARN");
    }
  }

  private JarProcess start(int instances) throws Exception {
    return JarProcess.culvert(
        folder,
        "run",
        "--port",
        "0",
        "--ws-port",
        "0",
        "--ephemeral",
        "--instances",
        "" + instances,
        "--set",
        "limits.take-overs=3");
  }

  private Mqtt5AsyncClient client(URI mqtt, String clientId) {
    return MqttClient.builder()
        .useMqttVersion5()
        .identifier(clientId)
        .serverHost(mqtt.getHost())
        .serverPort(mqtt.getPort())
        .automaticReconnect()
        .initialDelay(20, TimeUnit.MILLISECONDS)
        .maxDelay(100, TimeUnit.MILLISECONDS)
        .applyAutomaticReconnect()
        .addConnectedListener(context -> connected.add(System.nanoTime()))
        .addDisconnectedListener(context -> ended(context.getCause()))
        .buildAsync();
  }

  private void ended(Throwable cause) {
    if (cause instanceof Mqtt5DisconnectException told) {
      Mqtt5Disconnect message = told.getMqttMessage();
      if (message.getReasonCode() == Mqtt5DisconnectReasonCode.SESSION_TAKEN_OVER) {
        message.getReasonString().ifPresent(reason -> reasons.add(reason.toString()));
      }
    }
  }

  private void await(String text) throws InterruptedException {
    String reason = "";
    while (reason != null && !reason.contains(text)) {
      reason = reasons.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
    assertThat(reason).isNotNull();
  }

  /** Its reconnecting ends with it. */
  private static void leave(Mqtt5AsyncClient client) {
    client.disconnect();
  }
}
