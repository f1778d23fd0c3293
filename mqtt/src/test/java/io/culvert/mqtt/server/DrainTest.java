package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DrainTest {
  private final AtomicInteger done = new AtomicInteger();

  @Test
  void clientsGoEvenlyOverTheTimeAndTheirSessionsStay() {
    BrokerHarness harness = BrokerHarness.create();
    List<TestClient> clients = connect(harness, 20 * harness.broker.count());
    assertThat(harness.broker.leave(false)).isEqualTo(clients.size());
    drain(harness, 2000);
    for (int passed = 0; passed < 2000; passed += 100) {
      // Of each shard's twenty clients one goes at the start of each tenth of a second.
      int gone = (passed / 100 + 1) * harness.broker.count();
      assertThat(closed(clients)).as("after %s ms", passed).isEqualTo(gone);
      assertThat(harness.broker.leftToDrain()).isEqualTo(clients.size() - gone);
      harness.advance(99);
      assertThat(closed(clients)).isEqualTo(gone);
      harness.advance(1);
    }
    assertThat(done).hasValue(harness.broker.count());
    assertThat(harness.broker.sessionCount()).isEqualTo(clients.size());
    for (TestClient client : clients) {
      Disconnect told = client.take(Disconnect.class);
      assertThat(told.reasonCode()).isEqualTo(ReasonCode.SERVER_SHUTTING_DOWN);
      assertThat(client.session().subscriptions()).hasSize(1);
    }
    harness.advance(10_000);
    assertThat(done).hasValue(harness.broker.count());
  }

  @Test
  void allGoAtOnceWithoutATime() {
    BrokerHarness harness = BrokerHarness.create();
    List<TestClient> clients = connect(harness, 50);
    harness.broker.leave(false);
    drain(harness, 0);
    assertThat(closed(clients)).isEqualTo(50);
    assertThat(done).hasValue(harness.broker.count());
  }

  @Test
  void nobodyIsDrainedAtOnce() {
    BrokerHarness harness = BrokerHarness.create();
    assertThat(harness.broker.leave(false)).isZero();
    drain(harness, 60_000);
    assertThat(done).hasValue(harness.broker.count());
  }

  @Test
  void clientsAreSentToTheOtherServerAndOlderOnesAreClosed() {
    BrokerHarness harness =
        BrokerHarness.create(limits -> limits.serverReference("two.example.com:1884"));
    TestClient five = harness.connect("five");
    TestClient older =
        harness.connect(Packets.connect("older").version(MqttVersion.MQTT_3_1_1).build());
    harness.broker.leave(false);
    TestClient late = harness.open().send(Packets.connect("late").build());
    drain(harness, 0);
    Disconnect told = five.take(Disconnect.class);
    assertThat(told.reasonCode()).isEqualTo(ReasonCode.USE_ANOTHER_SERVER);
    assertThat(told.properties().text(Property.SERVER_REFERENCE)).isEqualTo("two.example.com:1884");
    assertThat(late.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.USE_ANOTHER_SERVER);
    assertThat(older.takeAll()).isEmpty();
    assertThat(older.isClosed()).isTrue();
  }

  @Test
  void whoShallNotComeBackIsToldSo() {
    BrokerHarness harness = BrokerHarness.create();
    TestClient five = harness.connect("five");
    harness.broker.leave(true);
    TestClient late = harness.open().send(Packets.connect("late").build());
    TestClient older =
        harness.open().send(Packets.connect("older").version(MqttVersion.MQTT_3_1_1).build());
    drain(harness, 0);
    Disconnect told = five.take(Disconnect.class);
    assertThat(told.reasonCode()).isEqualTo(ReasonCode.SERVER_MOVED);
    assertThat(told.properties().text(Property.REASON_STRING)).contains("for good");
    assertThat(told.properties().has(Property.SERVER_REFERENCE)).isFalse();
    assertThat(late.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SERVER_MOVED);
    assertThat(older.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
  }

  @Test
  void aNewRateHoldsForThoseWhoAreLeft() {
    BrokerHarness harness = BrokerHarness.create();
    List<TestClient> clients = connect(harness, 10 * harness.broker.count());
    harness.broker.leave(false);
    drain(harness, 100_000);
    harness.advance(9_999);
    assertThat(closed(clients)).isEqualTo(harness.broker.count());
    drain(harness, 1_000);
    harness.advance(1_000);
    assertThat(closed(clients)).isEqualTo(clients.size());
    assertThat(done).hasValue(harness.broker.count());
  }

  @Test
  void stopEndsItAtOnce() {
    BrokerHarness harness = BrokerHarness.create();
    List<TestClient> clients = connect(harness, 10);
    harness.broker.leave(true);
    drain(harness, 100_000);
    harness.broker.stop();
    harness.run();
    assertThat(done).hasValue(harness.broker.count());
    for (TestClient client : clients) {
      assertThat(client.take(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.SERVER_MOVED);
    }
  }

  private void drain(BrokerHarness harness, long spreadMillis) {
    harness.broker.drain(spreadMillis, harness.clock.nowMillis(), done::incrementAndGet);
    harness.run();
  }

  private static List<TestClient> connect(BrokerHarness harness, int count) {
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(harness.resume("c" + i).subscribe("a", QoS.AT_LEAST_ONCE));
    }
    return clients;
  }

  private static long closed(List<TestClient> clients) {
    return clients.stream().filter(TestClient::isClosed).count();
  }
}
