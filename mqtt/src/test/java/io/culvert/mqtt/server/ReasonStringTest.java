package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.UnsubAck;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a refusal says in words, to whom, and how long it may be. */
class ReasonStringTest {
  private final BrokerHarness harness =
      BrokerHarness.create(limits -> limits.topicLevels(3).retainedMessages(0));

  @Test
  void refusalsSayWhy() {
    TestClient client = harness.connect("c");
    refuseAll(client);
    List<MqttPacket> answers = client.takeAll();
    assertThat(answers)
        .extracting(ReasonStringTest::reason)
        .containsExactly(
            "this client may not publish to this topic",
            "the topic is too long or has too many levels",
            "there is no room for this message now",
            "this client may not publish to this topic",
            "a filter is not valid: + and # stand for whole levels, # for the last ones",
            "a filter is not valid: + and # stand for whole levels, # for the last ones");
  }

  @Test
  void successSaysNothing() {
    TestClient client = harness.connect("c");
    client.send(
        Packets.subscribe(1, "a", QoS.AT_LEAST_ONCE),
        Packets.publish(2, "b", "no subscribers", QoS.AT_LEAST_ONCE),
        Packets.unsubscribe(3, "not subscribed"));
    assertThat(client.takeAll())
        .hasSize(3)
        .allMatch(packet -> properties(packet).equals(Properties.EMPTY));
  }

  @Test
  @Scenario(123)
  @Normative(MQTT5_3_1_2_29)
  void whoeverDoesNotWantReasonsGetsThemInConnAckAndDisconnectOnly() {
    TestClient client =
        harness.connect(Packets.connect("c").with(Property.REQUEST_PROBLEM_INFORMATION, 0).build());
    refuseAll(client);
    assertThat(client.takeAll())
        .hasSize(6)
        .allMatch(packet -> properties(packet).equals(Properties.EMPTY));
    harness.connect("c");
    assertThat(reason(client.take(Disconnect.class)))
        .isEqualTo("another connection uses this Client Identifier now");
    TestClient refused = harness.open();
    harness.broker.stop();
    refused.send(Packets.connect("d").with(Property.REQUEST_PROBLEM_INFORMATION, 0).build());
    assertThat(reason(refused.take(ConnAck.class)))
        .isEqualTo("the server takes no connections now");
  }

  @Test
  @Scenario(123)
  @Normative({MQTT5_3_4_2_2, MQTT5_3_5_2_2, MQTT5_3_9_2_1, MQTT5_3_11_2_1, MQTT5_3_14_2_3})
  void reasonThatMakesThePacketTooLargeIsLeftOut() {
    TestClient client =
        harness.connect(Packets.connect("c").with(Property.MAXIMUM_PACKET_SIZE, 20).build());
    refuseAll(client);
    List<MqttPacket> answers = client.takeAll();
    assertThat(answers)
        .hasSize(6)
        .allMatch(packet -> properties(packet).equals(Properties.EMPTY))
        .contains(new PubAck(1, ReasonCode.NOT_AUTHORIZED, Properties.EMPTY));
    harness.connect("c");
    assertThat(client.take(Disconnect.class))
        .isEqualTo(new Disconnect(ReasonCode.SESSION_TAKEN_OVER, Properties.EMPTY));
  }

  @Test
  @Normative(MQTT5_3_2_2_19)
  void reasonThatMakesConnAckTooLargeIsLeftOut() {
    BrokerHarness picky = BrokerHarness.create(limits -> limits.emptyClientIdAllowed(false));
    TestClient roomy = picky.open().send(Packets.connect("").build());
    assertThat(reason(roomy.take(ConnAck.class))).isEqualTo("a Client Identifier is needed here");
    TestClient narrow =
        picky.open().send(Packets.connect("").with(Property.MAXIMUM_PACKET_SIZE, 20).build());
    assertThat(narrow.take(ConnAck.class))
        .isEqualTo(new ConnAck(false, ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, Properties.EMPTY));
  }

  @Test
  void olderClientsGetTheBareCodes() {
    TestClient client =
        harness.connect(Packets.connect("c").version(MqttVersion.MQTT_3_1_1).build());
    client.send(
        Packets.subscribe(1, "a/#/b", QoS.AT_MOST_ONCE),
        Packets.publish(2, "$SYS/x", "x", QoS.AT_LEAST_ONCE));
    assertThat(client.takeAll())
        .hasSize(2)
        .allMatch(packet -> properties(packet).equals(Properties.EMPTY));
  }

  private static void refuseAll(TestClient client) {
    client.send(
        Packets.publish(1, "$SYS/x", "x", QoS.AT_LEAST_ONCE),
        Packets.publish(2, "a/b/c/d", "x", QoS.AT_LEAST_ONCE),
        Packets.publish("a", "x").retain().qos(QoS.AT_LEAST_ONCE).packetId(3).build(),
        Packets.publish(4, "$SYS/x", "x", QoS.EXACTLY_ONCE),
        Packets.subscribe(5, "a/#/b", QoS.AT_MOST_ONCE),
        Packets.unsubscribe(6, "a/#/b"));
  }

  private static String reason(MqttPacket packet) {
    return properties(packet).text(Property.REASON_STRING);
  }

  private static Properties properties(MqttPacket packet) {
    if (packet instanceof PubAck p) {
      return p.properties();
    } else if (packet instanceof PubRec p) {
      return p.properties();
    } else if (packet instanceof SubAck p) {
      return p.properties();
    } else if (packet instanceof UnsubAck p) {
      return p.properties();
    } else if (packet instanceof ConnAck p) {
      return p.properties();
    }
    return ((Disconnect) packet).properties();
  }
}
