package io.culvert.mqtt.session;

import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_2_6;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_4_3;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.MqttDecoder;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Wire;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a message looks like on its way to one target. */
class DeliveryShapeTest {
  private static final Properties EXPIRY =
      Properties.builder().userProperty("k", "v").put(Property.MESSAGE_EXPIRY_INTERVAL, 10).build();

  @Test
  @Normative(MQTT5_3_3_2_6)
  void expiryBecomesWhatIsLeft() {
    Delivery delivery = Delivery.of(message(EXPIRY, 1_000), QoS.AT_MOST_ONCE, false);

    assertThat(expirySeconds(delivery, 1_000)).isEqualTo(10);
    assertThat(expirySeconds(delivery, 1_001)).isEqualTo(10);
    assertThat(expirySeconds(delivery, 2_000)).isEqualTo(9);
    assertThat(expirySeconds(delivery, 10_999)).isEqualTo(1);
    assertThat(expirySeconds(delivery, 99_000)).as("sent too late is not never").isEqualTo(1);
    assertThat(delivery.message().isExpired(10_999)).isFalse();
    assertThat(delivery.message().isExpired(11_000)).isTrue();
  }

  @Test
  @Normative(MQTT5_3_3_4_3)
  void subscriptionIdentifiersAndPropertiesStandTogether() {
    Delivery delivery =
        Delivery.of(message(EXPIRY, 0), QoS.AT_LEAST_ONCE, true, new int[] {5, 300});

    Publish publish = written(delivery, MqttVersion.MQTT_5, 9, true, 0);

    assertThat(publish.packetId()).isEqualTo(9);
    assertThat(publish.dup()).isTrue();
    assertThat(publish.retain()).isTrue();
    assertThat(publish.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
    assertThat(publish.properties().subscriptionIdentifiers()).containsExactly(5, 300);
    assertThat(publish.properties().userProperties()).hasSize(1);
  }

  @Test
  void oneDeliveryServesBothVersions() {
    Delivery delivery = Delivery.of(message(EXPIRY, 0), QoS.AT_LEAST_ONCE, false);

    for (int i = 0; i < 2; i++) {
      assertThat(written(delivery, MqttVersion.MQTT_3_1_1, 1, false, 0).properties().isEmpty())
          .isTrue();
      assertThat(written(delivery, MqttVersion.MQTT_5, 1, false, 0).properties()).isEqualTo(EXPIRY);
    }
  }

  @Test
  void oneForASingleTargetHasTheSameBytes() {
    for (int length : new int[] {0, 64, Outbox.SHARE_FROM_BYTES}) {
      Bytes payload = Bytes.wrap(new byte[length]);
      Message message = Message.of(TopicName.of("a/b"), payload, QoS.EXACTLY_ONCE, true, EXPIRY, 0);
      for (MqttVersion version : MqttVersion.values()) {
        for (QoS qos : QoS.values()) {
          Delivery shared = Delivery.of(message, qos, true, new int[] {7});
          Delivery single = Delivery.single(message, qos, true, new int[] {7});
          assertThat(bytes(single, version)).isEqualTo(bytes(shared, version));
          assertThat(single.sizeBytes(version, 3_000)).isEqualTo(bytes(single, version).length());
        }
      }
    }
  }

  private static Bytes bytes(Delivery delivery, MqttVersion version) {
    Outbox out = new Outbox(new BufferPool());
    delivery.writeTo(out, version, 5, true, 3_000);
    Bytes[] all = {Bytes.EMPTY};
    out.drainTo(
        new Outbox.Sink() {
          @Override
          public void copied(byte[] array, int start, int length) {
            shared(Bytes.wrap(array, start, length));
          }

          @Override
          public void shared(Bytes bytes) {
            byte[] joined = Arrays.copyOf(all[0].toByteArray(), all[0].length() + bytes.length());
            bytes.copyTo(joined, all[0].length());
            all[0] = Bytes.wrap(joined);
          }
        });
    return all[0];
  }

  @Test
  void sizeIsWhatIsWritten() {
    for (int length : new int[] {0, 100, 128, 5_000, 20_000}) {
      Message message =
          Message.of(
              TopicName.of("a/b"),
              Bytes.wrap(new byte[length]),
              QoS.EXACTLY_ONCE,
              false,
              EXPIRY,
              0);
      for (QoS qos : QoS.values()) {
        Delivery delivery = Delivery.of(message, qos, false);
        Outbox out = new Outbox(new BufferPool());
        delivery.writeTo(out, MqttVersion.MQTT_5, 1, false, 0);
        assertThat(delivery.sizeBytes(MqttVersion.MQTT_5, 0)).isEqualTo((int) out.pendingBytes());
      }
    }
  }

  @Test
  void messageOwnsItsBytes() {
    byte[] array = "topicpayload".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    Message message =
        Message.of(
            TopicName.parse(Bytes.wrap(array, 0, 5)),
            Bytes.wrap(array, 5, 7),
            QoS.AT_MOST_ONCE,
            false,
            Properties.EMPTY,
            0);

    Arrays.fill(array, (byte) 'x');

    assertThat(message.topic()).isEqualTo(TopicName.of("topic"));
    assertThat(message.payload()).isEqualTo(Bytes.utf8("payload"));
    assertThat(message.isExpired(Long.MAX_VALUE - 1)).isFalse();
  }

  private static long expirySeconds(Delivery delivery, long now) {
    return written(delivery, MqttVersion.MQTT_5, 0, false, now)
        .properties()
        .integer(Property.MESSAGE_EXPIRY_INTERVAL, -1);
  }

  private static Message message(Properties properties, long now) {
    return Message.of(TopicName.of("a"), Bytes.utf8("p"), QoS.EXACTLY_ONCE, true, properties, now);
  }

  private static Publish written(
      Delivery delivery, MqttVersion version, int packetId, boolean dup, long now) {
    ReceiveBuffer in = new ReceiveBuffer();
    in.add(Wire.written(out -> delivery.writeTo(out, version, packetId, dup, now)));
    MqttDecoder decoder = new MqttDecoder(Long.MAX_VALUE);
    decoder.version(version);
    return (Publish) Objects.requireNonNull(decoder.next(in));
  }
}
