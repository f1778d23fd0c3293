package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Several clients that publish, answer late, are cut off, come back and take each other over: QoS 1
 * arrives at least once, QoS 2 exactly once, QoS 0 at most once, each in order per publisher, topic
 * and QoS.
 */
class DeliveryModelTest {
  private enum Kind {
    PUBLISH,
    STEP,
    CUT,
    LOSE,
    CONNECT
  }

  private record Operation(Kind kind, int client, int topic, QoS qos) {}

  private static final int CLIENTS = 3;

  private final List<ModelClient> clients = new ArrayList<>();
  private final Map<String, List<String>> published = new HashMap<>();

  @Property(tries = 500)
  @Normative({
    MQTT5_2_2_1_4,
    MQTT5_3_3_4_9,
    MQTT5_4_3_3_10,
    MQTT5_4_4_0_1,
    MQTT5_4_5_0_1,
    MQTT5_4_6_0_5,
    MQTT3_4_4_0_1,
    MQTT3_4_6_0_6
  })
  @Scenario(118)
  void everyQosKeepsItsPromise(
      @ForAll("operations") List<Operation> operations, @ForAll List<MqttVersion> versions) {
    clients.clear();
    published.clear();
    BrokerHarness harness = BrokerHarness.create();
    for (int i = 0; i < CLIENTS; i++) {
      MqttVersion version = i < versions.size() ? versions.get(i) : MqttVersion.MQTT_5;
      ModelClient client = new ModelClient(harness, "c" + i, version);
      client.connect();
      client.subscribe("t/#", QoS.EXACTLY_ONCE);
      clients.add(client);
    }
    operations.forEach(this::perform);
    clients.forEach(ModelClient::lose);
    clients.forEach(ModelClient::connect);
    boolean busy = true;
    while (busy) {
      busy = false;
      for (ModelClient client : clients) {
        busy |= client.step();
      }
    }
    for (ModelClient client : clients) {
      assertThat(client.isFinished()).isTrue();
      assertPromises(client);
    }
    for (int i = 0; i < CLIENTS; i++) {
      assertThat(harness.session("c" + i).inFlight()).isZero();
      assertThat(harness.session("c" + i).queuedMessages()).isZero();
      assertThat(harness.session("c" + i).received().size()).isZero();
    }
    assertThat(harness.broker.counters().messagesInFlight()).isZero();
    assertThat(harness.broker.counters().queuedMessages()).isZero();
    assertThat(harness.broker.counters().queuedBytes()).isZero();
  }

  private void perform(Operation operation) {
    ModelClient client = clients.get(operation.client);
    switch (operation.kind) {
      case PUBLISH -> {
        String stream = "c" + operation.client + "/" + operation.topic + "/" + operation.qos;
        List<String> all = published.computeIfAbsent(stream, key -> new ArrayList<>());
        String payload = stream + "/" + all.size();
        all.add(payload);
        client.publish("t/" + operation.topic, payload, operation.qos);
      }
      case STEP -> client.step();
      case CUT -> client.cut();
      case LOSE -> client.lose();
      case CONNECT -> client.connect();
    }
  }

  private void assertPromises(ModelClient client) {
    Map<String, List<String>> got = new HashMap<>();
    Set<String> seen = new HashSet<>();
    for (Publish publish : client.delivered) {
      String payload = publish.payload().toUtf8();
      String stream = payload.substring(0, payload.lastIndexOf('/'));
      if (seen.add(payload)) {
        got.computeIfAbsent(stream, key -> new ArrayList<>()).add(payload);
      } else {
        assertThat(publish.qos()).as(payload).isEqualTo(QoS.AT_LEAST_ONCE);
      }
    }
    published.forEach(
        (stream, all) -> {
          List<String> arrived = got.getOrDefault(stream, List.of());
          if (stream.endsWith(QoS.AT_MOST_ONCE.name())) {
            List<String> those = new ArrayList<>(all);
            those.retainAll(arrived);
            assertThat(arrived).isEqualTo(those); // none twice, in order
          } else {
            assertThat(arrived).isEqualTo(all);
          }
        });
  }

  @Provide
  Arbitrary<List<Operation>> operations() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            Tuple.of(8, Kind.PUBLISH),
            Tuple.of(6, Kind.STEP),
            Tuple.of(2, Kind.CUT),
            Tuple.of(2, Kind.LOSE),
            Tuple.of(3, Kind.CONNECT));
    return Combinators.combine(
            kinds,
            Arbitraries.integers().between(0, CLIENTS - 1),
            Arbitraries.integers().between(0, 1),
            Arbitraries.of(QoS.class))
        .as(Operation::new)
        .list()
        .ofMinSize(10)
        .ofMaxSize(120);
  }
}
