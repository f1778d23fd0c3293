package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A gate before a broker, whose event loop is late when the test says so. */
@OneShard
class ConnectGateTest {
  private static final int MOST = 100;

  private final BrokerHarness harness = BrokerHarness.create();
  private final Broker broker = harness.broker.shard(0);
  private final ConnectGate gate =
      new ConnectGate(broker, new RetryAfter(new Random(1)::nextLong), MOST);
  private final List<TestClient> clients = new ArrayList<>();
  private boolean busy;

  @Test
  void nobodyWaitsWhileTheLoopIsInTime() {
    come(1000);
    assertThat(connected()).isEqualTo(1000);
    assertThat(gate.deadlineMillis()).isEqualTo(Long.MAX_VALUE);
    assertThat(broker.counters().waited()).isZero();
  }

  @Test
  void whileItIsLateAFewAreLetInInTheirOrder() {
    busy = true;
    come(80);
    assertThat(connected()).isZero();
    assertThat(gate.waiting()).isEqualTo(80);
    step();
    assertThat(connected()).isEqualTo(ConnectGate.FEWEST_PER_STEP);
    assertThat(clients.get(ConnectGate.FEWEST_PER_STEP - 1).server.isConnected()).isTrue();
    assertThat(clients.get(ConnectGate.FEWEST_PER_STEP).server.isConnected()).isFalse();
    step();
    assertThat(connected()).isEqualTo(2 * ConnectGate.FEWEST_PER_STEP);
    assertThat(broker.counters().waited()).isEqualTo(80);
  }

  @Test
  void whenItIsInTimeAgainMoreAndMoreAreLetIn() {
    busy = true;
    come(MOST);
    busy = false;
    step();
    assertThat(connected()).isEqualTo(2 * ConnectGate.FEWEST_PER_STEP);
    come(1); // behind those who wait
    assertThat(connected()).isEqualTo(2 * ConnectGate.FEWEST_PER_STEP);
    step();
    assertThat(connected()).isEqualTo(MOST + 1);
    assertThat(gate.deadlineMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void whoFindsTheQueueFullIsToldWhenToComeBack() {
    busy = true;
    come(MOST + 1000);
    assertThat(gate.waiting()).isEqualTo(MOST);
    assertThat(broker.counters().turnedAway()).isEqualTo(1000);
    List<Long> times = new ArrayList<>();
    for (TestClient client : clients.subList(MOST, MOST + 1000)) {
      ConnAck refused = client.take(ConnAck.class);
      assertThat(refused.reasonCode()).isEqualTo(ReasonCode.SERVER_BUSY);
      assertThat(refused.properties().userProperties()).hasSize(1);
      assertThat(refused.properties().userProperties().get(0).name()).isEqualTo("retry-after-ms");
      times.add(Long.parseLong(refused.properties().userProperties().get(0).value()));
      assertThat(client.isClosed()).isTrue();
    }
    assertThat(times).allMatch(time -> time >= 500 && time <= 2500);
    assertThat(times.stream().distinct().count()).as("spread").isGreaterThan(300);
  }

  @Test
  void olderClientsGetTheirOwnCode() {
    busy = true;
    come(MOST);
    TestClient older = harness.open();
    older.send(Packets.connect("older").version(MqttVersion.MQTT_3_1_1).build());
    arrive(older);
    assertThat(older.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
  }

  @Test
  void whoHasWaitedTooLongIsToldWhenToComeBack() {
    busy = true;
    come(MOST);
    harness.advance(ConnectGate.PATIENCE_MILLIS + 1);
    timeout();
    assertThat(gate.waiting()).isZero();
    assertThat(connected()).isZero();
    assertThat(clients.get(0).take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SERVER_BUSY);
  }

  @Test
  void whoHasGoneTakesNobodysPlace() {
    busy = true;
    come(ConnectGate.FEWEST_PER_STEP + 12);
    clients.subList(0, 5).forEach(TestClient::lose);
    clients.subList(5, 10).forEach(client -> client.server.receiveEnd());
    step();
    assertThat(connected()).isEqualTo(ConnectGate.FEWEST_PER_STEP);
    assertThat(gate.waiting()).isEqualTo(2);
    assertThat(broker.counters().turnedAway()).as("nobody was told").isZero();
  }

  private void come(int count) {
    for (int i = 0; i < count; i++) {
      harness.hold();
      TestClient client = harness.open().send(Packets.connect("c" + clients.size()).build());
      harness.drop();
      clients.add(client);
      arrive(client);
    }
  }

  private void arrive(TestClient client) {
    ServerEvent request = client.events().get(0);
    if (client.server.isConnected()) {
      throw new AssertionError("decided without the gate");
    }
    long now = harness.clock.nowMillis();
    if (gate.admits(this::enter, client.server, request, busy, now)) {
      enter(client.server, request, now);
    }
    client.link.runUntilIdle();
  }

  private void enter(ServerConnection connection, ServerEvent request, long nowMillis) {
    broker.handle(connection, request, nowMillis);
  }

  private void step() {
    assertThat(gate.deadlineMillis())
        .isEqualTo(harness.clock.nowMillis() + ConnectGate.STEP_MILLIS);
    harness.advance(ConnectGate.STEP_MILLIS - 1);
    long before = connected();
    timeout();
    assertThat(connected()).as("too early").isEqualTo(before);
    harness.advance(1);
    timeout();
  }

  private void timeout() {
    gate.timeout(busy, harness.clock.nowMillis());
    harness.run();
  }

  private long connected() {
    return clients.stream().filter(client -> client.server.isConnected()).count();
  }
}
