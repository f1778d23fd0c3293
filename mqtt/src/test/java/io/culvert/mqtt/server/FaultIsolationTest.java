package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A mistake of ours that one client meets costs that client its connection, and others nothing. */
class FaultIsolationTest {
  private final List<String> failed = new ArrayList<>();

  /** Breaks whenever the session {@code unlucky} loses a message. */
  private final BrokerLog breaking =
      new BrokerLog() {
        @Override
        public void dropped(Session session, DropReason reason, int messages, long nowMillis) {
          if (session.clientId().equals("unlucky")) {
            throw new IllegalStateException("planted");
          }
        }

        @Override
        public void failed(Session session, RuntimeException failure) {
          failed.add(session.clientId() + ": " + failure.getMessage());
        }
      };

  private final BrokerHarness harness = BrokerHarness.create(limits -> limits, breaking);

  @Test
  @Scenario(126)
  void aFailedDeliveryEndsItsOwnConnectionOnly() {
    TestClient unlucky =
        harness
            .connect(Packets.connect("unlucky").with(Property.MAXIMUM_PACKET_SIZE, 30).build())
            .subscribe("a", QoS.AT_LEAST_ONCE);
    TestClient lucky = harness.connect("lucky").subscribe("a", QoS.AT_LEAST_ONCE);
    TestClient publisher = harness.connect("publisher");

    publisher.send(Packets.publish(1, "a", "x".repeat(100), QoS.AT_LEAST_ONCE));

    assertThat(publisher.take(PubAck.class)).isEqualTo(Packets.pubAck(1));
    assertThat(publisher.isClosed()).isFalse();
    assertThat(lucky.takePayloads()).containsExactly("x".repeat(100));
    assertThat(unlucky.take(Disconnect.class).reasonCode())
        .isEqualTo(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);
    assertThat(unlucky.isClosed()).isTrue();
    assertThat(failed).containsExactly("unlucky: planted");
  }
}
