package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.ReasonCode;
import org.junit.jupiter.api.Test;

/** What one packet may ask for: User Properties, and how late its Will comes. */
class PromiseLimitsTest {
  @Test
  void aPacketWithMoreUserPropertiesEndsTheConnection() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.userProperties(3));
    TestClient client = harness.connect("c");
    client.send(withUserProperties(3).build());
    assertThat(client.isClosed()).isFalse();
    client.send(withUserProperties(4).build());
    assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    assertThat(client.isClosed()).isTrue();
    assertThat(harness.broker.counters().violations().sum()).isEqualTo(1);
  }

  @Test
  void aWillThatWouldComeLaterIsRefused() {
    BrokerHarness harness = BrokerHarness.create(limits -> limits.willDelaySeconds(60));
    TestClient late = harness.open();
    late.send(withWill(61, 3600));
    assertThat(late.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    harness.connect(withWill(60, 3600));
    harness.connect(withWill(4_000_000_000L, 30)); // its session ends before
  }

  private static Connect withWill(long delaySeconds, long expirySeconds) {
    return Packets.connect("c")
        .will("will", "x", delaySeconds)
        .expirySeconds(expirySeconds)
        .build();
  }

  private static PublishBuilder withUserProperties(int count) {
    PublishBuilder publish = Packets.publish("t", "x");
    for (int i = 0; i < count; i++) {
      publish.user("name", "value " + i);
    }
    return publish;
  }
}
