package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.testkit.SimulatedDisk;
import io.culvert.engine.testkit.SimulatedDisk.Crash;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * A broker with its disk and its clients in one thread and in virtual time: crashes that take what
 * was not synced, slow and failing writes and syncs, a full disk, lost connections. Whatever
 * happens, what was acknowledged arrives, QoS 2 once, in order. A failure names its seed: {@code
 * -Dculvert.test.seed=N} plays that one alone, {@code -Dculvert.test.seeds=N} plays so many.
 */
class DurabilitySimulationTest {
  private static final int SEEDS = Integer.getInteger("culvert.test.seeds", 1000);
  private static final Long SEED = Long.getLong("culvert.test.seed");
  private static final int CLIENTS = 3;
  private static final int STEPS = 120;

  /** The topic whose messages go to one of the clients each. */
  private static final int SHARED = 2;

  /** The topic whose messages go to each of the clients, and to one of them once more. */
  private static final int BOTH = 3;

  private static final String[] TOPICS = {"t/0", "t/1", "s/2", "b/3"};

  @Test
  void nothingAcknowledgedIsLost() {
    long first = SEED == null ? 1 : SEED;
    long last = SEED == null ? SEEDS : SEED;
    for (long seed = first; seed <= last; seed++) {
      try {
        new Run(seed).play();
      } catch (RuntimeException | AssertionError failure) {
        throw new AssertionError("seed " + seed + ": " + failure, failure);
      }
    }
  }

  /** One seed. */
  private static final class Run {
    private final Random random;
    private final BrokerHarness harness;
    private final List<ModelClient> clients = new ArrayList<>();
    private final Map<String, List<String>> published = new HashMap<>();

    /** Some message was refused, and is sent again after others that were not. */
    private boolean anyRefused;

    Run(long seed) {
      random = new Random(seed);
      harness =
          BrokerHarness.durable(
              limits -> limits.inFlight(1 + random.nextInt(8)), 1 + random.nextInt(3), seed);
    }

    void play() {
      MqttVersion[] versions = {MqttVersion.MQTT_5, MqttVersion.MQTT_3_1_1};
      for (int i = 0; i < CLIENTS; i++) {
        ModelClient client = new ModelClient(harness, "c" + i, versions[random.nextInt(2)]);
        clients.add(client);
        client.connect();
        await(client::isConnected);
        client.request(
            Packets.subscribe(
                1,
                Packets.entry("t/#", QoS.EXACTLY_ONCE),
                Packets.entry("$share/g/s/#", QoS.EXACTLY_ONCE),
                Packets.entry("b/#", QoS.EXACTLY_ONCE),
                Packets.entry("$share/g/b/#", QoS.EXACTLY_ONCE)));
        await(client::isSubscribed);
      }
      harness.disk().takesMillis(0, 1 + random.nextInt(30));
      for (int step = 0; step < STEPS; step++) {
        perform();
      }
      settle();
      lookForRefusals();
      assertThat(published).isNotEmpty();
      clients.forEach(this::assertPromises);
      assertSharedPromises();
    }

    private void perform() {
      ModelClient client = clients.get(random.nextInt(CLIENTS));
      SimulatedDisk disk = harness.disk();
      switch (random.nextInt(40)) {
        case 0, 1 -> crash();
        case 2, 3 -> client.lose();
        case 4 -> client.cut();
        case 5, 6, 7, 8, 9 -> client.connect();
        case 10 -> disk.failWrite(1 + random.nextInt(4));
        case 11 -> disk.failSync(1 + random.nextInt(4));
        case 12 -> disk.capacityBytes(random.nextInt(4) == 0 ? 500 : Long.MAX_VALUE);
        case 13, 14, 15, 16, 17, 18 -> harness.advance(random.nextInt(60));
        case 19, 20, 21, 22, 23, 24, 25 -> client.step();
        default -> publish(client);
      }
    }

    private void publish(ModelClient client) {
      QoS qos = QoS.of(random.nextInt(3));
      int topic = random.nextInt(TOPICS.length);
      String stream = "c" + clients.indexOf(client) + "/" + topic + "/" + qos;
      List<String> all = published.computeIfAbsent(stream, key -> new ArrayList<>());
      String padding = random.nextInt(5) == 0 ? "x".repeat(random.nextInt(6000)) : "";
      String payload = stream + "/" + all.size() + "/" + padding;
      all.add(payload);
      client.publish(TOPICS[topic], payload, qos);
    }

    private void lookForRefusals() {
      anyRefused |= harness.broker.counters().refusedPublishes().of(ReasonCode.QUOTA_EXCEEDED) > 0;
    }

    private void crash() {
      lookForRefusals();
      clients.forEach(ModelClient::serverCrashed);
      harness.crash(Crash.values()[random.nextInt(Crash.values().length)]);
    }

    private void settle() {
      harness.disk().capacityBytes(Long.MAX_VALUE);
      if (random.nextBoolean()) {
        crash();
      }
      harness.advance(2000);
      for (ModelClient client : clients) {
        client.lose();
        client.connect();
      }
      for (int quiet = 0; quiet < 5; quiet++) {
        harness.advance(200);
        for (ModelClient client : clients) {
          quiet = client.step() ? 0 : quiet;
          if (client.isAway()) { // sent away while the disk failed
            client.connect();
            quiet = 0;
          }
          client.sendRefused();
        }
      }
    }

    private void await(BooleanSupplier condition) {
      for (int tries = 0; !condition.getAsBoolean(); tries++) {
        assertThat(tries).isLessThan(1000);
        harness.advance(1);
        clients.forEach(ModelClient::step);
      }
    }

    private void assertSharedPromises() {
      Map<String, Integer> times = new HashMap<>();
      for (ModelClient client : clients) {
        client.delivered.forEach(
            publish -> times.merge(publish.payload().toUtf8(), 1, Integer::sum));
      }
      published.forEach(
          (stream, all) -> {
            for (String payload : isShared(stream) ? all : List.<String>of()) {
              int due = topic(stream) == BOTH ? CLIENTS + 1 : 1;
              int got = times.getOrDefault(payload, 0);
              if (stream.endsWith(QoS.EXACTLY_ONCE.name()) && harness.broker.count() == 1) {
                assertThat(got).as(payload).isEqualTo(due);
              } else if (!stream.endsWith(QoS.AT_MOST_ONCE.name())) {
                // A crash while one shard hands it over to another one leaves it with both.
                assertThat(got).as(payload).isGreaterThanOrEqualTo(due);
              }
            }
          });
    }

    private static boolean isShared(String stream) {
      return topic(stream) >= SHARED;
    }

    private static int topic(String stream) {
      return stream.charAt(3) - '0';
    }

    private void assertPromises(ModelClient client) {
      assertThat(client.isFinished()).isTrue();
      Map<String, List<String>> got = new HashMap<>();
      Set<String> seen = new HashSet<>();
      for (Publish publish : client.delivered) {
        String payload = publish.payload().toUtf8();
        if (isShared(payload)) {
          continue;
        }
        String stream = payload.substring(0, payload.indexOf('/', payload.indexOf('/', 3) + 1));
        if (seen.add(payload)) {
          got.computeIfAbsent(stream, key -> new ArrayList<>()).add(payload);
        } else {
          assertThat(publish.qos()).as(payload).isEqualTo(QoS.AT_LEAST_ONCE);
        }
      }
      published.forEach(
          (stream, all) -> {
            if (isShared(stream)) {
              return;
            }
            List<String> arrived = got.getOrDefault(stream, List.of());
            if (stream.endsWith(QoS.AT_MOST_ONCE.name())) {
              List<String> those = new ArrayList<>(all);
              those.retainAll(arrived);
              assertThat(arrived).isEqualTo(those); // none twice, in order
            } else if (anyRefused) {
              assertThat(arrived).as(stream).containsExactlyInAnyOrderElementsOf(all);
            } else {
              assertThat(arrived).as(stream).isEqualTo(all);
            }
          });
    }
  }
}
