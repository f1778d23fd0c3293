package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PubAck;
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
 * Members of a group come, work, fall silent, are lost, come back, start anew, leave and join again
 * while messages are published. Whatever happens, each acknowledged QoS 1 message reaches one of
 * them as long as one session of the group lives, and a QoS 2 message never reaches two.
 */
class SharedLedgerTest {
  private enum Kind {
    PUBLISH,
    STEP,
    CUT,
    LOSE,
    RESUME,
    CLEAN_START,
    JOIN,
    LEAVE
  }

  private record Operation(Kind kind, int member, QoS qos) {}

  private static final int MEMBERS = 4;
  private static final String FILTER = "$share/g/t/+";

  private final List<ModelClient> members = new ArrayList<>();
  private final Set<String> acknowledged = new HashSet<>();
  private int published;

  @Property(tries = 500)
  @Normative({MQTT5_4_8_2_4, MQTT5_4_8_2_5, MQTT5_4_4_0_1})
  @Scenario(119)
  void nothingAcknowledgedIsLostAndNoQos2IsDoubled(
      @ForAll("operations") List<Operation> operations, @ForAll SharedStrategy strategy) {
    members.clear();
    acknowledged.clear();
    BrokerHarness harness = BrokerHarness.create(limits -> limits.sharedStrategy(strategy));
    TestClient publisher = harness.connect("publisher");
    for (int i = 0; i < MEMBERS; i++) {
      members.add(new ModelClient(harness, "m" + i, MqttVersion.MQTT_5));
    }
    members.get(0).connect();
    join(members.get(0));
    for (Operation operation : operations) {
      if (operation.kind == Kind.PUBLISH) {
        publish(publisher, operation.qos);
      } else {
        perform(operation, members.get(operation.member));
      }
    }
    members.forEach(ModelClient::lose);
    members.forEach(ModelClient::connect);
    boolean busy = true;
    while (busy) {
      busy = false;
      for (ModelClient member : members) {
        busy |= member.step();
      }
      harness.run();
    }
    assertLedger(harness);
  }

  private void publish(TestClient publisher, QoS qos) {
    String payload = qos + "/" + published++;
    publisher.send(Packets.publish(1, "t/" + published % 3, payload, qos));
    if (qos == QoS.EXACTLY_ONCE) {
      publisher.send(Packets.pubRel(1));
    }
    for (MqttPacket answer : publisher.takeAll()) {
      if (answer instanceof PubAck) {
        acknowledged.add(payload);
      }
    }
  }

  private void perform(Operation operation, ModelClient member) {
    boolean mayEnd = operation.member > 0; // the session of the first one lives all the time
    switch (operation.kind) {
      case PUBLISH -> throw new AssertionError();
      case STEP -> member.step();
      case CUT -> member.cut();
      case LOSE -> member.lose();
      case RESUME -> member.connect();
      case CLEAN_START -> {
        if (mayEnd) {
          member.connectCleanly();
          join(member);
        }
      }
      case JOIN -> join(member);
      case LEAVE -> {
        if (mayEnd) {
          member.request(Packets.unsubscribe(2, FILTER));
        }
      }
    }
  }

  private static void join(ModelClient member) {
    member.request(Packets.subscribe(1, FILTER, QoS.EXACTLY_ONCE));
  }

  private void assertLedger(BrokerHarness harness) {
    Map<String, Integer> times = new HashMap<>();
    for (ModelClient member : members) {
      assertThat(member.isFinished()).isTrue();
      for (Publish publish : member.delivered) {
        times.merge(publish.payload().toUtf8(), 1, Integer::sum);
      }
    }
    assertThat(times.keySet()).containsAll(acknowledged);
    times.forEach(
        (payload, count) -> {
          if (payload.startsWith(QoS.EXACTLY_ONCE.name())) {
            assertThat(count).as(payload).isEqualTo(1);
          }
        });
    for (DropReason reason : DropReason.values()) {
      if (reason != DropReason.SESSION_ENDED) {
        assertThat(harness.broker.counters().dropped(reason)).as("%s", reason).isZero();
      }
    }
    for (int i = 0; i < MEMBERS; i++) {
      Session session = harness.session("m" + i);
      assertThat(session.inFlight()).isZero();
      assertThat(session.queuedMessages()).isZero();
    }
  }

  @Provide
  Arbitrary<List<Operation>> operations() {
    Arbitrary<Kind> kinds =
        Arbitraries.frequency(
            Tuple.of(12, Kind.PUBLISH),
            Tuple.of(6, Kind.STEP),
            Tuple.of(2, Kind.CUT),
            Tuple.of(3, Kind.LOSE),
            Tuple.of(3, Kind.RESUME),
            Tuple.of(2, Kind.CLEAN_START),
            Tuple.of(3, Kind.JOIN),
            Tuple.of(1, Kind.LEAVE));
    return Combinators.combine(
            kinds,
            Arbitraries.integers().between(0, MEMBERS - 1),
            Arbitraries.of(QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE))
        .as(Operation::new)
        .list()
        .ofMinSize(10)
        .ofMaxSize(150);
  }
}
