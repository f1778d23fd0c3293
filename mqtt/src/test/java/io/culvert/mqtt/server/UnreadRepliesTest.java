package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Wire;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A client that sends on and on and never reads: the answers to it are bounded, too. */
class UnreadRepliesTest {
  private static final Limits LIMITS =
      Limits.builder().outboxBytes(1000).maximumPacketSizeBytes(500).build();

  private static final int PINGS_PER_CHUNK = 512;
  private static final Bytes PINGS = Bytes.hex("c000".repeat(PINGS_PER_CHUNK));

  private Broker broker = new Broker(LIMITS, new Random(1)::nextLong);
  private ServerConnection server =
      new ServerConnection(LIMITS, new BufferPool(), () -> {}, null, 0);

  @Test
  void repliesThatNobodyReadsStopTheReading() {
    connect(0);
    int asked = sendUntilChoked();
    assertThat(server.outbox().pendingBytes()).isBetween(1500L, 1600L);
    int answered = drain();
    poll(0);
    while (!server.outbox().isEmpty()) {
      answered += drain();
      poll(0);
    }
    assertThat(answered).isEqualTo(asked);
    assertThat(server.awaitsDecision()).isFalse();
  }

  @Test
  void whereMemoryIsScarceFewerAreEnough() {
    Limits little = LIMITS.toBuilder().nodeBytes(1_000_000).build();
    broker = new Broker(little, new Random(1)::nextLong);
    server = broker.open(little, new BufferPool(), () -> {}, null, 0);
    connect(0);
    broker.hold(980_000); // and there are two hundred bytes for each
    int asked = sendUntilChoked();
    assertThat(server.outbox().pendingBytes()).isBetween(100L, 300L);
    int answered = drain();
    poll(0);
    while (!server.outbox().isEmpty()) {
      answered += drain();
      poll(0);
    }
    assertThat(answered).isEqualTo(asked);
    assertThat(server.awaitsDecision()).isFalse();
  }

  @Test
  void whoDoesNotReadIsNotKeptAlive() {
    connect(10);
    sendUntilChoked();
    server.timeout(15_000);
    poll(15_000);
    assertThat(server.status()).isEqualTo(ServerConnection.Status.CLOSE_AFTER_FLUSH);
  }

  @Test
  void theEndOfSuchAConnectionIsSeen() {
    connect(0);
    sendUntilChoked();
    server.receiveEnd();
    poll(0);
    assertThat(server.status()).isEqualTo(ServerConnection.Status.CLOSE_AFTER_FLUSH);
    assertThat(broker.sessionCount()).isZero();
  }

  private void connect(int keepAliveSeconds) {
    server.receive(
        Wire.encode(Packets.connect("c").keepAlive(keepAliveSeconds).build(), MqttVersion.MQTT_5));
    poll(0);
    server.outbox().clear();
  }

  private int sendUntilChoked() {
    int asked = 0;
    while (!server.awaitsDecision()) {
      assertThat(asked).as("pings that were read").isLessThan(100 * PINGS_PER_CHUNK);
      server.receive(PINGS);
      asked += PINGS_PER_CHUNK;
      poll(0);
    }
    return asked;
  }

  private void poll(long nowMillis) {
    ServerEvent event;
    while ((event = server.poll(nowMillis)) != null) {
      broker.handle(server, event, nowMillis);
    }
    if (server.deadlineMillis() == nowMillis) { // it only lets others have their turn
      server.timeout(nowMillis);
      poll(nowMillis);
    }
  }

  /** How many PINGRESP were waiting. */
  private int drain() {
    int count = (int) server.outbox().pendingBytes() / 2;
    server.outbox().drainTo(new Nowhere());
    return count;
  }

  private static final class Nowhere implements Outbox.Sink {
    @Override
    public void copied(byte[] array, int start, int length) {}

    @Override
    public void shared(Bytes bytes) {}
  }
}
