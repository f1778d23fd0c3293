package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Wire;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One client that sends very many small packets at once, and others that share its thread. */
class TurnsTest {
  private static final int PINGS = 10_000;

  private final Limits limits = Limits.builder().nodeBytes(1_000_000).build();
  private final Broker broker = new Broker(limits, new Random(1)::nextLong);
  private int wakes;
  private final ServerConnection server =
      broker.open(limits, new BufferPool(), () -> wakes++, null, 0);

  @Test
  void manyPacketsAreHandledInPortionsAndNothingIsReadMeanwhile() {
    connect();
    receive("c000".repeat(PINGS));
    int answered = takeAnswers();
    assertThat(answered).isBetween(1000, PINGS / 2);
    int portions = 1;
    while (server.awaitsDecision()) {
      poll(); // changes nothing
      assertThat(takeAnswers()).isZero();
      assertThat(server.deadlineMillis()).isZero();
      int before = wakes;
      server.timeout(0);
      assertThat(wakes).isGreaterThan(before);
      assertThat(server.awaitsDecision()).isFalse();
      poll();
      answered += takeAnswers();
      portions++;
    }
    assertThat(portions).isBetween(3, 10);
    assertThat(answered).isEqualTo(PINGS);
    assertThat(server.deadlineMillis()).isEqualTo(Engine.NO_DEADLINE);
  }

  @Test
  void acknowledgementsDoNotCount() {
    connect();
    receive("40020001".repeat(PINGS)); // a slow client's window may be open as wide
    assertThat(server.awaitsDecision()).isFalse();
    assertThat(server.status()).isEqualTo(Engine.Status.OPEN);
  }

  @Test
  void theEndIsSeenBehindTheLastPortion() {
    connect();
    receive("c000".repeat(PINGS));
    server.receiveEnd();
    while (server.awaitsDecision()) {
      server.timeout(0);
      poll();
    }
    assertThat(takeAnswers()).isEqualTo(PINGS);
    assertThat(server.status()).isEqualTo(Engine.Status.CLOSE_AFTER_FLUSH);
    assertThat(broker.sessionCount()).isZero();
  }

  @Test
  void whereMemoryIsShortNothingIsKeptForLater() {
    connect();
    broker.hold(800_000);
    receive("c000".repeat(PINGS));
    assertThat(takeAnswers()).isEqualTo(PINGS);
  }

  private void connect() {
    server.receive(Wire.encode(Packets.connect("c").keepAlive(0).build(), MqttVersion.MQTT_5));
    poll();
    server.outbox().clear();
  }

  private void receive(String hex) {
    server.receive(Bytes.hex(hex));
    poll();
  }

  private void poll() {
    ServerEvent event;
    while ((event = server.poll(0)) != null) {
      broker.handle(server, event, 0);
    }
  }

  private int takeAnswers() {
    int answers = (int) server.outbox().pendingBytes() / 2;
    server.outbox().clear();
    return answers;
  }
}
