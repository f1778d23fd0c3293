package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.Wire;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The Maximum Packet Size of both sides. */
class PacketSizeTest {
  private static ReasonCode publish(TestClient client, String topic, String payload) {
    return client
        .send(Packets.publish(1, topic, payload, QoS.AT_LEAST_ONCE))
        .take(PubAck.class)
        .reasonCode();
  }

  @Test
  @Normative({MQTT5_3_1_2_24, MQTT5_3_1_2_25})
  @Scenario(116)
  void messageLargerThanTheClientTakesIsTreatedAsDelivered() {
    BrokerHarness harness = BrokerHarness.create();
    TestClient client =
        harness.connect(Packets.connect("c").with(Property.MAXIMUM_PACKET_SIZE, 50).build());
    client.subscribe("a", QoS.AT_LEAST_ONCE);
    TestClient publisher = harness.connect("publisher");
    assertThat(publish(publisher, "a", "x".repeat(42))).isEqualTo(ReasonCode.SUCCESS);
    assertThat(Wire.encode(client.takePublish(), MqttVersion.MQTT_5).length()).isEqualTo(50);
    assertThat(publish(publisher, "a", "x".repeat(43))).isEqualTo(ReasonCode.SUCCESS);
    publisher.publish("a", "x".repeat(45));
    assertThat(client.takeAll()).isEmpty();
    assertThat(client.isClosed()).isFalse();
    assertThat(client.session().inFlight()).isEqualTo(1); // the first one
    assertThat(harness.broker.counters().dropped(DropReason.TOO_LARGE)).isEqualTo(2);
  }

  @Test
  void messageInFlightThatTheNextConnectionCannotTakeIsGivenUp() {
    BrokerHarness harness = BrokerHarness.create();
    TestClient client = harness.resume("c").subscribe("a", QoS.AT_LEAST_ONCE);
    TestClient publisher = harness.connect("publisher");
    publish(publisher, "a", "x".repeat(100));
    publish(publisher, "a", "y");
    assertThat(client.takePublishes()).hasSize(2);
    client.lose();
    TestClient again =
        harness
            .open()
            .send(
                Packets.connect("c")
                    .cleanStart(false)
                    .with(Property.MAXIMUM_PACKET_SIZE, 50)
                    .build());
    assertThat(again.takeAll()).hasSize(2).last().isInstanceOf(Publish.class);
    assertThat(again.session().inFlight()).isEqualTo(1);
  }

  @Test
  @Normative(MQTT5_3_1_2_24)
  void clientThatCannotTakeItsConnAckIsRefused() {
    BrokerHarness harness = BrokerHarness.create();
    TestClient client =
        harness.open().send(Packets.connect("c").with(Property.MAXIMUM_PACKET_SIZE, 15).build());
    assertThat(client.take(ConnAck.class))
        .isEqualTo(new ConnAck(false, ReasonCode.PACKET_TOO_LARGE, Properties.EMPTY));
    assertThat(client.isClosed()).isTrue();
    TestClient tiny =
        harness.open().send(Packets.connect("c").with(Property.MAXIMUM_PACKET_SIZE, 4).build());
    assertThat(tiny.takeAll()).isEmpty();
    assertThat(tiny.isClosed()).isTrue();
    assertThat(harness.broker.sessionCount()).isZero();
  }

  @Test
  @Normative(MQTT5_3_1_2_24)
  void clientThatCannotTakeItsSubAckIsToldAndClosed() {
    BrokerHarness harness = BrokerHarness.create();
    TestClient client =
        harness.connect(Packets.connect("c").with(Property.MAXIMUM_PACKET_SIZE, 20).build());
    List<Subscribe.Entry> entries = Collections.nCopies(16, Packets.entry("a", QoS.AT_MOST_ONCE));
    client.send(new Subscribe(1, entries, Properties.EMPTY));
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  @Normative(MQTT5_3_14_2_3)
  @Scenario(123)
  void reasonStringIsLeftOutWhereTheClientCannotTakeIt() {
    BrokerHarness harness = BrokerHarness.create();
    TestClient client =
        harness.connect(Packets.connect("c").with(Property.MAXIMUM_PACKET_SIZE, 20).build());
    client.send(Packets.connect("c").build());
    assertThat(client.take(Disconnect.class))
        .isEqualTo(new Disconnect(ReasonCode.PROTOCOL_ERROR, Properties.EMPTY));
    TestClient roomy = harness.connect("d").send(Packets.connect("d").build());
    assertThat(roomy.take(Disconnect.class).properties().text(Property.REASON_STRING))
        .contains("MQTT5-3.1.0-2");
  }

  @Test
  @Scenario({10, 11})
  void packetAboveTheLimitIsRefusedBeforeItsBodyArrives() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.maximumPacketSizeBytes(100));
    TestClient client = harness.connect("c");
    client.publish("a", "x".repeat(100 - 2 - 3 - 1));
    assertThat(client.isClosed()).isFalse();
    client.sendHex("30 63");
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
    TestClient first = harness.open().sendHex("10 63");
    assertThat(first.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
    assertThat(first.isClosed()).isTrue();
  }

  @Test
  void aStrangerIsHeldToASmallerSizeThanAClient() {
    BrokerHarness large = BrokerHarness.create(limits -> limits.maximumPacketSizeBytes(10_000_000));
    TestClient stranger = large.open();
    stranger.sendHex("10" + "81808001"); // CONNECT with a body of 2 MiB and one byte
    assertThat(stranger.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.PACKET_TOO_LARGE);
    assertThat(stranger.isClosed()).isTrue();
    TestClient client = large.connect("client");
    client.sendHex("30" + "81808001"); // PUBLISH of the same size
    assertThat(client.isClosed()).isFalse();
  }
}
