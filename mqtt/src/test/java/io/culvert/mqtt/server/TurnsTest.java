package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One client that sends very many small packets at once, and others that share its thread. */
class TurnsTest {
  private static final int PINGS = 10_000;

  private final Limits limits = Limits.builder().nodeBytes(10_000_000).build();
  private final Broker broker = new Broker(limits, new Random(1)::nextLong);
  private int wakes;
  private final ServerConnection server =
      broker.open(limits, new BufferPool(), () -> wakes++, null, 0);

  @Test
  void manyPacketsAreHandledInPortionsAndNothingIsReadMeanwhile() {
    connect();
    receive("c000".repeat(PINGS));
    int answered = takeAnswers();
    assertThat(answered).isBetween(100, 200);
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
    assertThat(portions).isBetween(50, 100);
    assertThat(answered).isEqualTo(PINGS);
    assertThat(server.deadlineMillis()).isEqualTo(Engine.NO_DEADLINE);
  }

  @Test
  void messagesAreHandledInLargerPortions() {
    connect();
    receive(("300a" + "0001" + "74" + "00" + "00".repeat(6)).repeat(2500));
    int portions = 1;
    while (server.awaitsDecision()) {
      server.timeout(0);
      poll();
      portions++;
    }
    assertThat(portions).isEqualTo(3);
  }

  @Test
  void messagesCountByWhatTheirReadersAreSent() {
    List<ServerConnection> readers = new ArrayList<>();
    for (int reader = 0; reader < 32; reader++) {
      ServerConnection connection = broker.open(limits, new BufferPool(), () -> {}, null, 0);
      receive(connection, Packets.connect("reader " + reader).keepAlive(0).build());
      receive(connection, Packets.subscribe(1, "t", QoS.AT_MOST_ONCE));
      connection.outbox().clear();
      readers.add(connection);
    }
    connect();
    String publish = "30" + "840c" + "0001" + "74" + "00" + "00".repeat(1536);
    receive(publish.repeat(66)); // 99 KiB in, and 32 times as much out
    for (int portion = 1; portion < 3; portion++) {
      assertThat(server.awaitsDecision()).isTrue();
      for (ServerConnection reader : readers) {
        assertThat(reader.outbox().pendingBytes()).isBetween(30_000L, 36_000L);
        reader.outbox().clear();
      }
      server.timeout(0);
      poll();
    }
    assertThat(server.awaitsDecision()).isFalse();
    assertThat(readers.get(0).outbox().pendingBytes()).isBetween(30_000L, 36_000L);
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
    broker.hold(8_000_000);
    receive("c000".repeat(PINGS));
    assertThat(takeAnswers()).isEqualTo(PINGS);
  }

  private void connect() {
    receive(server, Packets.connect("c").keepAlive(0).build());
    server.outbox().clear();
  }

  private void receive(ServerConnection connection, MqttPacket packet) {
    connection.receive(Wire.encode(packet, MqttVersion.MQTT_5));
    poll(connection);
  }

  private void receive(String hex) {
    server.receive(Bytes.hex(hex));
    poll();
  }

  private void poll() {
    poll(server);
  }

  private void poll(ServerConnection connection) {
    ServerEvent event;
    while ((event = connection.poll(0)) != null) {
      broker.handle(connection, event, 0);
    }
  }

  private int takeAnswers() {
    int answers = (int) server.outbox().pendingBytes() / 2;
    server.outbox().clear();
    return answers;
  }
}
