package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.MQTT3_3_3_5_2;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_8_4_5;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_8_4_7;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client is told when somebody decides that it may not. */
class DeniedTest {
  private final BrokerHarness harness = BrokerHarness.create();

  @ParameterizedTest
  @EnumSource
  @Normative({MQTT5_3_8_4_7, MQTT3_3_8_4_5})
  @Scenario(125)
  void deniedSubscriptionIsToldForItsFilterOnly(MqttVersion version) {
    TestClient client = harness.connect(Packets.connect("c").version(version).build());
    harness.hold();
    client.send(
        Packets.subscribe(
            1,
            Packets.entry("mine", QoS.AT_LEAST_ONCE),
            Packets.entry("yours", QoS.AT_LEAST_ONCE),
            Packets.entry("ours", QoS.AT_MOST_ONCE)));
    client.server.acceptSubscribe(
        List.of(ReasonCode.GRANTED_QOS_1, ReasonCode.NOT_AUTHORIZED, ReasonCode.SUCCESS));
    client.link.runUntilIdle();

    assertThat(client.take(SubAck.class).reasonCodes())
        .containsExactly(
            ReasonCode.GRANTED_QOS_1,
            version.isMqtt5() ? ReasonCode.NOT_AUTHORIZED : ReasonCode.UNSPECIFIED_ERROR,
            ReasonCode.SUCCESS);
    assertThat(client.isClosed()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  @Normative(MQTT3_3_3_5_2)
  @Scenario({109, 125})
  void deniedPublishIsToldWhereTheVersionCanSayIt(MqttVersion version) {
    TestClient client = harness.connect(Packets.connect("c").version(version).build());
    harness.hold();
    client.send(Packets.publish(1, "yours", "x", QoS.AT_LEAST_ONCE));
    client.server.acceptPublish(1, ReasonCode.NOT_AUTHORIZED);
    client.link.runUntilIdle();

    assertThat(client.take(PubAck.class).reasonCode())
        .isEqualTo(version.isMqtt5() ? ReasonCode.NOT_AUTHORIZED : ReasonCode.SUCCESS);
    assertThat(client.isClosed()).isFalse();
  }
}
