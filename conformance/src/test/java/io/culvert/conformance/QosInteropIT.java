package io.culvert.conformance;

import static io.culvert.mqtt.wire.Statement.MQTT3_4_6_0_6;
import static io.culvert.mqtt.wire.Statement.MQTT3_7_0_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT3_7_1_1_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_2_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_6_0_5;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.conformance.peer.Message;
import io.culvert.conformance.peer.Payload;
import io.culvert.conformance.peer.Peer;
import io.culvert.conformance.peer.PeerKind;
import io.culvert.conformance.peer.SessionKind;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Burst;
import io.culvert.conformance.scene.Scene;
import io.culvert.mqtt.Normative;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each client sends to itself and hears what it sent: order, number, QoS, any payload. */
@BlackBox
class QosInteropIT {

  private static final int FEW = 200;
  private static final int THOUSANDS = 3_000;
  private static final int MEBIBYTE = 1024 * 1024;

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void qos0ArrivesInOrder(PeerKind kind, Scene scene) {
    assertBurstArrives(kind, scene, 0, FEW);
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void qos1ArrivesInOrderAndOnAnUnbrokenConnectionOnce(PeerKind kind, Scene scene) {
    assertBurstArrives(kind, scene, 1, THOUSANDS);
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  @Normative({MQTT3_7_0_0_2, MQTT5_4_2_1, MQTT3_7_1_1_1, MQTT5_4_6_0_5, MQTT3_4_6_0_6})
  void qos2ArrivesInOrderExactlyOnce(PeerKind kind, Scene scene) {
    assertBurstArrives(kind, scene, 2, THOUSANDS);
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void deliveryHasTheLowerOfTheTwoQos(PeerKind kind, Scene scene) {
    Peer peer = scene.peer(kind, "client");
    peer.connect(SessionKind.CLEAN);
    for (int granted = 0; granted <= 2; granted++) {
      String topic = scene.topic("granted/" + granted);
      peer.subscribe(topic, granted);
      for (int sent = 0; sent <= 2; sent++) {
        Await.result("published", peer.publish(Message.of(topic, "x", sent)));
        assertThat(peer.inbox().next()).isEqualTo(Message.of(topic, "x", Math.min(sent, granted)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void emptyPayloadArrives(PeerKind kind, Scene scene) {
    assertPayloadArrives(kind, scene, Payload.empty());
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void everyByteValueArrives(PeerKind kind, Scene scene) {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    assertPayloadArrives(kind, scene, Payload.of(bytes));
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  @Normative({MQTT5_4_2_1, MQTT3_7_1_1_1})
  void oneMebibyteArrives(PeerKind kind, Scene scene) {
    assertPayloadArrives(kind, scene, Payload.noise(MEBIBYTE));
  }

  private static void assertBurstArrives(PeerKind kind, Scene scene, int qos, int count) {
    Peer subscriber = scene.peer(kind, "sub");
    Peer publisher = scene.peer(kind, "pub");
    subscriber.connect(SessionKind.CLEAN);
    publisher.connect(SessionKind.CLEAN);
    Burst burst = new Burst(scene.topic("burst"), qos, count);
    subscriber.subscribe(burst.topic(), qos);

    burst.publishFrom(publisher);
    Await.result("the last word", publisher.publish(Message.of(burst.topic(), "end", qos)));

    List<Message> received = subscriber.inbox().next(count + 1);
    assertThat(received)
        .extracting(message -> message.payload().text())
        .startsWith(burst.texts().toArray(String[]::new))
        .endsWith("end");
    assertThat(received).allMatch(message -> message.qos() == qos && !message.retain());
  }

  private static void assertPayloadArrives(PeerKind kind, Scene scene, Payload payload) {
    Peer peer = scene.peer(kind, "client");
    peer.connect(SessionKind.CLEAN);
    peer.subscribe(scene.topic("payload"), 2);
    for (int qos = 0; qos <= 2; qos++) {
      Message message = Message.of(scene.topic("payload"), payload, qos);
      Await.result("published", peer.publish(message));
      assertThat(peer.inbox().next()).isEqualTo(message);
    }
  }
}
