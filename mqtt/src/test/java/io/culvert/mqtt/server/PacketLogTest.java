package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.QoS;
import org.junit.jupiter.api.Test;

/** The driver is told of each packet: type, identifier, size of the whole packet. */
class PacketLogTest {
  private final BrokerHarness harness = BrokerHarness.create();

  @Test
  void eachPacketInBothDirectionsIsReportedOnce() {
    TestClient client = harness.open();
    client.connect(Packets.connect("c").build());
    client.subscribe("a", QoS.EXACTLY_ONCE);
    client.send(PingReq.INSTANCE);
    client.send(Packets.publish(7, "a", "xyz", QoS.EXACTLY_ONCE));
    client.send(Packets.pubRec(1));
    client.send(Packets.pubComp(1));
    client.send(Packets.pubRel(7));
    client.publish("a", "x");
    client.send(Packets.publish(8, "b", "x", QoS.AT_LEAST_ONCE));
    client.send(Packets.unsubscribe(9, "a"));
    client.send(Packets.pubRel(3));
    client.disconnect();
    assertThat(client.log)
        .containsExactly(
            "> CONNECT 0 16",
            "< CONNACK 0 16",
            "> SUBSCRIBE 1 9",
            "< SUBACK 1 6",
            "> PINGREQ 0 2",
            "< PINGRESP 0 2",
            "> PUBLISH 7 11",
            "< PUBLISH 1 11",
            "< PUBREC 7 4",
            "> PUBREC 1 4",
            "< PUBREL 1 4",
            "> PUBCOMP 1 4",
            "> PUBREL 7 4",
            "< PUBCOMP 7 4",
            "> PUBLISH 0 7",
            "< PUBLISH 0 7",
            "> PUBLISH 8 9",
            "< PUBACK 8 5",
            "> UNSUBSCRIBE 9 8",
            "< UNSUBACK 9 6",
            "> PUBREL 3 4",
            "< PUBCOMP 3 5",
            "> DISCONNECT 0 2");
  }

  @Test
  void malformedPacketIsNotReportedButItsAnswerIs() {
    TestClient client = harness.connect("c");
    client.log.clear();
    client.sendHex("c001 00");
    assertThat(client.log).hasSize(1);
    assertThat(client.log.get(0)).startsWith("< DISCONNECT 0 ");
  }

  @Test
  void largePayloadCountsInFull() {
    TestClient client = harness.connect("c").subscribe("a", QoS.AT_MOST_ONCE);
    client.log.clear();
    client.publish("a", "x".repeat(10_000));
    assertThat(client.log).containsExactly("> PUBLISH 0 10007", "< PUBLISH 0 10007");
  }
}
