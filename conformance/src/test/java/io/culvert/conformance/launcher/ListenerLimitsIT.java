package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAckReturnCode;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A listener with limits of its own beside one with those of the broker. */
class ListenerLimitsIT {
  private static final String CONFIGURATION =
      """
      limits: {connect-timeout-seconds: 1h}
      mqtt:
        listeners:
          - {port: 0}
          - {port: 0, versions: [5.0], packet-bytes: 1KiB, connect-timeout-seconds: 1}
          - {type: websocket, port: 0, packet-bytes: 2KiB}
      """;

  @TempDir Path folder;
  private JarProcess culvert;
  private URI general;
  private URI narrow;
  private URI webSocket;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(folder.resolve("culvert.yaml"), CONFIGURATION);
    culvert = JarProcess.culvert(folder, "run", "--ephemeral");
    String[] words = culvert.firstLine().split(" ");
    general = URI.create(words[1]);
    narrow = URI.create(words[2]);
    webSocket = URI.create(words[3]);
  }

  @AfterEach
  void stop() throws Exception {
    assertThat(culvert.signal("TERM")).isZero();
    culvert.close();
  }

  @Test
  void versionsAreThoseOfTheListener() {
    client3(general).connect();
    Mqtt3BlockingClient refused = client3(narrow);
    assertThat(catchThrowable(refused::connect))
        .isInstanceOfSatisfying(
            Mqtt3ConnAckException.class,
            failure ->
                assertThat(failure.getMqttMessage().getReturnCode())
                    .isEqualTo(Mqtt3ConnAckReturnCode.UNSUPPORTED_PROTOCOL_VERSION));
  }

  @Test
  void packetSizeThatIsAnnouncedIsThatOfTheListener() {
    assertThat(announcedBytes(general)).isEqualTo(2 * 1024 * 1024);
    assertThat(announcedBytes(narrow)).isEqualTo(1024);
    assertThat(announcedBytes(webSocket)).isEqualTo(2048);
  }

  @Test
  void packetThatIsTooLargeForTheListenerIsRefusedThereOnly() throws Exception {
    byte[] packet = Hex.publishQos1(5, "t", 7, new byte[1024]);
    try (RawConnection there = RawConnection.connected(narrow, 5, "there");
        RawConnection elsewhere = RawConnection.connected(general, 5, "elsewhere")) {
      there.send(packet);
      assertThat(there.expectPacket()).startsWith(0xe0).contains(0x95);
      elsewhere.send(packet);
      assertThat(elsewhere.expectPacket()).startsWith(0x40, 0x03, 0x00, 0x07);
    }
  }

  @Test
  void connectionWithoutConnectIsClosedInTheListenersTime() throws Exception {
    try (RawConnection silent = RawConnection.open(narrow)) {
      assertThat(silent.nextPacket()).isNull(); // the broker's own time is an hour
    }
  }

  private static long announcedBytes(URI uri) {
    var builder =
        MqttClient.builder().useMqttVersion5().serverHost(uri.getHost()).serverPort(uri.getPort());
    if (uri.getScheme().equals("ws")) {
      builder = builder.webSocketConfig().serverPath("mqtt").applyWebSocketConfig();
    }
    Mqtt5BlockingClient client = builder.buildBlocking();
    try {
      return client.connect().getRestrictions().getMaximumPacketSize();
    } finally {
      client.disconnect();
    }
  }

  private static Mqtt3BlockingClient client3(URI uri) {
    return MqttClient.builder()
        .useMqttVersion3()
        .serverHost(uri.getHost())
        .serverPort(uri.getPort())
        .buildBlocking();
  }
}
