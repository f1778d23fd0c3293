package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.engine.testkit.DriverHabits;
import io.culvert.mqtt.MqttVectors;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server must refuse, in the state in which it must. */
class MalformedVectorsTest {
  private static final String LEVEL_7 = "v4-connect-level-7";

  static Stream<MqttVectors.Malformed> forTheServer() {
    return MqttVectors.malformed().stream().filter(vector -> vector.receiver().equals("server"));
  }

  @ParameterizedTest
  @MethodSource("forTheServer")
  @Normative({
    MQTT5_1_5_4_1,
    MQTT5_1_5_4_2,
    MQTT5_1_5_5_1,
    MQTT5_1_5_7_1,
    MQTT5_2_1_3_1,
    MQTT5_2_2_1_3,
    MQTT5_2_2_2_1,
    MQTT5_3_1_0_1,
    MQTT5_3_1_0_2,
    MQTT5_3_1_2_1,
    MQTT5_3_1_2_2,
    MQTT5_3_1_2_3,
    MQTT5_3_1_2_9,
    MQTT5_3_1_2_11,
    MQTT5_3_1_2_12,
    MQTT5_3_1_2_13,
    MQTT5_3_1_2_16,
    MQTT5_3_1_2_17,
    MQTT5_3_1_2_19,
    MQTT5_3_1_3_3,
    MQTT5_3_1_3_4,
    MQTT5_3_1_3_11,
    MQTT5_3_1_3_12,
    MQTT5_3_1_4_1,
    MQTT5_3_2_2_11,
    MQTT5_3_2_2_12,
    MQTT5_3_2_2_13,
    MQTT5_3_2_2_14,
    MQTT5_3_2_2_15,
    MQTT5_3_2_2_17,
    MQTT5_3_2_2_18,
    MQTT5_3_3_1_2,
    MQTT5_3_3_1_4,
    MQTT5_3_3_2_1,
    MQTT5_3_3_2_2,
    MQTT5_3_3_2_8,
    MQTT5_3_3_2_9,
    MQTT5_3_3_2_13,
    MQTT5_3_3_2_14,
    MQTT5_3_3_2_19,
    MQTT5_3_3_4_6,
    MQTT5_3_3_4_7,
    MQTT5_3_4_2_1,
    MQTT5_3_5_2_1,
    MQTT5_3_6_1_1,
    MQTT5_3_6_2_1,
    MQTT5_3_7_2_1,
    MQTT5_3_8_1_1,
    MQTT5_3_8_3_1,
    MQTT5_3_8_3_2,
    MQTT5_3_8_3_4,
    MQTT5_3_8_3_5,
    MQTT5_3_10_1_1,
    MQTT5_3_10_3_1,
    MQTT5_3_10_3_2,
    MQTT5_3_14_0_1,
    MQTT5_3_14_1_1,
    MQTT5_3_14_2_1,
    MQTT5_3_15_1_1,
    MQTT5_3_15_2_1,
    MQTT5_4_3_3_4,
    MQTT5_4_3_3_11,
    MQTT5_4_7_0_1,
    MQTT5_4_7_1_1,
    MQTT5_4_7_1_2,
    MQTT5_4_7_3_1,
    MQTT5_4_7_3_2,
    MQTT5_4_8_2_1,
    MQTT5_4_8_2_2,
    MQTT5_4_12_0_1,
    MQTT5_4_12_0_7,
    MQTT5_4_12_1_1,
    MQTT3_3_1_2_2,
    MQTT3_3_1_2_3,
    MQTT3_3_1_2_22,
    MQTT3_3_1_3_8,
    MQTT3_3_3_1_4,
    MQTT3_3_3_2_2,
    MQTT3_3_8_3_3,
    MQTT3_3_8_3_4,
    MQTT3_3_10_3_2,
    MQTT3_4_7_3_1
  })
  void isAnsweredAsTheStandardWants(MqttVectors.Malformed vector) {
    assertAnswered(vector, DriverHabits.allAtOnce());
  }

  @ParameterizedTest
  @MethodSource("forTheServer")
  void isAnsweredTheSameByteByByte(MqttVectors.Malformed vector) {
    assertAnswered(vector, DriverHabits.byteByByte());
  }

  @Test
  void unknownLevelIsAnsweredInTheLayoutOfMqtt5WhereThatIsSpoken() {
    MqttVectors.Malformed vector =
        forTheServer().filter(each -> each.id().equals(LEVEL_7)).findAny().orElseThrow();
    TestClient client = BrokerHarness.create().open().send(vector.bytes());
    assertThat(client.take(ConnAck.class).reasonCode())
        .isEqualTo(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void thereAreVectors() {
    assertThat(forTheServer()).hasSizeGreaterThan(190);
  }

  private static void assertAnswered(MqttVectors.Malformed vector, DriverHabits habits) {
    BrokerHarness harness = BrokerHarness.create(limits -> limits(limits, vector));
    TestClient client = harness.open().speaks(vector.version());
    String method = vector.context().path("connectAuthMethod").asText("");
    if (!method.isEmpty()) {
      connectByMethod(harness, client, method);
    } else if (vector.state().equals("connected")) {
      client.connect(Packets.connect("c").version(vector.version()).build());
    }
    client.link.habits(habits);
    client.send(vector.bytes());
    List<MqttPacket> replies = client.takeAll();
    if (vector.strictness().equals("may") && !client.isClosed()) {
      // Tolerated, and then nobody is told of an error.
      assertThat(replies).noneMatch(reply -> code(reply).isError());
      return;
    }
    assertThat(client.isClosed()).as(vector.why()).isEqualTo(vector.closeConnection());
    if (vector.expectedReply().equals("none")) {
      assertThat(replies).as(vector.why()).isEmpty();
      return;
    }
    MqttPacket last = replies.get(replies.size() - 1);
    assertThat(last.type()).as(vector.why()).isEqualTo(PacketType.valueOf(vector.expectedReply()));
    if (vector.version().isMqtt5()) {
      assertThat(vector.acceptableCodes()).as(vector.why()).contains(code(last).value());
    } else {
      assertThat(vector.acceptableCodes()).as(vector.why()).contains(code(last).toReturnCode());
    }
  }

  private static void connectByMethod(BrokerHarness harness, TestClient client, String method) {
    Connect connect = Packets.connect("c").with(Property.AUTHENTICATION_METHOD, method).build();
    harness.hold();
    client.send(connect);
    client.server.acceptAuth("user", null);
    harness.drop();
    harness.release();
    harness.broker.connect(client.server, connect, harness.clock.nowMillis());
    client.link.runUntilIdle();
    client.take(ConnAck.class);
  }

  private static Limits.Builder limits(Limits.Builder limits, MqttVectors.Malformed vector) {
    if (vector.id().equals(LEVEL_7)) {
      limits.versions(EnumSet.of(MqttVersion.MQTT_3_1, MqttVersion.MQTT_3_1_1));
    }
    vector.context().properties().forEach(each -> limit(limits, each.getKey(), each.getValue()));
    return limits;
  }

  private static void limit(Limits.Builder limits, String name, JsonNode value) {
    switch (name) {
      case "serverTopicAliasMaximum" -> limits.topicAliasMaximum(value.asInt());
      case "serverMaximumQoS" -> limits.maximumQos(QoS.of(value.asInt()));
      case "serverRetainAvailable" -> limits.retainAvailable(value.asInt() == 1);
      case "serverMaximumPacketSize" -> limits.maximumPacketSizeBytes(value.asInt());
      case "serverReceiveMaximum" -> limits.receiveMaximum(value.asInt());
      case "serverWildcardSubscriptionAvailable" -> limits.wildcardAvailable(value.asInt() == 1);
      case "serverSubscriptionIdentifiersAvailable" ->
          limits.subscriptionIdentifiersAvailable(value.asInt() == 1);
      case "serverSharedSubscriptionAvailable" -> limits.sharedAvailable(value.asInt() == 1);
      case "allowEmptyClientId" -> limits.emptyClientIdAllowed(value.asBoolean());
      case "mappings",
          "connectSessionExpiryInterval",
          "connectHadAuthMethod",
          "connectAuthMethod" -> {
        // As with any new connection of these tests.
      }
      default -> throw new IllegalArgumentException("unknown context " + name);
    }
  }

  private static ReasonCode code(MqttPacket packet) {
    if (packet instanceof ConnAck connAck) {
      return connAck.reasonCode();
    } else if (packet instanceof Disconnect disconnect) {
      return disconnect.reasonCode();
    } else if (packet instanceof SubAck subAck) {
      return subAck.reasonCodes().get(0);
    } else if (packet instanceof PubAck pubAck) {
      return pubAck.reasonCode();
    } else if (packet instanceof PubComp pubComp) {
      return pubComp.reasonCode();
    }
    return ((PubRel) packet).reasonCode();
  }
}
