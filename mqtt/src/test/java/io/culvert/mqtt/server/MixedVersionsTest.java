package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MixedVersionsTest {
  private final BrokerHarness harness = BrokerHarness.create();

  private TestClient connect(String clientId, MqttVersion version) {
    return harness.connect(Packets.connect(clientId).version(version).build());
  }

  static Stream<Arguments> pairsAndQos() {
    return Stream.of(MqttVersion.values())
        .flatMap(
            from ->
                Stream.of(MqttVersion.values())
                    .flatMap(
                        to -> Stream.of(QoS.values()).map(qos -> Arguments.of(from, to, qos))));
  }

  @ParameterizedTest
  @MethodSource("pairsAndQos")
  @Normative({MQTT3_3_3_4_1, MQTT3_4_3_1_1, MQTT3_4_3_2_1, MQTT3_4_3_3_1, MQTT5_3_3_4_1})
  @Scenario(130)
  void everyVersionTalksToEveryOther(MqttVersion from, MqttVersion to, QoS qos) {
    TestClient subscriber = connect("subscriber", to).subscribe("a/+", qos);
    TestClient publisher = connect("publisher", from);
    int id = qos == QoS.AT_MOST_ONCE ? 0 : 5;
    publisher.send(Packets.publish(id, "a/b", "x", qos));
    Publish delivered = subscriber.takePublish();
    assertThat(delivered).isEqualTo(Packets.publish(delivered.packetId(), "a/b", "x", qos));
    List<MqttPacket> answer = publisher.takeAll();
    switch (qos) {
      case AT_MOST_ONCE -> assertThat(answer).isEmpty();
      case AT_LEAST_ONCE -> {
        assertThat(answer).containsExactly(Packets.pubAck(5));
        subscriber.send(Packets.pubAck(delivered.packetId()));
      }
      case EXACTLY_ONCE -> {
        assertThat(answer).containsExactly(Packets.pubRec(5));
        assertThat(publisher.send(Packets.pubRel(5)).takeAll()).containsExactly(Packets.pubComp(5));
        subscriber.send(Packets.pubRec(delivered.packetId())).take(PubRel.class);
        subscriber.send(Packets.pubComp(delivered.packetId()));
      }
    }
    assertThat(subscriber.takeAll()).isEmpty();
    assertThat(subscriber.session().inFlight()).isZero();
  }

  @Test
  @Scenario(130)
  void propertiesStayBehindForOlderClients() {
    TestClient older = connect("older", MqttVersion.MQTT_3_1_1).subscribe("a", QoS.AT_MOST_ONCE);
    TestClient five = connect("five", MqttVersion.MQTT_5).subscribe("a", QoS.AT_MOST_ONCE);
    Publish sent =
        Packets.publish("a", "x").user("n", "v").with(Property.MESSAGE_EXPIRY_INTERVAL, 10).build();
    connect("p", MqttVersion.MQTT_5).send(sent);
    assertThat(five.takePublish()).isEqualTo(sent);
    assertThat(older.takePublish()).isEqualTo(Packets.publish("a", "x").build());
  }

  @Test
  void olderSubscriberNeverGetsExpiredMessages() {
    harness
        .connect(Packets.connect("older").version(MqttVersion.MQTT_3_1_1).cleanStart(false).build())
        .subscribe("a", QoS.AT_LEAST_ONCE)
        .lose();
    connect("p", MqttVersion.MQTT_5)
        .send(
            Packets.publish("a", "x")
                .qos(QoS.AT_LEAST_ONCE)
                .packetId(1)
                .with(Property.MESSAGE_EXPIRY_INTERVAL, 1)
                .build());
    harness.advance(1_000);
    TestClient client = harness.open();
    client.connect(
        Packets.connect("older").version(MqttVersion.MQTT_3_1_1).cleanStart(false).build());
    assertThat(client.takeAll()).isEmpty();
  }

  @Test
  @Normative({MQTT3_3_3_5_2, MQTT3_2_3_1_6})
  void acknowledgementsBeforeMqtt5CarryNoCode() {
    TestClient older = connect("older", MqttVersion.MQTT_3_1_1);
    older.send(Packets.publish(1, "$SYS/x", "x", QoS.AT_LEAST_ONCE));
    assertThat(older.takeAll()).containsExactly(Packets.pubAck(1));
    assertThat(older.send(Packets.pubRel(7)).takeAll()).containsExactly(Packets.pubComp(7));
    older.send(Packets.publish(2, "$SYS/x", "x", QoS.EXACTLY_ONCE)).take(PubRec.class);
    assertThat(older.send(Packets.pubRel(2)).take(PubComp.class).reasonCode())
        .isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void nothingOfMqtt5IsToldToOlderClients() {
    for (MqttVersion version : List.of(MqttVersion.MQTT_3_1, MqttVersion.MQTT_3_1_1)) {
      TestClient older = harness.open();
      assertThat(older.connect(Packets.connect("c").version(version).build()).properties())
          .isEqualTo(Properties.EMPTY);
      older.server.disconnect(ReasonCode.ADMINISTRATIVE_ACTION, DisconnectCause.SERVER_DISCONNECT);
      older.link.runUntilIdle();
      assertThat(older.takeAll()).isEmpty();
      assertThat(older.isClosed()).isTrue();
    }
  }
}
