package io.culvert.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.raw.Bystander;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Scene;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Legal bytes in bad faith, and bytes that are not MQTT at all: whatever the answer, there is one
 * or a close, and a bystander does not notice.
 */
@BlackBox
class HostileClientIT {

  private static final byte[] PINGREQ = Hex.bytes("c000");
  private static final byte[] PINGRESP = Hex.bytes("d000");
  private static final int LONGEST_STRING = 65_535;

  private Bystander bystander;
  private Scene scene;

  @BeforeEach
  void join(Scene newScene) throws IOException {
    scene = newScene;
    bystander =
        scene.own(
            Bystander.join(
                scene.broker().mqtt(), scene.clientId("bystander"), scene.topic("bystander")));
  }

  @AfterEach
  void bystanderIsUndisturbed() throws IOException {
    bystander.assertUndisturbed();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../../etc/passwd", "%00", "#", "+/#", ">", "a\r\nb", "'; --", "$SYS", "*"})
  void anyTextIsAClientIdentifierAndNothingElse(String text) throws IOException {
    String clientId = scene.clientId(text);
    String topic = scene.topic("t");
    RawConnection odd = scene.own(RawConnection.open(scene.broker().mqtt()));
    odd.send(Hex.connect(5, clientId));
    byte[] connAck = odd.expectPacket();
    assertThat(connAck[0]).isEqualTo((byte) 0x20);
    if (connAck[3] == 0) {
      odd.send(Hex.joined(Hex.subscribe(5, topic, 0), Hex.publish(5, topic, new byte[] {'x'})));
      assertThat(odd.expectPacket()[0]).as("SUBACK").isEqualTo((byte) 0x90);
      assertThat(odd.expectPacket()).isEqualTo(Hex.publish(5, topic, new byte[] {'x'}));
    }
  }

  @Test
  void theLongestClientIdentifierIsAnswered() throws IOException {
    RawConnection connection = scene.own(RawConnection.open(scene.broker().mqtt()));
    connection.send(Hex.connect(5, "x".repeat(LONGEST_STRING)));
    assertThat(connection.expectPacket()[0]).as("CONNACK").isEqualTo((byte) 0x20);
  }

  @Test
  void topicsWithTensOfThousandsOfLevelsAreAnswered() throws IOException {
    String deep = "a/".repeat(LONGEST_STRING / 2);
    for (byte[] packet :
        List.of(
            Hex.publishQos1(5, deep, 7, new byte[] {'x'}),
            Hex.publishQos1(5, "/".repeat(LONGEST_STRING), 7, new byte[] {'x'}),
            Hex.subscribe(5, "/".repeat(LONGEST_STRING), 1),
            Hex.subscribe(5, "+/".repeat(LONGEST_STRING / 2), 1),
            Hex.subscribe(5, deep + "#", 1))) {
      assertAnsweredOrClosed(packet);
    }
  }

  @Test
  void tensOfThousandsOfUserPropertiesAreAnswered() throws IOException {
    byte[] one = Hex.bytes("26 0001 61 0001 62");
    byte[] all = Hex.joined(Collections.nCopies(60_000, one).toArray(byte[][]::new));
    byte[] length = {(byte) (all.length & 0x7F | 0x80), (byte) (all.length >> 7 & 0x7F | 0x80), 0};
    length[2] = (byte) (all.length >> 14);
    assertAnsweredOrClosed(
        Hex.packet(0x32, Hex.string(scene.topic("t")), Hex.bytes("0007"), length, all));
  }

  @Test
  void tenThousandFiltersInOnePacketAreAnswered() throws IOException {
    List<byte[]> parts = new ArrayList<>(List.of(Hex.bytes("0007 00")));
    for (int i = 0; i < 10_000; i++) {
      parts.add(Hex.string(scene.topic("f/" + i)));
      parts.add(new byte[] {1});
    }
    assertAnsweredOrClosed(Hex.packet(0x82, parts.toArray(byte[][]::new)));
  }

  /** MQTT5-4.3.3-10: until PUBREL it is the same message, however often it is sent. */
  @Test
  void aThousandCopiesOfOneQos2PublishAreOneMessage() throws IOException {
    RawConnection connection = connected("copies");
    String topic = scene.topic("t");
    connection.send(Hex.subscribe(5, topic, 0));
    assertThat(connection.expectPacket()[0]).as("SUBACK").isEqualTo((byte) 0x90);
    for (int i = 0; i < 1_000; i++) {
      byte[] body = Hex.joined(Hex.string(topic), Hex.bytes("0007 00 78"));
      connection.send(Hex.packet(i == 0 ? 0x34 : 0x3C, body));
    }
    connection.send(PINGREQ);
    int received = 0;
    int publishes = 0;
    for (byte[] packet = connection.expectPacket();
        packet[0] != PINGRESP[0];
        packet = connection.expectPacket()) {
      received += packet[0] == 0x50 ? 1 : 0;
      publishes += packet[0] == 0x30 ? 1 : 0;
    }
    assertThat(received).as("PUBREC").isEqualTo(1_000);
    assertThat(publishes).as("deliveries").isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: here\r\n\r\n",
        "SSH-2.0-x\r\n",
        "\u0016\u0003\u0001\u0000\u00a5\u0001\u0000"
      })
  void anotherProtocolIsClosed(String bytes) throws IOException {
    RawConnection stranger = scene.own(RawConnection.open(scene.broker().mqtt()));
    stranger.send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    byte[] answer = stranger.nextPacket();
    if (answer != null) {
      assertThat(answer[0]).as("CONNACK").isEqualTo((byte) 0x20);
      assertThat(stranger.nextPacket()).as("closed").isNull();
    }
  }

  @Test
  void aHugeClaimBeforeConnectIsRefusedOnItsFirstBytes() throws IOException {
    for (String head : List.of("10 ffffff7f", "30 ffffff7f")) {
      RawConnection stranger = scene.own(RawConnection.open(scene.broker().mqtt()));
      stranger.send(Hex.bytes(head));
      byte[] answer = stranger.nextPacket();
      if (answer != null) {
        assertThat(answer[0]).as("CONNACK").isEqualTo((byte) 0x20);
        assertThat(stranger.nextPacket()).as("closed").isNull();
      }
    }
  }

  @Test
  void halfAConnectOnManyConnectionsHurtsNobody() throws IOException {
    byte[] connect = Hex.connect(5, scene.clientId("half"));
    for (int i = 0; i < 500; i++) {
      RawConnection half = scene.own(RawConnection.open(scene.broker().mqtt()));
      half.send(Arrays.copyOf(connect, connect.length / 2));
    }
  }

  /** 40 MB for a client that reads nothing: dropped, and the sender is served all the same. */
  @Test
  void aSubscriberThatNeverReadsHurtsNobody() throws IOException {
    String topic = scene.topic("t");
    RawConnection deaf = connected("deaf");
    deaf.send(Hex.subscribe(5, topic, 0));
    assertThat(deaf.expectPacket()[0]).as("SUBACK").isEqualTo((byte) 0x90);
    RawConnection sender = connected("sender");
    byte[] publish = Hex.publish(5, topic, new byte[20_000]);
    for (int i = 0; i < 2_000; i++) {
      sender.send(publish);
    }
    sender.send(PINGREQ);
    assertThat(sender.expectPacket()).isEqualTo(PINGRESP);
  }

  private void assertAnsweredOrClosed(byte[] packet) throws IOException {
    RawConnection connection = connected("bad");
    try {
      connection.send(packet);
      connection.send(PINGREQ);
    } catch (SocketException e) {
      return; // closed already
    }
    byte[] answer = connection.nextPacket();
    if (answer != null && answer[0] != (byte) 0xE0) {
      assertThat(connection.expectPacket()).isEqualTo(PINGRESP);
    }
    connection.close();
  }

  private RawConnection connected(String name) throws IOException {
    return scene.own(RawConnection.connected(scene.broker().mqtt(), 5, scene.clientId(name)));
  }
}
