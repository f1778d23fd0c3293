package io.culvert.conformance;

import static io.culvert.mqtt.wire.Statement.MQTT3_7_0_0_2;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.conformance.peer.Message;
import io.culvert.conformance.peer.Payload;
import io.culvert.conformance.peer.Peer;
import io.culvert.conformance.peer.PeerKind;
import io.culvert.conformance.peer.Properties;
import io.culvert.conformance.peer.Properties.UserProperty;
import io.culvert.conformance.peer.SessionKind;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Burst;
import io.culvert.conformance.scene.Scene;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All clients at once on the same topics: both versions, both transports. */
@BlackBox
class MixedClientsIT {

  private static final int EACH = 30;

  /** Repeated names stay beside each other: one client sorts by name. */
  private static final Properties PROPERTIES =
      new Properties(
          List.of(
              new UserProperty("unit", "\u00b0C"),
              new UserProperty("trace", "1"),
              new UserProperty("trace", "2")),
          "text/plain; charset=utf-8",
          "replies/to/me",
          Payload.of(new byte[] {0, (byte) 0xFF, 0x7F}));

  @Test
  @Normative(MQTT3_7_0_0_2)
  @Scenario(130)
  void everyClientHearsEveryOther(Scene scene) {
    Map<PeerKind, Peer> peers = new EnumMap<>(PeerKind.class);
    for (PeerKind kind : PeerKind.values()) {
      Peer peer = scene.peer(kind, "c" + kind.ordinal());
      peer.connect(SessionKind.CLEAN);
      peer.subscribe(scene.topic("all/#"), 2);
      peers.put(kind, peer);
    }
    for (int qos = 0; qos <= 2; qos++) {
      List<Burst> bursts = new ArrayList<>();
      for (PeerKind kind : PeerKind.values()) {
        Burst burst = new Burst(scene.topic("all/" + kind), qos, EACH);
        burst.publishFrom(peers.get(kind));
        bursts.add(burst);
      }
      for (Peer peer : peers.values()) {
        assertHeard(peer.inbox().next(EACH * bursts.size()), bursts);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  @Scenario(130)
  void properties5ReachVersion5AndTheMessageReachesVersion3(PeerKind kind, Scene scene) {
    Peer receiver = scene.peer(kind, "receiver");
    receiver.connect(SessionKind.CLEAN);
    receiver.subscribe(scene.topic("#"), 1);
    for (PeerKind senderKind : List.of(PeerKind.HIVEMQ_5, PeerKind.PAHO_5_WS, PeerKind.MQTTJS_5)) {
      Peer sender = scene.peer(senderKind, "s" + senderKind.ordinal());
      sender.connect(SessionKind.CLEAN);
      Message message = Message.of(scene.topic("p/" + senderKind), "21.5", 1).with(PROPERTIES);
      Await.result("published", sender.publish(message));
      assertThat(receiver.inbox().next())
          .isEqualTo(kind.isMqtt5() ? message : message.with(Properties.NONE));
    }
  }

  /** Order is promised for each topic of each publisher, so each is looked at by itself. */
  private static void assertHeard(List<Message> heard, List<Burst> bursts) {
    for (Burst burst : bursts) {
      List<Message> ofBurst =
          heard.stream().filter(message -> message.topic().equals(burst.topic())).toList();
      assertThat(ofBurst)
          .extracting(message -> message.payload().text())
          .containsExactlyElementsOf(burst.texts());
      assertThat(ofBurst).allMatch(message -> message.qos() == burst.qos());
    }
  }
}
