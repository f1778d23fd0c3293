package io.culvert.mqtt.pair;

import static io.culvert.mqtt.wire.Statement.MQTT3_4_4_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_2_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_5;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_4_0_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.testkit.DriverHabits;
import io.culvert.engine.testkit.EngineLink;
import io.culvert.engine.testkit.VirtualClock;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * What the quality of service promises, while connections break, hang, are slow, and cut the stream
 * anywhere: QoS 0 at most once, QoS 1 at least once, QoS 2 exactly once, each in order.
 */
class DeliveryTest {
  private static final int STEPS = 150;

  @Property(tries = 150)
  @Normative({MQTT5_4_3_2_3, MQTT5_4_3_3_5, MQTT5_4_4_0_1, MQTT3_4_4_0_1})
  @Scenario(118)
  void eachQosKeepsItsPromise(@ForAll long seed, @ForAll boolean five) {
    Random random = new Random(seed);
    VirtualClock clock = new VirtualClock();
    Broker broker = new Broker(Limits.DEFAULT, random::nextLong);
    BufferPool pool = new BufferPool();
    MqttVersion version = five ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1;
    SimulatedClient publisher = new SimulatedClient(clock, broker, pool, version, "publisher");
    SimulatedClient one = new SimulatedClient(clock, broker, pool, version, "one");
    SimulatedClient two = new SimulatedClient(clock, broker, pool, version, "two");
    List<SimulatedClient> clients = List.of(publisher, one, two);
    clients.forEach(client -> client.connect().runUntilIdle());
    one.subscribe("#");
    two.subscribe("#");
    clients.forEach(client -> client.link().runUntilIdle());

    List<List<String>> sent = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < STEPS; i++) {
      step(random, clients.get(random.nextInt(clients.size())), clock);
      if (publisher.isConnected()) {
        QoS qos = QoS.values()[random.nextInt(3)];
        String text = qos.ordinal() + ":" + i + "x".repeat(random.nextInt(8) == 0 ? 6000 : 3);
        publisher.publish(qos, text);
        sent.get(qos.ordinal()).add(text);
      }
      broker.timeout(clock.nowMillis());
    }
    settle(clients, clock, broker);

    for (SimulatedClient client : clients) {
      assertThat(client.complaints).isEmpty();
    }
    // What was not acknowledged is sent again until it is, so in the end all of it is.
    assertThat(publisher.acknowledged)
        .containsExactlyInAnyOrderElementsOf(concat(sent.get(1), sent.get(2)));
    for (SimulatedClient subscriber : List.of(one, two)) {
      assertThat(of(QoS.AT_MOST_ONCE, subscriber)).isSubsetOf(sent.get(0)).doesNotHaveDuplicates();
      assertThat(of(QoS.AT_MOST_ONCE, subscriber)).isSortedAccordingTo(this::compareNumbers);
      assertThat(new LinkedHashSet<>(of(QoS.AT_LEAST_ONCE, subscriber)))
          .containsExactlyElementsOf(sent.get(1));
      assertThat(of(QoS.EXACTLY_ONCE, subscriber)).isEqualTo(sent.get(2));
    }
  }

  static void step(Random random, SimulatedClient client, VirtualClock clock) {
    EngineLink<?, ?> link = client.link();
    switch (random.nextInt(10)) {
      case 0 -> link.reset();
      case 1 -> link.cut();
      case 2 -> link.heal();
      case 3 -> link.latencyMillis(random.nextInt(40));
      case 4 -> link.habits(DriverHabits.random(random.nextLong()));
      case 5 -> link.windowBytes(1 + random.nextInt(10_000));
      case 6 -> link.advance(random.nextInt(30_000)); // longer than the Keep Alive
      default -> link.advance(random.nextInt(60));
    }
    clock.run();
  }

  /** Ends every fault and lets all that is open come to its end. */
  static void settle(List<SimulatedClient> clients, VirtualClock clock, Broker broker) {
    for (int round = 0; round < 20; round++) {
      for (SimulatedClient client : clients) {
        client.link().heal();
        client.link().windowBytes(64 * 1024);
        client.link().advance(1000);
      }
      broker.timeout(clock.nowMillis());
    }
    assertThat(clients).allMatch(SimulatedClient::isIdle);
  }

  static List<String> of(QoS qos, SimulatedClient subscriber) {
    String prefix = qos.ordinal() + ":";
    return subscriber.received.stream().filter(text -> text.startsWith(prefix)).toList();
  }

  private int compareNumbers(String left, String right) {
    return Integer.compare(number(left), number(right));
  }

  private static int number(String text) {
    return Integer.parseInt(text.substring(2).replace("x", ""));
  }

  private static List<String> concat(List<String> left, List<String> right) {
    List<String> all = new ArrayList<>(left);
    all.addAll(right);
    assertThat(new HashSet<>(all)).hasSameSizeAs(all);
    return all;
  }
}
