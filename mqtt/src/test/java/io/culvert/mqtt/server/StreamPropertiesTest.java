package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.testkit.DriverHabits;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Wire;
import java.io.ByteArrayOutputStream;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** However the bytes of a connection are cut, the same happens. */
class StreamPropertiesTest {
  /** What a connection has said to its owner and to its client. */
  private record Result(List<String> events, Bytes sent, boolean closed, List<String> log) {}

  @Property(tries = 300)
  @Scenario(13)
  void anyCutOfTheStreamGivesTheSame(
      @ForAll MqttVersion version,
      @ForAll("packets") List<MqttPacket> packets,
      @ForAll("tail") byte[] tail,
      @ForAll boolean ends,
      @ForAll long seed) {
    Bytes stream = stream(version, packets, tail);
    Result whole = run(stream, ends, DriverHabits.allAtOnce());
    assertThat(run(stream, ends, DriverHabits.byteByByte())).isEqualTo(whole);
    assertThat(run(stream, ends, DriverHabits.random(seed))).isEqualTo(whole);
  }

  @Property(tries = 500)
  void garbageNeverThrowsAndHoldsNoMemoryAfterwards(
      @ForAll MqttVersion version,
      @ForAll byte[] garbage,
      @ForAll boolean first,
      @ForAll long seed) {
    BrokerHarness harness = BrokerHarness.create();
    TestClient client = harness.open();
    if (!first) {
      client.connect(Packets.connect("c").version(version).build());
    }
    client.link.habits(DriverHabits.random(seed));
    client.send(Bytes.wrap(garbage)).endStream();
    assertThat(client.isClosed()).isTrue();
    assertThat(client.events()).last().isInstanceOf(ServerEvent.Disconnected.class);
    assertThat(client.server.heldBytes()).isZero();
    assertThat(harness.broker.sessionCount()).isZero();
  }

  private static Result run(Bytes stream, boolean ends, DriverHabits habits) {
    TestClient client = BrokerHarness.create().open();
    client.link.habits(habits);
    client.send(stream);
    if (ends) {
      client.endStream();
    }
    // An answer that waits for another shard never leaves where the connection ends before it
    // comes.
    boolean answersAtOnce = TestShards.COUNT == 1;
    return new Result(
        client.events().stream().map(StreamPropertiesTest::text).toList(),
        answersAtOnce ? client.takeRaw() : Bytes.EMPTY,
        client.isClosed(),
        client.log.stream().filter(line -> answersAtOnce || line.startsWith(">")).toList());
  }

  private static String text(ServerEvent event) {
    if (event instanceof ServerEvent.Disconnected disconnected) {
      MqttViolation violation = disconnected.violation();
      return disconnected.cause()
          + " "
          + disconnected.packet()
          + (violation == null ? "" : violation.reasonCode() + violation.detail());
    }
    return event.toString();
  }

  private static Bytes stream(MqttVersion version, List<MqttPacket> packets, byte[] tail) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    append(all, Wire.encode(Packets.connect("c").version(version).build(), version));
    packets.forEach(packet -> append(all, Wire.encode(packet, version)));
    append(all, Bytes.wrap(tail));
    return Bytes.wrap(all.toByteArray());
  }

  private static void append(ByteArrayOutputStream all, Bytes bytes) {
    all.write(bytes.array(), bytes.start(), bytes.length());
  }

  @Provide
  Arbitrary<byte[]> tail() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(20);
  }

  @Provide
  Arbitrary<List<MqttPacket>> packets() {
    return Arbitraries.frequencyOf(
            Tuple.of(6, publishes()), Tuple.of(3, requests()), Tuple.of(2, acknowledgements()))
        .list()
        .ofMaxSize(25);
  }

  private static Arbitrary<MqttPacket> publishes() {
    return Combinators.combine(
            topics(),
            Arbitraries.of(QoS.class),
            ids(),
            Arbitraries.strings().ofMaxLength(40),
            Arbitraries.of(true, false),
            Arbitraries.integers().between(0, 2))
        .as(StreamPropertiesTest::publish);
  }

  private static MqttPacket publish(
      String topic, QoS qos, int packetId, String text, boolean flag, int users) {
    PublishBuilder publish = Packets.publish(topic, text.replaceAll("[\ud800-\udfff]", "?"));
    publish.qos(qos);
    if (qos != QoS.AT_MOST_ONCE) {
      publish.packetId(packetId);
      if (flag) {
        publish.dup();
      }
    }
    for (int i = 0; i < users; i++) {
      publish.user("name" + i, topic);
    }
    return text.length() % 2 == 0 ? publish.retain().build() : publish.build();
  }

  private static Arbitrary<MqttPacket> requests() {
    Arbitrary<String> filters = Arbitraries.of("a", "a/b", "a/+", "#", "+", "b/#/c", "$share/g/a");
    return Arbitraries.oneOf(
        Combinators.combine(ids(), filters, Arbitraries.of(QoS.class)).as(Packets::subscribe),
        Combinators.combine(ids(), filters).as((id, filter) -> Packets.unsubscribe(id, filter)),
        Arbitraries.just(PingReq.INSTANCE),
        Arbitraries.just(new Disconnect(ReasonCode.SUCCESS, Properties.EMPTY)));
  }

  private static Arbitrary<MqttPacket> acknowledgements() {
    return Arbitraries.oneOf(
        ids().map(Packets::pubAck),
        ids().map(Packets::pubRec),
        ids().map(Packets::pubRel),
        ids().map(Packets::pubComp));
  }

  private static Arbitrary<String> topics() {
    return Arbitraries.of("a", "a/b", "b", "$SYS/x");
  }

  private static Arbitrary<Integer> ids() {
    return Arbitraries.integers().between(1, 4);
  }
}
