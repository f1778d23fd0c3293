package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.ReasonCode;
import org.junit.jupiter.api.Test;

/** Those who are not let in yet share what their unfinished packets may hold. */
class StrangersTest {
  /** Of a CONNECT of 20 000 bytes. */
  private static final String HEADER = "10 a09c01";

  private final BrokerHarness harness =
      BrokerHarness.create(limits -> limits.connectingBytes(10_000));

  @Test
  void oneWhoSendsMoreThanAllMayHoldIsRefused() {
    TestClient patient = half(4000);
    TestClient greedy = half(4000);
    assertThat(harness.connectingBytes.held()).isBetween(8000L, 10_000L);

    greedy.sendHex("00".repeat(4000));

    assertThat(greedy.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    assertThat(greedy.isClosed()).isTrue();
    assertThat(greedy.end().cause()).isEqualTo(DisconnectCause.VIOLATION);
    assertThat(patient.isClosed()).isFalse();
    assertThat(harness.connectingBytes.held()).isBetween(4000L, 5000L);
  }

  @Test
  void whoComesWithAWholeConnectIsLetInAllTheSame() {
    half(4000);
    half(4000);
    half(1000);
    assertThat(half(4000).isClosed()).isTrue();
    assertThat(harness.connect("c").isClosed()).isFalse();
  }

  @Test
  void whoIsLetInOrGoesHoldsNothingMore() {
    TestClient slow = harness.open().sendHex("10 0e 00044d51");
    assertThat(harness.connectingBytes.held()).isPositive();
    slow.sendHex("5454 05 02 003c 00 0001 61");
    assertThat(slow.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    slow.sendHex("30 7f 00");
    assertThat(harness.connectingBytes.held()).isZero();

    half(4000);
    harness.advance(harness.limits.connectTimeoutMillis());
    assertThat(harness.connectingBytes.held()).isZero();
  }

  private TestClient half(int bytes) {
    return harness.open().sendHex(HEADER + "00".repeat(bytes));
  }
}
