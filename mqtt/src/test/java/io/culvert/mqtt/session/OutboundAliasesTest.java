package io.culvert.mqtt.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.PublishFrame;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Wire;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class OutboundAliasesTest {
  private static final String A = "plant/7/a";
  private static final String B = "plant/7/b";
  private static final String C = "plant/7/c";
  private static final String D = "plant/7/d";

  private final Outbox out = new Outbox(new BufferPool());

  @Test
  @Scenario(65)
  @Normative({Statement.MQTT5_3_1_2_26, Statement.MQTT5_3_3_2_11})
  void firstTopicsGetTheAliasesThatThereAre() {
    OutboundAliases aliases = new OutboundAliases(2);
    assertThat(write(aliases, A, B, A, B, C, A))
        .containsExactly(A + "=1", B + "=2", "=1", "=2", C, "=1");
  }

  @Test
  void topicThatComesAgainTakesOverWhatWasNotUsedMeanwhile() {
    OutboundAliases aliases = new OutboundAliases(2);
    write(aliases, A, B);
    assertThat(write(aliases, C, C, B, C, A)).containsExactly(C, C, "=2", C + "=1", A);
    assertThat(write(aliases, C, B)).containsExactly("=1", "=2");
  }

  @Test
  void oneTopicTooManyDoesNotChaseTheOthers() {
    OutboundAliases aliases = new OutboundAliases(3);
    write(aliases, A, B, C);
    for (int i = 0; i < 100; i++) {
      assertThat(write(aliases, A, B, C, D)).containsExactly("=1", "=2", "=3", D);
    }
  }

  @Test
  void topicsThatComeOnceTakeNothingAway() {
    OutboundAliases aliases = new OutboundAliases(2);
    write(aliases, A, B);
    for (int i = 0; i < 1000; i++) {
      assertThat(write(aliases, "once/and/never/again/" + i, A, B))
          .containsExactly("once/and/never/again/" + i, "=1", "=2");
    }
  }

  @Test
  void aliasesGrowWithTheirNumber() {
    OutboundAliases aliases = new OutboundAliases(65_535);
    for (int i = 1; i <= 2000; i++) {
      assertThat(write(aliases, "topic/" + (10_000 + i)))
          .containsExactly("topic/" + (10_000 + i) + "=" + i);
    }
    for (int i = 1; i <= 2000; i++) {
      assertThat(write(aliases, "topic/" + (10_000 + i))).containsExactly("=" + i);
    }
  }

  @Test
  void shortTopicIsSentAsItIs() {
    OutboundAliases aliases = new OutboundAliases(2);
    String shortest = "x".repeat(OutboundAliases.SHORTEST_TOPIC_BYTES);
    String shorter = "y".repeat(OutboundAliases.SHORTEST_TOPIC_BYTES - 1);
    assertThat(write(aliases, shorter, shorter, shortest, shortest))
        .containsExactly(shorter, shorter, shortest + "=1", "=1");
  }

  @Test
  void aliasThatWouldMakeThePacketTooLargeIsLeftOut() {
    OutboundAliases aliases = new OutboundAliases(2);
    PublishFrame frame = frame(A, QoS.AT_LEAST_ONCE);
    int most = frame.sizeBytes() + PublishFrame.LARGEST_ALIAS_BYTES;
    aliases.write(frame, out, 1, false, most - 1);
    assertThat(taken()).containsExactly(A);
    aliases.write(frame, out, 1, false, most);
    aliases.write(frame, out, 1, false, frame.sizeBytes());
    assertThat(taken()).containsExactly(A + "=1", "=1");
  }

  @Test
  void maximumIsAnUnsignedShortAndNotZero() {
    assertThatIllegalArgumentException().isThrownBy(() -> new OutboundAliases(0));
    assertThatIllegalArgumentException().isThrownBy(() -> new OutboundAliases(65_536));
  }

  @net.jqwik.api.Property(tries = 300)
  void peerAlwaysFindsTheTopic(
      @ForAll @IntRange(min = 1, max = 20) int maximum,
      @ForAll @Size(max = 300) List<@IntRange(max = 40) Integer> topics) {
    OutboundAliases aliases = new OutboundAliases(maximum);
    InboundAliases peer = new InboundAliases(maximum, Statement.MQTT5_3_3_2_11);
    Outbox own = new Outbox(new BufferPool());
    for (int number : topics) {
      String topic = "some/topic/" + number;
      aliases.write(frame(topic, QoS.AT_MOST_ONCE), own, 0, false, Long.MAX_VALUE);
      MqttPacket packet = Wire.decode(Wire.drained(own), MqttVersion.MQTT_5);
      Publish publish = (Publish) packet;
      assertThat(peer.resolve(publish)).hasToString(topic);
      assertThat(publish.payload().toUtf8()).isEqualTo("payload of " + topic);
    }
  }

  /** Topic and alias of each packet. */
  private List<String> write(OutboundAliases aliases, String... topics) {
    for (String topic : topics) {
      aliases.write(frame(topic, QoS.AT_MOST_ONCE), out, 0, false, Long.MAX_VALUE);
    }
    return taken();
  }

  private List<String> taken() {
    return Wire.decodeAll(List.of(Wire.drained(out)), MqttVersion.MQTT_5).stream()
        .map(Publish.class::cast)
        .map(
            publish ->
                publish.topic()
                    + (publish.properties().has(Property.TOPIC_ALIAS)
                        ? "=" + publish.properties().integer(Property.TOPIC_ALIAS, 0)
                        : ""))
        .toList();
  }

  private static PublishFrame frame(String topic, QoS qos) {
    return PublishFrame.of(
        MqttVersion.MQTT_5,
        TopicName.of(topic),
        Bytes.utf8("payload of " + topic),
        qos,
        false,
        Properties.EMPTY);
  }
}
