package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import org.junit.jupiter.api.Test;

class CountersTest {
  private final BrokerHarness harness = BrokerHarness.create(limits -> limits.sessions(2));

  @Test
  void messagesAreCountedByQosWithTheirPayloads() {
    TestClient client = harness.connect("c").subscribe("a", QoS.AT_LEAST_ONCE);
    client.publish("a", "12345");
    client.send(Packets.publish(1, "a", "123", QoS.EXACTLY_ONCE));
    client.send(Packets.publish(1, "a", "123", QoS.EXACTLY_ONCE)); // a repetition
    Counters counters = harness.broker.counters();
    assertThat(counters.receivedByQos().of(QoS.AT_MOST_ONCE)).isEqualTo(1);
    assertThat(counters.receivedByQos().of(QoS.AT_LEAST_ONCE)).isZero();
    assertThat(counters.receivedByQos().of(QoS.EXACTLY_ONCE)).isEqualTo(1);
    assertThat(counters.receivedBytes()).isEqualTo(8);
    assertThat(counters.deliveredByQos().of(QoS.AT_MOST_ONCE)).isEqualTo(1);
    assertThat(counters.deliveredByQos().of(QoS.AT_LEAST_ONCE)).isEqualTo(1);
    assertThat(counters.deliveredBytes()).isEqualTo(8);
    assertThat(counters.messagesInFlight()).isEqualTo(1);
  }

  @Test
  void connectionsAreCountedOnceByVersionAndByTheirEnd() {
    TestClient gone = harness.connect("gone");
    harness.connect(Packets.connect("lost").version(MqttVersion.MQTT_3_1_1).build()).lose();
    gone.disconnect();
    harness.resume("kept").lose();
    harness.connect("other");
    TestClient refused = harness.open().send(Packets.connect("more").build());
    assertThat(refused.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    assertThat(harness.open().sendHex("ffff").isClosed()).isTrue();
    Counters counters = harness.broker.counters();
    assertThat(counters.connects().of(MqttVersion.MQTT_5)).isEqualTo(3);
    assertThat(counters.connects().of(MqttVersion.MQTT_3_1_1)).isEqualTo(1);
    assertThat(counters.ended().of(DisconnectCause.CLIENT_DISCONNECT)).isEqualTo(1);
    assertThat(counters.ended().of(DisconnectCause.CONNECTION_LOST)).isEqualTo(2);
    assertThat(counters.ended().of(DisconnectCause.REFUSED)).isEqualTo(1);
    assertThat(counters.ended().of(DisconnectCause.VIOLATION)).isEqualTo(1);
    assertThat(counters.ended().sum()).isEqualTo(5);
    assertThat(counters.refusedConnects().of(ReasonCode.QUOTA_EXCEEDED)).isEqualTo(1);
    assertThat(counters.violations().of(ReasonCode.MALFORMED_PACKET)).isEqualTo(1);
    assertThat(harness.broker.connectedCount()).isEqualTo(1);
    harness.advanceSeconds(3601);
    assertThat(harness.broker.counters().expiredSessions()).isEqualTo(1);
  }

  @Test
  void whatWaitsIsKnownUntilItWaitsNoMore() {
    harness.resume("away").subscribe("a", QoS.AT_LEAST_ONCE).lose();
    TestClient publisher = harness.connect("p");
    for (int id = 1; id <= 3; id++) {
      publisher.send(Packets.publish(id, "a", "x", QoS.AT_LEAST_ONCE));
    }
    assertThat(harness.broker.counters().queuedMessages()).isEqualTo(3);
    assertThat(harness.broker.counters().queuedBytes()).isBetween(3L, 1000L);
    TestClient back = harness.resumeWithMessages("away");
    assertThat(harness.broker.counters().queuedMessages()).isZero();
    assertThat(harness.broker.counters().queuedBytes()).isZero();
    assertThat(harness.broker.counters().messagesInFlight()).isEqualTo(3);
    back.send(Packets.pubAck(1));
    assertThat(harness.broker.counters().messagesInFlight()).isEqualTo(2);
    back.lose();
    publisher.send(Packets.publish(4, "a", "x", QoS.AT_LEAST_ONCE));
    assertThat(harness.broker.counters().queuedMessages()).isEqualTo(1);
    harness.advanceSeconds(3601); // the session ends with all that it has
    assertThat(harness.broker.counters().queuedMessages()).isZero();
    assertThat(harness.broker.counters().queuedBytes()).isZero();
    assertThat(harness.broker.counters().messagesInFlight()).isZero();
    assertThat(harness.broker.counters().dropped(DropReason.SESSION_ENDED)).isEqualTo(3);
  }

  @Test
  void refusedFiltersAndMessagesAreCountedByReason() {
    TestClient client = harness.connect("c");
    client.send(Packets.subscribe(1, "a/#/b", QoS.AT_LEAST_ONCE));
    client.send(Packets.publish(2, "$SYS/broker/version", "mine", QoS.AT_LEAST_ONCE));
    Counters counters = harness.broker.counters();
    assertThat(counters.refusedSubscriptions().of(ReasonCode.TOPIC_FILTER_INVALID)).isEqualTo(1);
    assertThat(counters.refusedPublishes().of(ReasonCode.NOT_AUTHORIZED)).isEqualTo(1);
    assertThat(counters.refused()).isEqualTo(1);
  }
}
