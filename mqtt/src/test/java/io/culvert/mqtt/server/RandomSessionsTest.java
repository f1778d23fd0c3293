package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.testkit.DriverHabits;
import io.culvert.mqtt.model.Choice;
import io.culvert.mqtt.model.Player;
import io.culvert.mqtt.model.ReferenceModel;
import io.culvert.mqtt.model.Script;
import io.culvert.mqtt.model.ScriptGenerator;
import io.culvert.mqtt.model.World;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Random sessions of several clients, with valid and invalid packets, against the broker and the
 * reference model. A failure names its seed: {@code -Dculvert.test.seed=N} plays that one alone,
 * {@code -Dculvert.test.seeds=N} plays so many.
 */
class RandomSessionsTest {
  private static final int SEEDS = Integer.getInteger("culvert.test.seeds", 2000);
  private static final Long SEED = Long.getLong("culvert.test.seed");
  private static final int RECEIVE_MAXIMUM = 3;
  private static final int IN_FLIGHT = 4;
  private static final long EXPIRY_SECONDS = 1000;

  private static final ReferenceModel.Settings SETTINGS =
      new ReferenceModel.Settings(RECEIVE_MAXIMUM, IN_FLIGHT, EXPIRY_SECONDS, 16, 0, false);
  private static final ScriptGenerator.Profile PROFILE =
      new ScriptGenerator.Profile(60, /* time= */ true, /* bad= */ 3);

  @Test
  @OneShard
  void brokerDoesAsTheModel() {
    Set<Choice> choices = EnumSet.noneOf(Choice.class);
    long first = SEED == null ? 1 : SEED;
    long last = SEED == null ? SEEDS : SEED;
    for (long seed = first; seed <= last; seed++) {
      Script script = ScriptGenerator.generate(seed, PROFILE);
      Player.Outcome outcome = play(script);
      if (!outcome.problems().isEmpty()) {
        throw new AssertionError(describe(shrunk(script)));
      }
      choices.addAll(outcome.choices());
    }
    assertThat(choices).doesNotContain(Choice.CLOSE_WITH_OTHER_CODE);
  }

  /** Whatever has happened: when all have gone, only retained messages are held. */
  @Test
  void whatSessionsHoldIsGivenBack() {
    for (long seed = 1; seed <= 500; seed++) {
      HarnessWorld world = new HarnessWorld(seed);
      Player.play(ScriptGenerator.generate(seed, PROFILE), world, SETTINGS);
      world.leave();
      TestShards broker = world.harness.broker;
      assertThat(broker.sessionCount()).as("sessions of seed %s", seed).isZero();
      assertThat(broker.heldBytes()).as("seed %s", seed).isEqualTo(broker.retainedBytes());
    }
  }

  private static Player.Outcome play(Script script) {
    return Player.play(script, new HarnessWorld(script.seed()), SETTINGS);
  }

  /** The shortest script that can be had by leaving steps out. */
  private static Script shrunk(Script script) {
    Script shortest = script;
    for (int length = script.steps().size() / 2; length > 0; length /= 2) {
      for (int from = 0; from + length <= shortest.steps().size(); ) {
        Script shorter = shortest.without(from, from + length);
        if (fails(shorter)) {
          shortest = shorter;
        } else {
          from += length;
        }
      }
    }
    return shortest;
  }

  private static boolean fails(Script script) {
    try {
      return !play(script).problems().isEmpty();
    } catch (RuntimeException | AssertionError e) {
      return false;
    }
  }

  private static String describe(Script script) {
    Player.Outcome outcome = play(script);
    return "seed "
        + script.seed()
        + "\n"
        + String.join("\n", outcome.trace())
        + "\n"
        + String.join("\n", outcome.problems().stream().map(Object::toString).toList());
  }

  /** The broker in memory and in virtual time. */
  private static final class HarnessWorld implements World {
    private final BrokerHarness harness;
    private final long seed;
    private final List<TestClient> clients = new ArrayList<>();
    private int connections;

    HarnessWorld(long seed) {
      this.seed = seed;
      this.harness =
          BrokerHarness.create(
              limits ->
                  limits
                      .receiveMaximum(RECEIVE_MAXIMUM)
                      .inFlight(IN_FLIGHT)
                      .sessionExpirySeconds(EXPIRY_SECONDS));
    }

    @Override
    public Line open(MqttVersion version) {
      TestClient client = harness.open().speaks(version);
      client.link.habits(
          seed % 2 == 0 ? DriverHabits.allAtOnce() : DriverHabits.random(seed + connections++));
      clients.add(client);
      return new HarnessLine(client);
    }

    /** All connections are lost, and all sessions end. */
    void leave() {
      clients.stream().filter(client -> !client.isClosed()).forEach(TestClient::lose);
      harness.advanceSeconds(EXPIRY_SECONDS + 1);
    }

    @Override
    public void pass(long seconds) {
      harness.advanceSeconds(seconds);
    }

    @Override
    public void settle(List<Line> lines) {
      harness.run();
    }
  }

  private record HarnessLine(TestClient client) implements World.Line {
    @Override
    public void send(Bytes bytes) {
      client.send(bytes);
    }

    @Override
    public void end() {
      client.endStream();
    }

    @Override
    public List<MqttPacket> take() {
      return client.takeAll();
    }

    @Override
    public boolean isClosed() {
      return client.isClosed();
    }
  }
}
