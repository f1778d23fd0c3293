package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients see of an owner that denies what they ask for before the broker sees it. */
class DeniedTest {
  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient subscriber =
      harness.connect("subscriber").subscribe("a", QoS.AT_LEAST_ONCE);

  @Test
  @Scenario(125)
  @Normative({MQTT5_3_4_2_1, MQTT5_3_5_2_1})
  void publishIsAnsweredAndReachesNobody() {
    TestClient client = harness.connect("c");
    harness.hold();
    client.send(
        Packets.publish("a", "0").build(),
        Packets.publish(1, "a", "1", QoS.AT_LEAST_ONCE),
        Packets.publish(2, "a", "2", QoS.EXACTLY_ONCE));
    assertThat(deny(client))
        .containsExactly(
            Packets.pubAck(1, ReasonCode.NOT_AUTHORIZED),
            Packets.pubRec(2, ReasonCode.NOT_AUTHORIZED));
    assertThat(subscriber.takeAll()).isEmpty();
    assertThat(client.isClosed()).isFalse();
    // The refused identifier is free.
    harness.release();
    client.send(Packets.publish(2, "a", "allowed", QoS.AT_LEAST_ONCE));
    assertThat(subscriber.takePayloads()).containsExactly("allowed");
  }

  @Test
  @Scenario(125)
  @Normative(MQTT3_3_3_5_2)
  void olderClientCannotBeToldAndIsAcknowledgedAllTheSame() {
    TestClient client =
        harness.connect(Packets.connect("c").version(MqttVersion.MQTT_3_1_1).build());
    harness.hold();
    client.send(Packets.publish(1, "a", "1", QoS.AT_LEAST_ONCE));
    assertThat(deny(client)).containsExactly(Packets.pubAck(1));
    assertThat(subscriber.takeAll()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"MQTT_3_1_1", "MQTT_5"})
  @Scenario(125)
  @Normative({MQTT5_3_9_3_1, MQTT3_3_9_3_1})
  void subscriptionIsDeniedForItsFilterOnly(MqttVersion version) {
    TestClient client = harness.connect(Packets.connect("c").version(version).build());
    harness.hold();
    client.send(
        Packets.subscribe(
            7,
            Packets.entry("open", QoS.AT_LEAST_ONCE),
            Packets.entry("secret", QoS.AT_LEAST_ONCE),
            Packets.entry("also/open", QoS.AT_MOST_ONCE)));
    harness.drop();
    harness.release();
    harness.handle(client.server, denied(client, "secret"));
    harness.run();
    client.link.runUntilIdle();
    assertThat(client.take(SubAck.class).reasonCodes())
        .containsExactly(
            ReasonCode.GRANTED_QOS_1,
            version.isMqtt5() ? ReasonCode.NOT_AUTHORIZED : ReasonCode.UNSPECIFIED_ERROR,
            ReasonCode.SUCCESS);
    assertThat(client.session().subscriptions())
        .extracting(subscription -> subscription.filter().text())
        .containsExactlyInAnyOrder("open", "also/open");
  }

  /** Answers as an owner does that does not let a client publish. */
  private List<MqttPacket> deny(TestClient client) {
    harness.drop();
    for (ServerEvent event : client.events()) {
      if (event instanceof ServerEvent.Published published
          && published.publish().qos() != QoS.AT_MOST_ONCE) {
        client.server.acceptPublish(published.publish().packetId(), ReasonCode.NOT_AUTHORIZED);
      }
    }
    client.link.runUntilIdle();
    return client.takeAll();
  }

  private static ServerEvent.SubscribeRequested denied(TestClient client, String filter) {
    ServerEvent.SubscribeRequested asked =
        (ServerEvent.SubscribeRequested) client.events().get(client.events().size() - 1);
    return new ServerEvent.SubscribeRequested(
        asked.packetId(),
        asked.identifier(),
        asked.requests().stream()
            .map(
                request ->
                    String.valueOf(request.filter()).equals(filter)
                        ? new SubscriptionRequest(
                            request.filter(), request.options(), ReasonCode.NOT_AUTHORIZED)
                        : request)
            .toList());
  }
}
