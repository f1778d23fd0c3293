package io.culvert.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.conformance.peer.Message;
import io.culvert.conformance.peer.Peer;
import io.culvert.conformance.peer.PeerKind;
import io.culvert.conformance.peer.SessionKind;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Scene;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections end, and who takes their place. */
@BlackBox
class ConnectionLifeIT {

  private static final int SESSION_TAKEN_OVER = 0x8E;

  /** MQTT5-3.1.2-22, MQTT3-3.1.2-24: silence of one and a half keep-alive times. */
  @ParameterizedTest
  @CsvSource({"5,mqtt", "4,mqtt", "5,ws", "4,ws"})
  void aSilentClientIsClosedAndItsWillIsSent(int level, String scheme, Scene scene)
      throws IOException {
    Message will = Message.of(scene.topic("will"), "silent", 1);
    Peer watcher = scene.peer(PeerKind.HIVEMQ_5, "watcher");
    watcher.connect(SessionKind.CLEAN);
    watcher.subscribe(will.topic(), 1);
    RawConnection silent = scene.own(RawConnection.open(uri(scene, scheme)));
    silent.send(connectWithWill(level, scene.clientId("silent"), 1, will));
    assertThat(silent.expectPacket()[3]).as("CONNACK").isEqualTo((byte) 0);

    byte[] last = silent.nextPacket();

    assertThat(watcher.inbox().next()).isEqualTo(will);
    if (level == 5) {
      assertThat(last).startsWith(0xE0).hasSizeGreaterThan(2);
      assertThat(last[2]).as("Keep Alive timeout").isEqualTo((byte) 0x8D);
      assertThat(silent.nextPacket()).isNull();
    } else {
      assertThat(last).as("a close without a word").isNull();
    }
  }

  /** MQTT5-3.14.2-1: reason 0x04 asks for the will in spite of the DISCONNECT. */
  @ParameterizedTest
  @ValueSource(strings = {"mqtt", "ws"})
  void aDisconnectMayAskForTheWill(String scheme, Scene scene) throws IOException {
    Message will = Message.of(scene.topic("will"), "on request", 1);
    Peer watcher = scene.peer(PeerKind.PAHO_5, "watcher");
    watcher.connect(SessionKind.CLEAN);
    watcher.subscribe(will.topic(), 1);
    RawConnection device = scene.own(RawConnection.open(uri(scene, scheme)));
    device.send(connectWithWill(5, scene.clientId("device"), 60, will));
    device.expectPacket();
    device.send(Hex.bytes("e00104"));
    assertThat(device.nextPacket()).isNull();
    assertThat(watcher.inbox().next()).isEqualTo(will);
  }

  @ParameterizedTest
  @CsvSource({
    "HIVEMQ_3, MQTTJS_5_WS",
    "MQTTJS_3_WS, PAHO_5",
    "PAHO_5_WS, VERTX_3",
    "HIVEMQ_5, PAHO_3_WS",
    "VERTX_3, HIVEMQ_5_WS"
  })
  void aSessionMovesToAnotherVersionAndTransport(PeerKind before, PeerKind after, Scene scene) {
    Peer first = scene.peer(before, "same");
    first.connect(SessionKind.DURABLE);
    first.subscribe(scene.topic("t"), 2);

    Peer second = scene.peer(after, "same");
    assertThat(second.connect(SessionKind.DURABLE)).as("session present").isTrue();

    assertThat(Await.result("the first is told", first.ended()))
        .isEqualTo(before.isMqtt5() ? SESSION_TAKEN_OVER : Peer.NO_REASON_CODE);
    Message message = Message.of(scene.topic("t"), "still subscribed", 2);
    Await.result("published", second.publish(message));
    assertThat(second.inbox().next()).isEqualTo(message);
  }

  private static URI uri(Scene scene, String scheme) {
    return scheme.equals("ws") ? scene.broker().webSocket() : scene.broker().mqtt();
  }

  /** A will at QoS 1, not retained. */
  private static byte[] connectWithWill(
      int level, String clientId, int keepAliveSeconds, Message will) {
    byte[] properties = level == 5 ? new byte[] {0} : new byte[0];
    return Hex.packet(
        0x10,
        Hex.bytes("00044d515454 0" + level + " 0e 00"),
        new byte[] {(byte) keepAliveSeconds},
        properties,
        Hex.string(clientId),
        properties,
        Hex.string(will.topic()),
        Hex.string(will.payload().text()));
  }
}
