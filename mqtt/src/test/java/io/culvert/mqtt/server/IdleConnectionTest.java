package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.QoS;
import org.junit.jupiter.api.Test;

/** What a connection holds of memory while nothing happens. */
class IdleConnectionTest {
  private final BrokerHarness harness = BrokerHarness.create();

  @Test
  void buffersAreEmptyBeforeConnectAndWheneverEverythingHasBeenSent() {
    TestClient client = harness.open();
    assertThat(client.server.heldBytes()).isZero();
    client.connect(Packets.connect("c").build());
    assertThat(client.server.heldBytes()).isZero();
    client.subscribe("a", QoS.EXACTLY_ONCE);
    client.publish("a", "x".repeat(100_000));
    client.send(Packets.publish(1, "a", "y".repeat(5_000), QoS.EXACTLY_ONCE));
    assertThat(client.server.heldBytes()).isZero();
    assertThat(client.server.outbox().isEmpty()).isTrue();
  }

  @Test
  void onlyAHalfReadPacketIsHeld() {
    TestClient client = harness.connect("c").sendHex("30 7f 0001 61 00");
    assertThat(client.server.heldBytes()).isBetween(6, 64);
    client.sendHex("00".repeat(0x7f - 4));
    assertThat(client.server.heldBytes()).isZero();
  }

  @Test
  void whatWaitsForADecisionIsHeldAndThenGone() {
    harness.hold();
    TestClient client =
        harness.open().send(Packets.connect("c").build(), Packets.publish("a", "x").build());
    assertThat(client.server.heldBytes()).isPositive();
    harness.release();
    assertThat(client.server.heldBytes()).isZero();
  }

  @Test
  void nothingIsHeldAfterTheEnd() {
    TestClient client = harness.connect("c").sendHex("30 7f 0001 61 00").lose();
    assertThat(client.server.heldBytes()).isZero();
  }
}
