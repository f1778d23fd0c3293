package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of clients that use what the operator has switched off. */
class AvailabilityTest {
  private static final Publish RETAINED = Packets.publish("a", "x").retain().build();

  private final BrokerHarness lowQos =
      BrokerHarness.create(limits -> limits.maximumQos(QoS.AT_LEAST_ONCE));
  private final BrokerHarness noRetain =
      BrokerHarness.create(limits -> limits.retainAvailable(false));

  @Test
  @Normative(MQTT5_3_2_2_11)
  void publishAboveTheMaximumQosEndsTheConnection() {
    TestClient client = lowQos.connect("c");
    client.send(Packets.publish(1, "a", "x", QoS.AT_LEAST_ONCE)).take(PubAck.class);
    client.send(Packets.publish(2, "a", "x", QoS.EXACTLY_ONCE));
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.QOS_NOT_SUPPORTED);
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  @Normative(MQTT5_3_2_2_14)
  void retainedPublishEndsTheConnectionWhereNothingIsRetained() {
    TestClient subscriber = noRetain.connect("subscriber").subscribe("a", QoS.AT_MOST_ONCE);
    TestClient client = noRetain.connect("c").send(RETAINED);
    assertThat(client.take(Disconnect.class).reasonCode())
        .isEqualTo(ReasonCode.RETAIN_NOT_SUPPORTED);
    assertThat(client.isClosed()).isTrue();
    assertThat(subscriber.takeAll()).isEmpty();
    assertThat(noRetain.broker.retainedCount()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"MQTT_3_1", "MQTT_3_1_1"})
  void olderClientsAreClosedWithoutAWord(MqttVersion version) {
    Connect connect = Packets.connect("c").version(version).build();
    TestClient loud = lowQos.connect(connect);
    loud.send(Packets.publish(2, "a", "x", QoS.EXACTLY_ONCE));
    TestClient retaining = noRetain.connect(connect).send(RETAINED);
    for (TestClient client : new TestClient[] {loud, retaining}) {
      assertThat(client.takeAll()).isEmpty();
      assertThat(client.isClosed()).isTrue();
      assertThat(client.end().violation())
          .isNotNull()
          .satisfies(violation -> assertThat(violation.statementId()).isEmpty());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"MQTT_3_1_1", "MQTT_5"})
  @Normative({MQTT5_3_2_2_12, MQTT5_3_2_2_13})
  void willsThatCouldNotBePublishedAreRefused(MqttVersion version) {
    assertThat(refusal(lowQos, version, QoS.EXACTLY_ONCE, false))
        .isEqualTo(
            version.isMqtt5() ? ReasonCode.QOS_NOT_SUPPORTED : ReasonCode.SERVER_UNAVAILABLE);
    assertThat(refusal(noRetain, version, QoS.AT_MOST_ONCE, true))
        .isEqualTo(
            version.isMqtt5() ? ReasonCode.RETAIN_NOT_SUPPORTED : ReasonCode.SERVER_UNAVAILABLE);
    assertThat(refusal(lowQos, version, QoS.AT_LEAST_ONCE, true)).isEqualTo(ReasonCode.SUCCESS);
    assertThat(refusal(noRetain, version, QoS.EXACTLY_ONCE, false)).isEqualTo(ReasonCode.SUCCESS);
  }

  private static ReasonCode refusal(
      BrokerHarness harness, MqttVersion version, QoS willQos, boolean willRetain) {
    return harness
        .open()
        .send(
            Packets.connect("c")
                .version(version)
                .will("w", "x", willQos, willRetain, Properties.EMPTY)
                .build())
        .take(ConnAck.class)
        .reasonCode();
  }
}
