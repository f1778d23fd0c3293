package io.culvert.conformance.badinput;

import io.culvert.conformance.badinput.HeapAttacks.Attack;
import io.culvert.conformance.broker.Await;
import io.culvert.conformance.broker.BrokerUnderTest;
import io.culvert.conformance.scene.Scene;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The program of an {@link AttackingProcess}. For each name of an attack on its input it says
 * {@link #BEGUN}; the next line ends the attack, and then it says {@link #ENDED} or what was wrong.
 */
final class Attacker {
  static final String BEGUN = "begun";
  static final String ENDED = "ended";

  private final Scene scene;
  private final Attack attack;
  private final Thread thread = new Thread(this::attack, "attack");
  private volatile @Nullable RuntimeException wrong;

  private Attacker(Scene scene, Attack attack) {
    this.scene = scene;
    this.attack = attack;
    thread.setDaemon(true);
  }

  /**
   * The addresses of the broker, for MQTT and for WebSocket; and whether this process only gets
   * what others leave of the processors, so that it may take all of that.
   */
  public static void main(String... arguments) throws Exception {
    BrokerUnderTest broker =
        BrokerUnderTest.running(URI.create(arguments[0]), URI.create(arguments[1]));
    Map<String, Attack> attacks = HeapAttacks.all();
    if (Boolean.parseBoolean(arguments[2])) {
      keepProcessorsAwake();
    }
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String name = in.readLine(); name != null; name = in.readLine()) {
        Attacker attacker =
            new Attacker(Scene.of(broker), Objects.requireNonNull(attacks.get(name), name));
        attacker.thread.start();
        System.out.println(BEGUN);
        in.readLine();
        System.out.println(attacker.end());
      }
    }
  }

  /**
   * Else a virtual processor that has nothing to do is given to somebody else, and may take ten
   * milliseconds to come back: the quiet times would be the slow ones.
   */
  private static void keepProcessorsAwake() {
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      Thread thread = new Thread(Attacker::yieldForEver, "awake-" + i);
      thread.setDaemon(true);
      thread.start();
    }
  }

  @SuppressWarnings("InfiniteLoopStatement") // its process ends
  private static void yieldForEver() {
    while (true) {
      Thread.yield(); // to the attack
    }
  }

  private void attack() {
    try {
      attack.on(scene);
    } catch (IllegalStateException e) {
      wrong = e;
    } catch (IOException | RuntimeException | AssertionError e) {
      // It was refused or let go, or its time is over.
    }
  }

  private String end() throws Exception {
    thread.interrupt();
    scene.close();
    thread.join(Await.LIMIT.toMillis());
    if (thread.isAlive()) {
      return "it goes on";
    }
    RuntimeException answer = wrong;
    return answer == null ? ENDED : answer.toString().replace('\n', ' ');
  }
}
