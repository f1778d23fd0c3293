package io.culvert.conformance.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.CulvertProcess;
import io.culvert.conformance.broker.MosquittoBroker;
import io.culvert.engine.Bytes;
import io.culvert.engine.testkit.Programs;
import io.culvert.mqtt.model.Choice;
import io.culvert.mqtt.model.Player;
import io.culvert.mqtt.model.Problem;
import io.culvert.mqtt.model.ReferenceModel.Settings;
import io.culvert.mqtt.model.Script;
import io.culvert.mqtt.model.ScriptGenerator;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Wire;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random sessions over TCP. Culvert must do as the reference model; wherever Mosquitto does not,
 * the difference must be in {@code differences.json}. A failure names its seed: {@code
 * -Dculvert.test.seed=N} plays that one alone, {@code -Dculvert.test.scripts=N} plays so many,
 * {@code -Dculvert.test.shards=N} on so many event loops.
 */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class RandomSessionsIT {
  private static final int SCRIPTS = Integer.getInteger("culvert.test.scripts", 100);
  private static final Long SEED = Long.getLong("culvert.test.seed");
  private static final String SHARDS = System.getProperty("culvert.test.shards", "1");
  private static final int IN_FLIGHT = 4;
  private static final int SLACK_SECONDS = 30;
  private static final long WEEK_SECONDS = 7 * 24 * 3600;
  private static final long NEVER_SECONDS = 0xffff_ffffL;

  private static final ScriptGenerator.Profile PROFILE =
      new ScriptGenerator.Profile(25, /* time= */ false, /* bad= */ 6);

  @Test
  void culvertDoesAsTheModel() {
    try (CulvertProcess culvert = culvert()) {
      Settings settings =
          new Settings(IN_FLIGHT, IN_FLIGHT, WEEK_SECONDS, 16, SLACK_SECONDS, false);
      for (long seed : seeds()) {
        Player.Outcome outcome = play(seed, culvert.mqttAddress(), settings);
        assertThat(outcome.problems()).as(() -> describe(seed, outcome)).isEmpty();
      }
      assertThat(culvert.newComplaints()).isEmpty();
    }
  }

  @Test
  void everyDifferenceFromMosquittoIsKnown() {
    Programs.require("mosquitto");
    List<Difference> known = Difference.all();
    Map<String, String> unknown = new TreeMap<>();
    Set<String> seen = new TreeSet<>();
    try (CulvertProcess culvert = culvert();
        MosquittoBroker mosquitto =
            MosquittoBroker.start("mosquitto", List.of("max_inflight_messages " + IN_FLIGHT))) {
      Settings ours = new Settings(IN_FLIGHT, IN_FLIGHT, WEEK_SECONDS, 16, SLACK_SECONDS, false);
      Settings theirs = new Settings(IN_FLIGHT, IN_FLIGHT, NEVER_SECONDS, 10, SLACK_SECONDS, true);
      Set<Choice> here = EnumSet.noneOf(Choice.class);
      for (long seed : seeds()) {
        Player.Outcome there = play(seed, mosquitto.address(), theirs);
        here.addAll(play(seed, culvert.mqttAddress(), ours).choices());
        for (String signature : signatures(there, here)) {
          known.stream()
              .filter(each -> each.matches(signature))
              .findFirst()
              .ifPresentOrElse(
                  each -> seen.add(each.id()),
                  () -> unknown.putIfAbsent(signature, describe(seed, there)));
        }
        assertThat(mosquitto.isAlive()).as("mosquitto after the script of seed " + seed).isTrue();
      }
    }
    assertThat(unknown.keySet())
        .as(() -> "unknown differences, known ones seen " + seen + "\n" + unknown.values())
        .isEmpty();
    assertThat(seen).isNotEmpty();
  }

  /**
   * What is different about Mosquitto in a script: its first problem, and what it has chosen. Where
   * a step has several, the others come of a connection that one server has closed.
   */
  static List<String> signatures(Player.Outcome there, Set<Choice> here) {
    List<String> all = new ArrayList<>();
    there.problems().stream()
        .map(Problem::signature)
        .min(Comparator.comparing(signature -> !signature.contains("close")))
        .ifPresent(all::add);
    there.choices().stream()
        .filter(choice -> !here.contains(choice))
        .map(Choice::name)
        .forEach(all::add);
    return all;
  }

  private static Player.Outcome play(long seed, InetSocketAddress address, Settings settings) {
    Script script = ScriptGenerator.generate(seed, PROFILE);
    try (SocketWorld world = new SocketWorld(address)) {
      Player.Outcome outcome = Player.play(script, world, settings);
      world.close();
      cleanUp(world);
      return outcome;
    }
  }

  /** Leaves nothing behind for the next script. */
  private static void cleanUp(SocketWorld world) {
    for (int i = 0; i < ScriptGenerator.MOST_CLIENTS; i++) {
      world.send(MqttVersion.MQTT_5, connect("c" + i));
    }
    List<Bytes> all = new ArrayList<>();
    all.add(connect("cleaner"));
    for (String topic : ScriptGenerator.topics()) {
      all.add(Wire.encode(empty(topic), MqttVersion.MQTT_5));
    }
    Bytes together = Bytes.hex(String.join("", all.stream().map(Bytes::toHex).toList()));
    world.send(MqttVersion.MQTT_5, together);
  }

  private static Bytes connect(String clientId) {
    Connect connect =
        new Connect(MqttVersion.MQTT_5, true, 0, clientId, null, null, null, Properties.EMPTY);
    return Wire.encode(connect, MqttVersion.MQTT_5);
  }

  private static Publish empty(String topic) {
    return new Publish(
        TopicName.of(topic), Bytes.EMPTY, QoS.AT_MOST_ONCE, true, false, 0, Properties.EMPTY);
  }

  private static CulvertProcess culvert() {
    return CulvertProcess.start(
        "model",
        List.of(),
        List.of(
            "--instances",
            SHARDS,
            "--set",
            "limits.take-overs=0", // scripts take clients over as often as they like
            "--set",
            "limits.receive-maximum=" + IN_FLIGHT,
            "--set",
            "limits.in-flight=" + IN_FLIGHT));
  }

  private static List<Long> seeds() {
    List<Long> all = new ArrayList<>();
    for (long seed = 1; seed <= SCRIPTS; seed++) {
      all.add(seed);
    }
    return SEED == null ? all : List.of(SEED);
  }

  private static String describe(long seed, Player.Outcome outcome) {
    return "seed " + seed + "\n" + String.join("\n", outcome.trace()) + "\n" + outcome.problems();
  }
}
