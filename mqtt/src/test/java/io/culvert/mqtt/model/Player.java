package io.culvert.mqtt.model;

import io.culvert.mqtt.model.ModelSession.Flight;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.Wire;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plays a script against a server and the model at once, and compares after every step. */
public final class Player {
  private static final int UNKNOWN_ID = 40_000;
  private static final int MOST_ROUNDS = 200;

  private final World world;
  private final ReferenceModel model;
  private final Observer observer;
  private final Map<Integer, Connection> slots = new LinkedHashMap<>();
  private final List<Connection> left = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();

  private record Connection(ModelLink link, World.Line line) {}

  private Player(World world, ReferenceModel.Settings settings) {
    this.world = world;
    this.model = new ReferenceModel(settings);
    this.observer = new Observer(model);
  }

  /**
   * What came out.
   *
   * @param problems empty when the server did as the model
   * @param trace the steps that were played, the last one is that with the problem
   */
  public record Outcome(
      List<Problem> problems, Set<Choice> choices, List<String> trace, ReferenceModel model) {}

  /** Plays until the first problem. */
  public static Outcome play(Script script, World world, ReferenceModel.Settings settings) {
    Player player = new Player(world, settings);
    for (Step step : script.steps()) {
      player.trace.add(step.toString());
      player.perform(step);
      if (!player.observer.problems().isEmpty()) {
        break;
      }
    }
    return new Outcome(
        List.copyOf(player.observer.problems()),
        player.observer.choices(),
        player.trace,
        player.model);
  }

  private void perform(Step step) {
    if (step instanceof Step.Connecting connecting) {
      connect(connecting.slot(), connecting.packet());
    } else if (step instanceof Step.Passing passing) {
      model.pass(passing.seconds() * 1000);
      world.pass(passing.seconds());
    } else if (step instanceof Step.Breaking breaking) {
      breakRules(breaking);
    } else if (step instanceof Step.Draining draining) {
      drain(draining.slot());
      return;
    } else {
      Connection connection = slots.get(step.slot());
      if (connection == null || !connection.link.open) {
        return;
      }
      if (step instanceof Step.Ending) {
        model.lose(connection.link);
        connection.line.end();
      } else {
        List<MqttPacket> packets = new ArrayList<>();
        write(connection, step, packets);
        send(connection, packets);
      }
    }
    observe(cause(step));
  }

  private void connect(int slot, Connect packet) {
    Connection old = slots.get(slot);
    ModelSession session = old == null ? null : old.link.session;
    if (session != null && !session.clientId.equals(packet.clientId())) {
      perform(new Step.Ending(slot)); // it is not taken over, so it has to go by itself
      old = slots.get(slot);
    }
    if (old != null) {
      left.add(old);
    }
    World.Line line = world.open(packet.version());
    slots.put(slot, new Connection(model.connect(packet), line));
    line.send(Wire.encode(packet, packet.version()));
  }

  private void breakRules(Step.Breaking breaking) {
    if (breaking.first()) {
      World.Line line = world.open(breaking.version());
      left.add(new Connection(model.refuse(breaking), line));
      line.send(breaking.bytes());
      return;
    }
    Connection connection = slots.get(breaking.slot());
    if (connection != null && connection.link.open && fits(connection.link, breaking)) {
      model.violate(connection.link, breaking.codes());
      connection.line.send(breaking.bytes());
    }
  }

  private static boolean fits(ModelLink link, Step.Breaking breaking) {
    return link.isMqtt5() == breaking.version().isMqtt5();
  }

  private void drain(int slot) {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Connection connection = slots.get(slot);
      ModelSession session = connection == null ? null : connection.link.session;
      if (connection == null || !connection.link.open || session == null) {
        return;
      }
      List<MqttPacket> answers = new ArrayList<>();
      for (Flight flight : session.flights) {
        if (flight.sent) {
          answers.add(answer(flight));
        }
      }
      if (answers.isEmpty()) {
        return;
      }
      answers.forEach(each -> model.receive(connection.link, each));
      send(connection, answers);
      observe("drain");
      if (!observer.problems().isEmpty()) {
        return;
      }
    }
    throw new AssertionError("the session has no end");
  }

  private static MqttPacket answer(Flight flight) {
    if (flight.released) {
      return Packets.pubComp(flight.id);
    }
    return flight.due.qos() == 1 ? Packets.pubAck(flight.id) : Packets.pubRec(flight.id);
  }

  // ---- packets

  /** Each packet is made when the model knows of those before it. */
  private void write(Connection connection, Step step, List<MqttPacket> packets) {
    if (step instanceof Step.Burst burst) {
      burst.steps().forEach(each -> write(connection, each, packets));
      return;
    }
    MqttPacket packet =
        step instanceof Step.Sending sending
            ? sending.packet()
            : answer(connection.link, (Step.Answering) step);
    if (packet != null && connection.link.open) {
      model.receive(connection.link, packet);
      packets.add(packet);
    }
  }

  private static @Nullable MqttPacket answer(ModelLink link, Step.Answering answering) {
    ModelSession session = link.session;
    List<Flight> waiting =
        session == null
            ? List.of()
            : session.flights.stream().filter(each -> waits(each, answering.answer())).toList();
    int which = answering.which();
    if (which >= 0 && waiting.isEmpty()) {
      return null;
    }
    int id = which < 0 ? UNKNOWN_ID - which : waiting.get(which % waiting.size()).id;
    return switch (answering.answer()) {
      case PUBACK -> new PubAck(id, answering.code(), Properties.EMPTY);
      case PUBREC -> new PubRec(id, answering.code(), Properties.EMPTY);
      case PUBCOMP -> new PubComp(id, answering.code(), Properties.EMPTY);
    };
  }

  private static boolean waits(Flight flight, Step.Answer answer) {
    return flight.sent
        && switch (answer) {
          case PUBACK -> flight.due.qos() == 1;
          case PUBREC -> flight.due.qos() == 2;
          case PUBCOMP -> flight.released;
        };
  }

  private static void send(Connection connection, List<MqttPacket> packets) {
    if (!packets.isEmpty()) {
      connection.line.send(Wire.encode(packets, connection.link.version));
    }
  }

  // ---- comparing

  private void observe(String cause) {
    List<Connection> all = new ArrayList<>(left);
    all.addAll(slots.values());
    for (Connection each : all) {
      each.line.await(observer.atLeast(each.link), !each.link.open);
    }
    world.settle(all.stream().map(Connection::line).toList());
    for (Connection each : all) {
      each.link.cause = cause;
      List<MqttPacket> packets = each.line.take();
      if (!packets.isEmpty()) {
        trace.add("  " + packets);
      }
      observer.observe(each.link, packets, each.line.isClosed());
    }
    observer.stepDone();
    left.clear();
    slots.values().removeIf(each -> !each.link.open);
  }

  private static String cause(Step step) {
    if (step instanceof Step.Sending sending) {
      return sending.packet().type().name();
    } else if (step instanceof Step.Breaking breaking) {
      return "vector " + breaking.name();
    } else if (step instanceof Step.Answering answering) {
      return answering.answer() + (answering.which() < 0 ? " for an unknown identifier" : "");
    }
    return switch (step.getClass().getSimpleName()) {
      case "Connecting" -> "CONNECT";
      case "Ending" -> "connection lost";
      case "Passing" -> "time";
      default -> "burst";
    };
  }
}
