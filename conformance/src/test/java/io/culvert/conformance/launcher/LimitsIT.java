package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import io.culvert.conformance.badinput.BadInput;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of what one client may do, and of a listener, as they are set or are unless set. */
class LimitsIT {
  private static final int LIMIT_SECONDS = 60;

  /** A hundred at once, and the others a hundred in a second. */
  private static final int MESSAGES = 220;

  private static final String CONFIGURATION =
      """
      mqtt:
        listeners:
          - {port: 0}
          - {port: 0, max-connections: 1}
      limits: {messages-per-second: 100}
      """;

  @TempDir Path folder;
  private JarProcess culvert;
  private URI general;
  private URI single;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(folder.resolve("culvert.yaml"), CONFIGURATION);
    culvert = JarProcess.culvert(folder, "run", "--ephemeral");
    String[] words = culvert.firstLine().split(" ");
    general = URI.create(words[1]);
    single = URI.create(words[2]);
  }

  @AfterEach
  void stop() throws Exception {
    assertThat(culvert.signal("TERM")).isZero();
    culvert.close();
  }

  @Test
  void clientThatSendsTooFastIsSlowedAndLosesNothing() throws Exception {
    Mqtt5BlockingClient subscriber = client();
    Mqtt5BlockingClient publisher = client();
    try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
        subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
      subscriber.subscribeWith().topicFilter("t").qos(MqttQos.AT_LEAST_ONCE).send();
      long start = System.nanoTime();
      List<CompletableFuture<Mqtt5PublishResult>> sent = new ArrayList<>();
      for (int i = 0; i < MESSAGES; i++) {
        byte[] payload = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
        sent.add(
            publisher
                .toAsync()
                .publishWith()
                .topic("t")
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(payload)
                .send());
      }
      for (CompletableFuture<Mqtt5PublishResult> each : sent) {
        assertThat(each.get(LIMIT_SECONDS, TimeUnit.SECONDS).getError()).isEmpty();
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      assertThat(millis).isGreaterThanOrEqualTo(1000);
      for (int i = 0; i < MESSAGES; i++) {
        var next = publishes.receive(LIMIT_SECONDS, TimeUnit.SECONDS).orElseThrow();
        assertThat(next.getPayloadAsBytes())
            .asString(StandardCharsets.UTF_8)
            .isEqualTo(Integer.toString(i));
      }
    }
    publisher.disconnect();
    subscriber.disconnect();
  }

  @Test
  void connectionBeyondThoseOfTheListenerIsClosedAndTheOthersAreServed() throws Exception {
    try (RawConnection first = RawConnection.connected(single, 5, "first");
        RawConnection second = RawConnection.open(single);
        RawConnection elsewhere = RawConnection.connected(general, 5, "elsewhere")) {
      assertThat(second.nextPacket()).isNull();
      for (RawConnection served : List.of(first, elsewhere)) {
        served.send(Hex.publishQos1(5, "t", 7, new byte[0]));
        assertThat(served.expectPacket()).startsWith(0x40, 0x03, 0x00, 0x07);
      }
    }
  }

  @Test
  @BadInput(22)
  void moreThanSixtyFourUserPropertiesAreRefusedUnlessItIsSet() throws Exception {
    try (RawConnection client = RawConnection.connected(general, 5, "many")) {
      client.send(publish("c003", 64));
      assertThat(client.expectPacket()).startsWith(0x40, 0x03, 0x00, 0x07);
      client.send(publish("c703", 65));
      assertThat(client.expectPacket()).startsWith(0xe0).contains(0x97);
      assertThat(client.nextPacket()).isNull();
    }
  }

  private static byte[] publish(String length, int userProperties) {
    byte[] properties = Hex.bytes(length + "26000161000162".repeat(userProperties));
    return Hex.packet(0x32, Hex.string("t"), Hex.id(7), properties);
  }

  private Mqtt5BlockingClient client() {
    Mqtt5BlockingClient client =
        MqttClient.builder()
            .useMqttVersion5()
            .serverHost(general.getHost())
            .serverPort(general.getPort())
            .buildBlocking();
    client.connect();
    return client;
  }
}
