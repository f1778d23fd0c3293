package io.culvert.mqtt.wire;

import static io.culvert.mqtt.wire.MqttVersion.MQTT_3_1_1;
import static io.culvert.mqtt.wire.MqttVersion.MQTT_5;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.culvert.mqtt.Normative;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishFrameTest {
  private static final TopicName TOPIC = TopicName.of("sensors/t");
  private static final Properties PROPERTIES =
      Properties.builder()
          .userProperty("k", "v".repeat(200))
          .put(Property.SUBSCRIPTION_IDENTIFIER, 7)
          .build();

  /** With an alias its length needs another byte. */
  private static final Properties ALMOST_LONG =
      Properties.builder().userProperty("k", "v".repeat(120)).build();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 127, 128, 4095, 4096, 4097, 20_000, 3_000_000})
  void writesWhatTheEncoderWrites(int size) {
    Bytes payload = payload(size);
    for (MqttVersion version : MqttVersion.values()) {
      for (QoS qos : QoS.values()) {
        for (boolean flag : new boolean[] {false, true}) {
          PublishFrame frame = PublishFrame.of(version, TOPIC, payload, qos, flag, PROPERTIES);
          boolean dup = flag && qos != QoS.AT_MOST_ONCE;
          int id = qos == QoS.AT_MOST_ONCE ? 0 : 0xabcd;
          Bytes expected =
              Wire.encode(new Publish(TOPIC, payload, qos, flag, dup, id, PROPERTIES), version);
          assertThat(Wire.written(out -> frame.writeTo(out, id, dup))).isEqualTo(expected);
          assertThat(frame.sizeBytes()).isEqualTo(expected.length());
          assertThat(frame.qos()).isEqualTo(qos);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, 127, 128, 4095, 4096, 4097, 16_376, 16_380, 20_000, 3_000_000})
  void writesWhatTheEncoderWritesWithAnAlias(int size) {
    Bytes payload = payload(size);
    for (Properties properties : List.of(Properties.EMPTY, ALMOST_LONG, PROPERTIES)) {
      for (QoS qos : QoS.values()) {
        for (boolean flag : new boolean[] {false, true}) {
          PublishFrame frame = PublishFrame.of(MQTT_5, TOPIC, payload, qos, flag, properties);
          boolean dup = flag && qos != QoS.AT_MOST_ONCE;
          int id = qos == QoS.AT_MOST_ONCE ? 0 : 0xabcd;
          Properties aliased =
              Properties.builder().put(Property.TOPIC_ALIAS, 0x1234).putAll(properties).build();
          for (TopicName topic : List.of(TOPIC, TopicName.EMPTY)) {
            Bytes expected =
                Wire.encode(new Publish(topic, payload, qos, flag, dup, id, aliased), MQTT_5);
            assertThat(
                    Wire.written(out -> frame.writeAliased(out, id, dup, 0x1234, !topic.isEmpty())))
                .isEqualTo(expected);
            assertThat(expected.length())
                .isLessThanOrEqualTo(frame.sizeBytes() + PublishFrame.LARGEST_ALIAS_BYTES);
          }
        }
      }
    }
  }

  @Test
  void knowsItsTopic() {
    PublishFrame frame =
        PublishFrame.of(MQTT_5, TOPIC, payload(300), QoS.AT_LEAST_ONCE, false, PROPERTIES);
    assertThat(frame.topic()).isEqualTo(TOPIC);
    assertThat(frame.topicLength()).isEqualTo(TOPIC.length());
    assertThat(frame.topicHash()).isEqualTo(TOPIC.hashCode()).isEqualTo(frame.topicHash());
    assertThat(frame.isAbout(TOPIC)).isTrue();
    assertThat(frame.isAbout(TopicName.of("sensors/u"))).isFalse();
    assertThat(frame.isAbout(TopicName.of("sensors/t/"))).isFalse();
  }

  @Test
  @Normative({Statement.MQTT5_3_3_1_1, Statement.MQTT5_3_3_1_3, Statement.MQTT3_3_3_1_3})
  void eachTargetHasItsIdAndDup() {
    PublishFrame frame =
        PublishFrame.of(MQTT_3_1_1, TOPIC, payload(2), QoS.EXACTLY_ONCE, false, Properties.EMPTY);
    Outbox out = new Outbox(new BufferPool());
    frame.writeTo(out, 1, false);
    frame.writeTo(out, 0xffff, true);
    frame.writeTo(out, 2, false);
    assertThat(Wire.decodeAll(List.of(Wire.drained(out)), MQTT_3_1_1))
        .extracting(p -> p.packetId() + " " + ((Publish) p).dup())
        .containsExactly("1 false", "65535 true", "2 false");
  }

  @Test
  void ownsWhatMayBeBorrowed() {
    byte[] buffer = "a/bpayload".getBytes(StandardCharsets.UTF_8);
    PublishFrame frame =
        PublishFrame.of(
            MQTT_5,
            TopicName.parse(Bytes.wrap(buffer, 0, 3)),
            Bytes.wrap(buffer, 3, 7),
            QoS.AT_MOST_ONCE,
            false,
            Properties.EMPTY);
    Arrays.fill(buffer, (byte) 'x');
    Publish publish =
        (Publish) Wire.decode(Wire.written(out -> frame.writeTo(out, 0, false)), MQTT_5);
    assertThat(publish.topic()).hasToString("a/b");
    assertThat(publish.payload().toUtf8()).isEqualTo("payload");
  }

  @Test
  void sharesALargePayload() {
    Bytes payload = payload(Outbox.SHARE_FROM_BYTES);
    PublishFrame frame =
        PublishFrame.of(MQTT_5, TOPIC, payload, QoS.AT_MOST_ONCE, false, Properties.EMPTY);
    Outbox out = new Outbox(new BufferPool());
    frame.writeTo(out, 0, false);
    boolean[] shared = new boolean[1];
    out.drainTo(
        new Outbox.Sink() {
          @Override
          public void copied(byte[] array, int start, int length) {}

          @Override
          public void shared(Bytes bytes) {
            shared[0] = bytes.array() == payload.array();
          }
        });
    assertThat(shared[0]).isTrue();
  }

  /** Very many targets of one message that do not read need one copy of it. */
  @ParameterizedTest
  @ValueSource(ints = {0, 511, 512, 3000, 4095})
  void sharesAPayloadThatNoPooledArrayIsLeftFor(int size) {
    PublishFrame frame =
        PublishFrame.of(MQTT_5, TOPIC, payload(size), QoS.AT_LEAST_ONCE, false, PROPERTIES);
    BufferPool dry = BufferPool.forHeap(0);
    while (dry.keepsFor(frame.sizeBytes())) {
      dry.take(frame.sizeBytes());
    }
    Outbox plain = new Outbox(dry);
    frame.writeTo(plain, 7, false);
    Outbox aliased = new Outbox(dry);
    frame.writeAliased(aliased, 7, false, 3, true);

    long shared = size < 512 ? 0 : frame.sizeBytes();
    assertThat(dry.sharedBytes()).isEqualTo(shared);
    assertThat(Wire.drained(plain)).isEqualTo(Wire.written(out -> frame.writeTo(out, 7, false)));
    assertThat(Wire.drained(aliased))
        .isEqualTo(Wire.written(out -> frame.writeAliased(out, 7, false, 3, true)));
  }

  @Test
  @Normative(Statement.MQTT5_3_3_2_7)
  void neverForwardsATopicAlias() {
    Properties alias = Properties.builder().put(Property.TOPIC_ALIAS, 3).build();
    PublishFrame frame =
        PublishFrame.of(MQTT_5, TOPIC, Bytes.EMPTY, QoS.AT_MOST_ONCE, false, alias);
    Bytes written = Wire.written(out -> frame.writeTo(out, 0, false));
    assertThat(((Publish) Wire.decode(written, MQTT_5)).properties()).isEqualTo(Properties.EMPTY);
  }

  @Test
  void refusesOurOwnFaults() {
    PublishFrame frame =
        PublishFrame.of(MQTT_5, TOPIC, Bytes.EMPTY, QoS.AT_LEAST_ONCE, false, Properties.EMPTY);
    Outbox out = new Outbox(new BufferPool());
    assertThatIllegalArgumentException().isThrownBy(() -> frame.writeTo(out, 0, false));
    assertThatIllegalArgumentException().isThrownBy(() -> frame.writeTo(out, 65_536, false));
    assertThat(out.isEmpty()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                PublishFrame.of(
                    MQTT_5,
                    TopicName.EMPTY,
                    Bytes.EMPTY,
                    QoS.AT_MOST_ONCE,
                    false,
                    Properties.EMPTY));
  }

  private static Bytes payload(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31);
    }
    return Bytes.wrap(bytes);
  }
}
