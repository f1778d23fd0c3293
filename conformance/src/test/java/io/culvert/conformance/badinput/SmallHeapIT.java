package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.CulvertProcess;
import io.culvert.conformance.raw.Bystander;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.OwnBroker;
import io.culvert.conformance.scene.Scene;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A broker with 64 MB of heap and no other setting, attacked in every way that wants more than
 * there is. Two healthy clients of QoS 1 go on all the time and stay as fast as they were.
 */
@BlackBox
@OwnBroker(jvm = {"-Xmx64m"})
class SmallHeapIT {
  /** How long each attack goes on; it ends earlier when it has done all that it wanted. */
  private static final Duration ATTACK = Duration.ofSeconds(3);

  private static final int QUIET_ROUNDS = 200;

  /** Below this the machine, not the broker, decides. */
  private static final Duration FLOOR = Duration.ofMillis(250);

  private static final byte[] KIB = new byte[1024];
  private static final int NEVER_READS = 300;

  private static final Map<String, Duration> P99 = new LinkedHashMap<>();
  private static @Nullable Bystander healthy;

  /** What a client does that means harm. */
  private interface Attack {
    void on(Scene scene) throws IOException;
  }

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

  @ParameterizedTest
  @MethodSource("attacks")
  void healthyClientsNoticeNothing(String name, CulvertProcess broker, Scene scene)
      throws Exception {
    Bystander clients = healthy;
    if (clients == null) {
      clients = Bystander.join(broker.mqtt(), "healthy", "healthy");
      healthy = clients;
      clients.awaitRounds(QUIET_ROUNDS); // warm
      clients.takeDurations();
      clients.awaitRounds(QUIET_ROUNDS);
      P99.put("quiet", p99(clients.takeDurations()));
    }
    clients.takeDurations();
    go(scene, ATTACKS.get(name));
    Duration p99 = p99(clients.takeDurations());
    P99.put(name, p99);
    clients.assertUndisturbed();
    assertThat(broker.lines("OutOfMemory")).isEmpty();
    Duration allowed = P99.get("quiet").multipliedBy(2);
    assertThat(p99).isLessThan(allowed.compareTo(FLOOR) < 0 ? FLOOR : allowed);
  }

  private static final Map<String, Attack> ATTACKS = new LinkedHashMap<>();

  static {
    ATTACKS.put("51 one packet identifier of QoS 2 again and again", SmallHeapIT::sameIdentifier);
    ATTACKS.put("52 all packet identifiers open", SmallHeapIT::allIdentifiers);
    ATTACKS.put("53 acknowledgements of nothing", SmallHeapIT::unknownAcknowledgements);
    ATTACKS.put("55 more than Receive Maximum", SmallHeapIT::moreThanReceiveMaximum);
    ATTACKS.put("56 clients that never acknowledge", SmallHeapIT::neverAcknowledge);
    ATTACKS.put("57 clients that never read", SmallHeapIT::neverRead);
    ATTACKS.put("57 clients that never read their answers", SmallHeapIT::neverReadAnswers);
    ATTACKS.put("58 very many subscriptions", SmallHeapIT::manySubscriptions);
    ATTACKS.put("59 subscriptions that come and go", SmallHeapIT::churnOfSubscriptions);
    ATTACKS.put("60 and 61 very many retained messages, read by twenty", SmallHeapIT::retained);
    ATTACKS.put("62 sessions that are away and a busy topic", SmallHeapIT::away);
    ATTACKS.put("66 two clients with one name", SmallHeapIT::takeOvers);
    ATTACKS.put("70 unfinished CONNECTs", SmallHeapIT::unfinished);
    ATTACKS.put("71 connect and leave", SmallHeapIT::churnOfConnections);
    ATTACKS.put("77 one message for very many, half of them slow", SmallHeapIT::fanOut);
    ATTACKS.put("63 sessions without end", SmallHeapIT::sessions); // last: they stay
  }

  // ---- attacks

  private static void sameIdentifier(Scene scene) throws IOException {
    Offender client = Offender.client(scene, 4);
    byte[] some = repeated(Hex.publishQos2(4, scene.topic("t"), 1, KIB), 50);
    for (int i = 0; i < 2000; i++) {
      client.send(some);
      for (int answer = 0; answer < 50; answer++) {
        client.next();
      }
    }
  }

  private static void allIdentifiers(Scene scene) throws IOException {
    for (int session = 0; session < 3; session++) {
      Offender client = Offender.client(scene, 4, "ids-" + session);
      for (int id = 1; id <= 0xFFFF; id++) {
        client.send(Hex.publishQos2(4, scene.topic("t"), id, new byte[] {1}));
        client.next();
      }
    }
  }

  private static void unknownAcknowledgements(Scene scene) throws IOException {
    Offender client = Offender.client(scene, 5);
    byte[] acks = repeated(Hex.packet(0x40, Hex.id(77)), 10_000);
    while (true) {
      client.send(acks).isServed();
    }
  }

  private static void moreThanReceiveMaximum(Scene scene) throws IOException {
    for (int round = 0; ; round++) {
      Offender client = Offender.client(scene, 5, "more-" + round);
      for (int id = 1; id <= 1100; id++) {
        client.send(Hex.publishQos2(5, scene.topic("t"), id, new byte[] {1}));
      }
    }
  }

  private static void neverAcknowledge(Scene scene) throws IOException {
    for (int reader = 0; reader < 50; reader++) {
      Offender.client(scene, 5, "reader-" + reader).subscribe(scene.topic("t/" + reader), 1);
    }
    Offender sender = Offender.client(scene, 5, "sender");
    byte[] payload = new byte[16 * 1024];
    for (int i = 1; ; i++) {
      sender.send(Hex.publishQos1(5, scene.topic("t/" + i % 50), i % 1000 + 1, payload)).next();
    }
  }

  private static void neverRead(Scene scene) throws IOException {
    Crowd crowd = Crowd.of(scene, NEVER_READS).connect(4, "deaf");
    crowd.send(member -> Hex.subscribe(4, scene.topic("t/" + member % 30), 0));
    Offender sender = Offender.client(scene, 5, "sender");
    byte[] payload = new byte[16 * 1024];
    for (int i = 1; ; i++) {
      sender.send(Hex.publish(5, scene.topic("t/" + i % 30), payload));
    }
  }

  private static void neverReadAnswers(Scene scene) throws IOException {
    Crowd crowd = Crowd.of(scene, 50).connect(4, "asks");
    byte[] pings = repeated(Offender.PINGREQ, 50_000);
    crowd.send(member -> pings);
  }

  private static void manySubscriptions(Scene scene) throws IOException {
    for (int session = 0; session < 20; session++) {
      Offender client = Offender.client(scene, 5, "greedy-" + session);
      for (int i = 0; i < 10_000; i++) {
        client.subscribe(scene.topic("s/" + session + "/" + i + "/+/a/b/c/d/#"), 1);
      }
    }
  }

  private static void churnOfSubscriptions(Scene scene) throws IOException {
    Offender churning = Offender.client(scene, 5, "churning");
    Offender sender = Offender.client(scene, 5, "sender");
    byte[] unsubscribe = Hex.packet(0xA2, Hex.id(2), Hex.bytes("00"), Hex.string(scene.topic("#")));
    while (true) {
      churning.send(Hex.subscribe(5, scene.topic("#"), 0), unsubscribe);
      sender.send(Hex.publish(5, scene.topic("t"), KIB)).isServed();
      byte[] answer = churning.next();
      while (answer[0] != (byte) 0xB0) {
        answer = churning.next();
      }
    }
  }

  private static void retained(Scene scene) throws IOException {
    Offender sender = Offender.client(scene, 5, "keeper");
    int stored = 0;
    while (true) {
      byte[] publish =
          Hex.publishQos1(5, scene.topic("r/" + stored), 1, new byte[stored % 2 == 0 ? 4096 : 1]);
      publish[0] |= 1;
      byte[] answer = sender.send(publish).next();
      if (answer.length > 4 && answer[4] == (byte) 0x97) {
        break;
      }
      stored++;
    }
    for (int i = 0; i < stored / 4; i++) { // readers need a little room
      sender.send(empty(scene.topic("r/" + i))).next();
    }
    Crowd crowd = Crowd.of(scene, 20).connect(4, "all");
    crowd.send(member -> Hex.subscribe(4, scene.topic("r/#"), 1));
    for (int i = 0; i < stored; i++) {
      sender.send(empty(scene.topic("r/" + i))).next();
    }
  }

  private static byte[] empty(String topic) {
    byte[] publish = Hex.publishQos1(5, topic, 1, new byte[0]);
    publish[0] |= 1;
    return publish;
  }

  private static void away(Scene scene) throws IOException {
    for (int session = 0; session < 20; session++) {
      Offender away = Offender.client(scene, "away-" + session, "00", "05 1100000003");
      away.subscribe(scene.topic("busy/" + session), 1);
      away.send(Hex.bytes("e000"));
    }
    Offender sender = Offender.client(scene, 5, "sender");
    byte[] payload = new byte[16 * 1024];
    for (int i = 1; ; i++) {
      sender.send(Hex.publishQos1(5, scene.topic("busy/" + i % 20), i % 1000 + 1, payload)).next();
    }
  }

  private static void takeOvers(Scene scene) throws IOException {
    while (true) {
      Offender.client(scene, 5, "the-same");
    }
  }

  private static void unfinished(Scene scene) throws IOException {
    byte[] half = Hex.bytes("10ffff07 00044d515454 05");
    Crowd crowd = Crowd.of(scene, 1000);
    crowd.send(member -> Hex.joined(half, new byte[32 * 1024]));
  }

  private static void churnOfConnections(Scene scene) throws IOException {
    Crowd crowd = Crowd.of(scene, 100);
    for (int round = 0; ; round++) {
      crowd.send(member -> Hex.connect(5, scene.clientId("churn-" + member)));
      for (int member = 0; member < crowd.size(); member++) {
        crowd.replace(member);
      }
    }
  }

  private static void fanOut(Scene scene) throws IOException {
    Crowd crowd = Crowd.of(scene, 1000).connect(4, "many");
    crowd.send(member -> Hex.subscribe(4, scene.topic("news"), member % 2));
    Offender sender = Offender.client(scene, 5, "sender");
    for (int i = 1; ; i++) {
      sender.send(Hex.publishQos1(5, scene.topic("news"), i % 1000 + 1, new byte[3000])).next();
    }
  }

  private static void sessions(Scene scene) throws IOException {
    for (int session = 0; ; session++) {
      byte[] head = Hex.bytes("00044d515454 05 02003c 05 11ffffffff");
      String clientId = scene.clientId("endless-" + session + "x".repeat(2000));
      try (var connection = RawConnection.open(scene.broker().mqtt())) {
        connection.send(Hex.packet(0x10, head, Hex.string(clientId)));
        connection.nextPacket();
      }
    }
  }

  // ---- help

  /** Until it is done, or its time is over. */
  private static void go(Scene scene, Attack attack) throws Exception {
    CompletableFuture<Void> done =
        CompletableFuture.runAsync(
            () -> {
              try {
                attack.on(scene);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            task -> daemon(task).start());
    try {
      done.get(ATTACK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // It would have gone on.
    } catch (ExecutionException e) {
      // It was let go, or refused: that is for the broker to decide.
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "attack");
    thread.setDaemon(true);
    return thread;
  }

  private static byte[] repeated(byte[] packet, int times) {
    byte[][] all = new byte[times][];
    Arrays.fill(all, packet);
    return Hex.joined(all);
  }

  private static Duration p99(List<Long> rising) {
    assertThat(rising).isNotEmpty();
    return Duration.ofNanos(rising.get((int) (rising.size() * 0.99)));
  }

  private static String millis(Duration duration) {
    return String.valueOf(duration.toNanos() / 10_000 / 100.0);
  }
}
