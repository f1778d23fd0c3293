package io.culvert.conformance.raw;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Two well-behaved connections that nobody's bad bytes may disturb: one publishes numbered messages
 * at QoS 1 all the time, the other receives each of them once and in order. A daemon thread drives
 * both; the message that goes wrong first is kept for {@link #assertUndisturbed}.
 */
public final class Bystander implements AutoCloseable {

  /** The name of the thread that drives both. */
  public static final String THREAD = "bystander";

  private static final byte[] PINGREQ = Hex.bytes("c000");
  private static final byte[] PINGRESP = Hex.bytes("d000");
  private static final long PACE_MILLIS = 10;

  /**
   * Longer than any load of these tests takes, also on a busy machine; a stuck broker takes more.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final RawConnection writer;
  private final RawConnection reader;
  private final String topic;
  private final ScheduledExecutorService rounds =
      Executors.newSingleThreadScheduledExecutor(Bystander::daemon);

  // Of the thread that drives the rounds.
  private int round;
  private long slowestNanos;
  private List<Long> tookNanos = new ArrayList<>();
  private @Nullable Throwable disturbance;

  private Bystander(RawConnection writer, RawConnection reader, String topic) {
    this.writer = writer;
    this.reader = reader;
    this.topic = topic;
  }

  public static Bystander join(URI broker, String clientId, String topic) throws IOException {
    RawConnection reader = RawConnection.connected(broker, 5, clientId);
    reader.send(Hex.subscribe(5, topic, 1));
    assertThat(reader.expectPacket()).isEqualTo(Hex.bytes("9004 0001 00 01"));
    RawConnection writer = RawConnection.connected(broker, 5, clientId + "-w");
    Bystander bystander = new Bystander(writer, reader, topic);
    bystander.rounds.scheduleWithFixedDelay(
        bystander::tryRound, 0, PACE_MILLIS, TimeUnit.MILLISECONDS);
    return bystander;
  }

  /**
   * All messages so far have come, in order and without much delay; and both are still answered.
   */
  public void assertUndisturbed() {
    Await.result("the bystander", CompletableFuture.runAsync(this::lookBack, rounds));
  }

  /** So many more rounds have been. */
  public void awaitRounds(int more) {
    Await.result(
        "rounds of the bystander",
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < more; i++) {
                tryRound();
              }
            },
            rounds));
  }

  /** The rounds of so long have been, at their usual pace. */
  public void awaitRounds(Duration time) {
    Executor then =
        CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS, rounds);
    Await.result("rounds of the bystander", CompletableFuture.runAsync(() -> {}, then));
  }

  /** How long each round has taken since the last call, in nanoseconds, in rising order. */
  public List<Long> takeDurations() {
    return Await.result(
        "the bystander",
        CompletableFuture.supplyAsync(
            () -> {
              List<Long> taken = tookNanos.stream().sorted().toList();
              tookNanos = new ArrayList<>();
              return taken;
            },
            rounds));
  }

  @Override
  public void close() throws IOException {
    rounds.shutdownNow();
    writer.close();
    reader.close();
  }

  private void lookBack() {
    try {
      tryRound();
      assertThat(disturbance).as("what happened in round %s", round).isNull();
      assertThat(Duration.ofNanos(slowestNanos))
          .as("the slowest of all rounds")
          .isLessThan(PATIENCE);
      for (RawConnection connection : new RawConnection[] {writer, reader}) {
        connection.send(PINGREQ);
        assertThat(connection.expectPacket()).isEqualTo(PINGRESP);
      }
    } catch (IOException e) {
      throw new AssertionError("the bystander was disturbed", e);
    }
  }

  private void tryRound() {
    if (disturbance == null) {
      try {
        round();
      } catch (IOException | RuntimeException | AssertionError e) {
        disturbance = e;
      }
    }
  }

  private void round() throws IOException {
    long began = System.nanoTime();
    byte[] payload = ("round " + ++round).getBytes(StandardCharsets.UTF_8);
    int packetId = round % 0xFFFF + 1;
    writer.send(Hex.publishQos1(5, topic, packetId, payload));
    assertThat(writer.expectPacket()).as("PUBACK").isEqualTo(Hex.puback(packetId));
    byte[] publish = reader.expectPacket();
    int idAt = 2 + 2 + topic.length();
    int receivedId = (publish[idAt] & 0xFF) << 8 | publish[idAt + 1] & 0xFF;
    assertThat(publish).isEqualTo(Hex.publishQos1(5, topic, receivedId, payload));
    reader.send(Hex.puback(receivedId));
    long took = System.nanoTime() - began;
    slowestNanos = Math.max(slowestNanos, took);
    tookNanos.add(took);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, THREAD);
    thread.setDaemon(true);
    return thread;
  }
}
