package io.culvert.mqtt.pair;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.testkit.VirtualClock;
import io.culvert.mqtt.client.ConnectOptions;
import io.culvert.mqtt.client.RefusedException;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * The promises of the quality of service where every window is small, outboxes are soon full,
 * topics are aliases, versions meet, and receivers acknowledge late and out of order.
 */
class TightDeliveryTest {
  private static final int STEPS = 150;

  @Property(tries = 150)
  void eachQosKeepsItsPromise(@ForAll long seed) {
    Random random = new Random(seed);
    VirtualClock clock = new VirtualClock();
    Limits limits =
        Limits.builder()
            .inFlight(1 + random.nextInt(4))
            .receiveMaximum(1 + random.nextInt(4))
            .topicAliasMaximum(random.nextInt(3))
            .outboxBytes(1 + random.nextInt(2000))
            .build();
    Broker broker = new Broker(limits, random::nextLong);
    BufferPool pool = new BufferPool();
    ConnectOptions publisherOptions = options(random, "publisher", true);
    ConnectOptions readyOptions = options(random, "ready", true);
    ConnectOptions lateOptions = options(random, "late", false);
    SimulatedClient publisher = new SimulatedClient(clock, broker, limits, pool, publisherOptions);
    SimulatedClient ready = new SimulatedClient(clock, broker, limits, pool, readyOptions);
    SimulatedClient late = new SimulatedClient(clock, broker, limits, pool, lateOptions);
    List<SimulatedClient> clients = List.of(publisher, ready, late);
    clients.forEach(client -> client.connect().runUntilIdle());
    ready.subscribe("#");
    late.subscribe("#");
    clients.forEach(client -> client.link().runUntilIdle());

    List<List<String>> sent = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < STEPS; i++) {
      DeliveryTest.step(random, clients.get(random.nextInt(clients.size())), clock);
      if (publisher.isConnected()) {
        QoS qos = QoS.values()[random.nextInt(3)];
        String text = qos.ordinal() + ":" + i + "x".repeat(random.nextInt(8) == 0 ? 6000 : 3);
        publish(publisher, qos, text, sent.get(qos.ordinal()));
      }
      broker.timeout(clock.nowMillis());
    }
    DeliveryTest.settle(clients, clock, broker);

    for (SimulatedClient client : clients) {
      assertThat(client.complaints).isEmpty();
    }
    assertThat(publisher.acknowledged).doesNotHaveDuplicates().containsAll(sent.get(1));
    assertThat(publisher.acknowledged).containsAll(sent.get(2));
    assertThat(publisher.acknowledged).hasSize(sent.get(1).size() + sent.get(2).size());

    assertThat(DeliveryTest.of(QoS.AT_MOST_ONCE, ready))
        .isSubsetOf(sent.get(0))
        .doesNotHaveDuplicates();
    assertThat(new LinkedHashSet<>(DeliveryTest.of(QoS.AT_LEAST_ONCE, ready)))
        .containsExactlyElementsOf(sent.get(1));
    assertThat(DeliveryTest.of(QoS.EXACTLY_ONCE, ready)).isEqualTo(sent.get(2));

    assertThat(new LinkedHashSet<>(DeliveryTest.of(QoS.AT_LEAST_ONCE, late)))
        .containsExactlyInAnyOrderElementsOf(sent.get(1));
    assertThat(DeliveryTest.of(QoS.EXACTLY_ONCE, late))
        .containsExactlyInAnyOrderElementsOf(sent.get(2));
  }

  /** At QoS 0 a full outbox refuses, which is no promise broken. */
  private static void publish(SimulatedClient publisher, QoS qos, String text, List<String> sent) {
    try {
      publisher.publish(qos, text);
      sent.add(text);
    } catch (RefusedException refused) {
      assertThat(qos).isEqualTo(QoS.AT_MOST_ONCE);
    }
  }

  private static ConnectOptions options(Random random, String clientId, boolean automatic) {
    MqttVersion version = random.nextInt(3) == 0 ? MqttVersion.MQTT_3_1_1 : MqttVersion.MQTT_5;
    return SimulatedClient.builder(version, clientId)
        .automaticAcknowledgement(automatic)
        .maximumInFlight(1 + random.nextInt(4))
        .receiveMaximum(1 + random.nextInt(4))
        .topicAliases(random.nextBoolean())
        .outboxBytes(1 + random.nextInt(2000))
        .build();
  }
}
