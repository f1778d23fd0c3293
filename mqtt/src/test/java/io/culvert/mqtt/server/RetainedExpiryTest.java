package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Property;
import org.junit.jupiter.api.Test;

class RetainedExpiryTest {
  private final BrokerHarness harness =
      BrokerHarness.create(limits -> limits.retainedMessages(2000));
  private final TestClient publisher = harness.connect("publisher");

  @Test
  @Scenario(101)
  void expiredMessagesGiveTheirRoomBack() {
    for (int i = 0; i < 2000; i++) {
      retain("a/" + i, 10);
    }
    assertThat(harness.broker.retainedCount()).isEqualTo(2000);
    harness.advanceSeconds(9);
    assertThat(harness.broker.retainedCount()).isEqualTo(2000);
    harness.advanceSeconds(1);
    assertThat(harness.broker.retainedCount()).isZero();
    assertThat(harness.broker.retainedBytes()).isZero();
    assertThat(harness.broker.deadlineMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anotherMessageOfTheTopicHasAnExpiryOfItsOwn() {
    retain("longer", 10);
    retain("longer", 20);
    retain("forever", 10);
    publisher.send(Packets.publish("forever", "y").retain().build());
    retain("removed", 10);
    publisher.send(Packets.publish("removed", "").retain().build());
    harness.advanceSeconds(10);
    assertThat(harness.broker.retainedCount()).isEqualTo(2);
    harness.advanceSeconds(10);
    assertThat(harness.broker.retainedCount()).isEqualTo(1);
  }

  private void retain(String topic, int expirySeconds) {
    publisher.send(
        Packets.publish(topic, "x")
            .retain()
            .with(Property.MESSAGE_EXPIRY_INTERVAL, expirySeconds)
            .build());
  }
}
