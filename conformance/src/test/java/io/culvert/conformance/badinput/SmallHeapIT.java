package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.badinput.HeapAttacks.Attack;
import io.culvert.conformance.broker.Await;
import io.culvert.conformance.broker.CulvertProcess;
import io.culvert.conformance.raw.Bystander;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.OwnBroker;
import io.culvert.conformance.scene.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A broker with 64 MB of heap, attacked in every way that wants more than there is. Two healthy
 * clients of QoS 1 go on all the time, are never refused, and stay as fast as they were.
 */
@BlackBox
@OwnBroker(
    jvm = {"-Xmx64m"},
    options = {"--instances=2"}) // as on most machines; with one there is less to go wrong
class SmallHeapIT {
  /** How long each attack goes on, or is left as it is when it has done all that it wanted. */
  private static final Duration ATTACK = Duration.ofMillis(2500);

  private static final int WARM_UP_ROUNDS = 500;

  private static final Duration FLOOR = Duration.ofMillis(250);

  private static final Map<String, Attack> ATTACKS = HeapAttacks.all();
  private static final Map<String, Duration> P99 = new LinkedHashMap<>();
  private static @Nullable Bystander healthy;

  static Stream<String> attacks() {
    return ATTACKS.keySet().stream();
  }

  @AfterAll
  static void report() throws IOException {
    List<String> lines = new ArrayList<>();
    P99.forEach((name, p99) -> lines.add("| " + name + " | " + millis(p99) + " ms |"));
    Files.write(Path.of("target", "small-heap.md"), lines);
    if (healthy != null) {
      healthy.close();
    }
  }

  @BadInput({6, 51, 52, 53, 55, 56, 57, 58, 59, 60, 61, 62, 63, 66, 70, 71, 77})
  @ParameterizedTest
  @MethodSource("attacks")
  void healthyClientsNoticeNothing(String name, CulvertProcess broker, Scene scene)
      throws Exception {
    Bystander clients = healthy(broker);
    healthy = null; // unless they are well afterwards: each attack is judged for itself
    clients.takeDurations();
    go(scene, ATTACKS.get(name), clients);
    clients.assertUndisturbed();
    healthy = clients;
    Duration p99 = p99(clients.takeDurations());
    P99.put(name, p99);
    Duration twice = P99.get("quiet").multipliedBy(2);
    assertThat(p99).isLessThan(twice.compareTo(FLOOR) < 0 ? FLOOR : twice);
    assertThat(broker.lines("OutOfMemoryError:")).isEmpty();
  }

  /** Joined, warmed up and measured the first time. */
  private static Bystander healthy(CulvertProcess broker) throws IOException {
    Bystander clients = healthy;
    if (clients == null) {
      clients = Bystander.join(broker.mqtt(), "healthy", "healthy");
      clients.awaitRounds(WARM_UP_ROUNDS);
      clients.takeDurations();
      clients.awaitRounds(ATTACK);
      P99.putIfAbsent("quiet", p99(clients.takeDurations()));
    }
    return clients;
  }

  private static void go(Scene scene, Attack attack, Bystander clients) throws Exception {
    Thread thread =
        new Thread(
            () -> {
              try {
                attack.on(scene);
              } catch (IOException | AssertionError e) {
                // It was refused or let go, or its time is over.
              }
            },
            "attack");
    thread.setDaemon(true);
    thread.start();
    clients.awaitRounds(ATTACK);
    thread.interrupt();
    scene.close();
    thread.join(Await.LIMIT.toMillis());
    assertThat(thread.isAlive()).as("the attack goes on").isFalse();
  }

  private static Duration p99(List<Long> rising) {
    assertThat(rising).isNotEmpty();
    return Duration.ofNanos(rising.get((int) (rising.size() * 0.99)));
  }

  private static String millis(Duration duration) {
    return String.valueOf(duration.toNanos() / 10_000 / 100.0);
  }
}
