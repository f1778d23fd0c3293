package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClientRateTest {
  @Test
  void aFasterPublisherWaitsAndLosesNothing() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.messagesPerSecond(10));
    TestClient reader = harness.connect("reader").subscribe("t", QoS.AT_LEAST_ONCE);
    TestClient fast = harness.connect("fast");
    fast.send(publishes(30));

    assertThat(reader.takeAll()).hasSizeBetween(10, 11);
    assertThat(fast.server.awaitsDecision()).isTrue();
    assertThat(harness.broker.counters().paused()).isEqualTo(1);
    harness.advance(1000);
    assertThat(reader.takeAll()).hasSizeBetween(9, 11);
    harness.advance(1000);

    assertThat(reader.takeAll()).hasSizeBetween(8, 10);
    assertThat(fast.takeAll()).hasSize(30).allMatch(PubAck.class::isInstance);
    assertThat(harness.broker.counters().pauses()).isPositive();
    harness.advance(1000);
    assertThat(harness.broker.counters().paused()).isZero();
  }

  @Test
  void whoStaysBelowItsRateIsNeverPaused() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.messagesPerSecond(10));
    TestClient client = harness.connect("c");
    for (int i = 0; i < 100; i++) {
      client.publish("t", "x");
      harness.advance(100);
    }
    assertThat(harness.broker.counters().pauses()).isZero();
  }

  @Test
  void bytesCountInEveryPacketAndAPacketLargerThanTheRateGetsThrough() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.bytesPerSecond(1000));
    TestClient reader = harness.connect("reader").subscribe("t", QoS.AT_MOST_ONCE);
    TestClient client = harness.connect("c");
    client.publish("t", "x".repeat(5000)).publish("t", "next");

    assertThat(reader.takePublishes()).hasSize(1);
    harness.advance(3900);
    assertThat(reader.takePublishes()).isEmpty();
    harness.advance(200);
    assertThat(reader.takePayloads()).containsExactly("next");
  }

  @Test
  void aPauseIsNoSilenceOfTheClient() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.bytesPerSecond(100));
    TestClient client = harness.connect(Packets.connect("c").keepAlive(1).build());
    client.publish("t", "x".repeat(1000)).send(PingReq.INSTANCE);

    harness.advance(8000); // far beyond its Keep Alive
    assertThat(client.isClosed()).isFalse();
    harness.advance(1500);
    client.take(PingResp.class);
    harness.advance(1600); // now it is silent itself
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.KEEP_ALIVE_TIMEOUT);
  }

  @Test
  void acknowledgementsCostNoMessages() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.messagesPerSecond(10));
    TestClient reader = harness.connect("reader").subscribe("t", QoS.AT_LEAST_ONCE);
    for (int sender = 0; sender < 5; sender++) {
      harness.connect("sender" + sender).send(publishes(10));
    }
    MqttPacket[] acks =
        reader.takePublishes().stream()
            .map(publish -> Packets.pubAck(publish.packetId()))
            .toArray(MqttPacket[]::new);
    reader.send(acks);
    assertThat(acks).hasSize(50);
    assertThat(reader.server.awaitsDecision()).isFalse();
  }

  @Test
  void aPauseEndsWithTheConnection() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.messagesPerSecond(1));
    TestClient client = harness.connect("c");
    client.send(publishes(10));
    assertThat(harness.broker.counters().paused()).isEqualTo(1);
    client.lose();
    assertThat(harness.broker.counters().paused()).isZero();
  }

  private static MqttPacket[] publishes(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(id -> Packets.publish(id, "t", "x", QoS.AT_LEAST_ONCE))
        .toArray(MqttPacket[]::new);
  }
}
