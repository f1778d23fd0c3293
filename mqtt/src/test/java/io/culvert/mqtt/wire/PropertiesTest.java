package io.culvert.mqtt.wire;

import static io.culvert.mqtt.wire.Property.CONTENT_TYPE;
import static io.culvert.mqtt.wire.Property.CORRELATION_DATA;
import static io.culvert.mqtt.wire.Property.MAXIMUM_PACKET_SIZE;
import static io.culvert.mqtt.wire.Property.MAXIMUM_QOS;
import static io.culvert.mqtt.wire.Property.MESSAGE_EXPIRY_INTERVAL;
import static io.culvert.mqtt.wire.Property.PAYLOAD_FORMAT_INDICATOR;
import static io.culvert.mqtt.wire.Property.REASON_STRING;
import static io.culvert.mqtt.wire.Property.RECEIVE_MAXIMUM;
import static io.culvert.mqtt.wire.Property.RESPONSE_TOPIC;
import static io.culvert.mqtt.wire.Property.SERVER_KEEP_ALIVE;
import static io.culvert.mqtt.wire.Property.SESSION_EXPIRY_INTERVAL;
import static io.culvert.mqtt.wire.Property.SUBSCRIPTION_IDENTIFIER;
import static io.culvert.mqtt.wire.Property.TOPIC_ALIAS;
import static io.culvert.mqtt.wire.Property.USER_PROPERTY;
import static io.culvert.mqtt.wire.Property.WILL_DELAY_INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PropertiesTest {
  private static final Properties SOME =
      Properties.builder()
          .put(MESSAGE_EXPIRY_INTERVAL, 4_294_967_295L)
          .userProperty("a", "1")
          .put(CONTENT_TYPE, "text/plain")
          .userProperty("b", "")
          .put(CORRELATION_DATA, Bytes.hex("00ff"))
          .userProperty("a", "1")
          .build();

  @Test
  @Scenario(5)
  void binaryDataMayBeEmptyAndOfTheGreatestLength() {
    for (int length : new int[] {0, 1, 65_535}) {
      byte[] bytes = new byte[length];
      Arrays.fill(bytes, (byte) 0xff);
      Properties properties = Properties.builder().put(CORRELATION_DATA, Bytes.wrap(bytes)).build();
      Publish sent = publish(properties);
      Publish came =
          (Publish) Wire.decode(Wire.encode(sent, MqttVersion.MQTT_5), MqttVersion.MQTT_5);
      assertThat(came.properties().binary(CORRELATION_DATA)).isEqualTo(Bytes.wrap(bytes));
    }
    Properties.Builder builder = Properties.builder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.put(CORRELATION_DATA, Bytes.wrap(new byte[65_536])));
  }

  @Test
  @Normative({
    Statement.MQTT5_3_1_3_10,
    Statement.MQTT5_3_3_2_17,
    Statement.MQTT5_3_3_2_18,
    Statement.MQTT5_3_3_2_4
  })
  @Scenario(22)
  void keepsOrderAndRepetitions() {
    Publish sent = publish(SOME.with(PAYLOAD_FORMAT_INDICATOR, 0));
    Properties came =
        ((Publish) Wire.decode(Wire.encode(sent, MqttVersion.MQTT_5), MqttVersion.MQTT_5))
            .properties();
    assertThat(came.entries())
        .containsExactly(
            entry(MESSAGE_EXPIRY_INTERVAL, 4_294_967_295L),
            entry(USER_PROPERTY, new UserProperty("a", "1")),
            entry(CONTENT_TYPE, "text/plain"),
            entry(USER_PROPERTY, new UserProperty("b", "")),
            entry(CORRELATION_DATA, Bytes.hex("00ff")),
            entry(USER_PROPERTY, new UserProperty("a", "1")),
            entry(PAYLOAD_FORMAT_INDICATOR, 0L));
    assertThat(came.userProperties())
        .containsExactly(
            new UserProperty("a", "1"), new UserProperty("b", ""), new UserProperty("a", "1"));
  }

  @Test
  void readsEachType() {
    assertThat(SOME.integer(MESSAGE_EXPIRY_INTERVAL, -1)).isEqualTo(4_294_967_295L);
    assertThat(SOME.integer(TOPIC_ALIAS, -1)).isEqualTo(-1);
    assertThat(SOME.text(CONTENT_TYPE)).isEqualTo("text/plain");
    assertThat(SOME.text(RESPONSE_TOPIC)).isNull();
    assertThat(SOME.binary(CORRELATION_DATA)).isEqualTo(Bytes.hex("00ff"));
    assertThat(Properties.EMPTY.binary(CORRELATION_DATA)).isNull();
    Properties numbers =
        Properties.builder()
            .put(MAXIMUM_QOS, 1)
            .put(RECEIVE_MAXIMUM, 0xfffe)
            .put(MAXIMUM_PACKET_SIZE, 0x8000_0001L)
            .build();
    assertThat(numbers.integer(MAXIMUM_QOS, 9)).isEqualTo(1);
    assertThat(numbers.integer(RECEIVE_MAXIMUM, 9)).isEqualTo(0xfffe);
    assertThat(numbers.integer(MAXIMUM_PACKET_SIZE, 9)).isEqualTo(0x8000_0001L);
  }

  @Test
  @Normative(Statement.MQTT5_3_3_2_4)
  @Scenario(25)
  void explicitZeroStays() {
    Properties zero = Properties.builder().put(PAYLOAD_FORMAT_INDICATOR, 0).build();
    assertThat(zero.has(PAYLOAD_FORMAT_INDICATOR)).isTrue();
    assertThat(zero.content().toHex()).isEqualTo("0100");
    assertThat(((Publish) Wire.decode("300700016102010078", MqttVersion.MQTT_5)).properties())
        .isEqualTo(zero);
  }

  @Test
  @Scenario(23)
  void subscriptionIdentifiersRepeat() {
    Properties properties =
        Properties.EMPTY
            .with(SUBSCRIPTION_IDENTIFIER, 1)
            .with(SUBSCRIPTION_IDENTIFIER, 268_435_455)
            .withSubscriptionIdentifiers(128, 16_384, 1, 5);
    int[] expected = {1, 268_435_455, 128, 16_384, 1, 5};
    assertThat(properties.subscriptionIdentifiers()).isEqualTo(expected);
    Publish came =
        (Publish)
            Wire.decode(Wire.encode(publish(properties), MqttVersion.MQTT_5), MqttVersion.MQTT_5);
    assertThat(came.properties().subscriptionIdentifiers()).isEqualTo(expected);
    assertThat(Properties.EMPTY.subscriptionIdentifiers()).isEmpty();
  }

  @Test
  void withReplacesInPlaceOrAppends() {
    Properties replaced = SOME.with(MESSAGE_EXPIRY_INTERVAL, 7);
    assertThat(replaced.integer(MESSAGE_EXPIRY_INTERVAL, -1)).isEqualTo(7);
    assertThat(replaced.entries().get(0)).isEqualTo(entry(MESSAGE_EXPIRY_INTERVAL, 7L));
    assertThat(replaced.entries().subList(1, 6)).isEqualTo(SOME.entries().subList(1, 6));
    Properties appended = SOME.with(TOPIC_ALIAS, 3);
    assertThat(appended.entries()).hasSize(7).endsWith(entry(TOPIC_ALIAS, 3L));
    assertThat(SOME.has(TOPIC_ALIAS)).isFalse();
  }

  @Test
  void withoutRemovesAllOfAKind() {
    Properties left = SOME.without(USER_PROPERTY, CONTENT_TYPE);
    assertThat(left.entries())
        .containsExactly(
            entry(MESSAGE_EXPIRY_INTERVAL, 4_294_967_295L),
            entry(CORRELATION_DATA, Bytes.hex("00ff")));
    assertThat(left.has(USER_PROPERTY)).isFalse();
    assertThat(SOME.without(TOPIC_ALIAS)).isSameAs(SOME);
    assertThat(left.without(MESSAGE_EXPIRY_INTERVAL, CORRELATION_DATA)).isSameAs(Properties.EMPTY);
  }

  @Test
  void copyOwnsItsBytesAndEqualityIsByContent() {
    Properties copy = SOME.copy();
    assertThat(copy).isEqualTo(SOME).hasSameHashCodeAs(SOME);
    assertThat(copy.content().array()).isNotSameAs(SOME.content().array());
    assertThat(copy).isNotEqualTo(SOME.without(CONTENT_TYPE));
    assertThat(Properties.EMPTY.copy()).isSameAs(Properties.EMPTY);
    assertThat(SOME.contentLength()).isEqualTo(SOME.content().length());
  }

  @Test
  @Scenario(4)
  void builderRefusesWhatTheTableForbids() {
    assertRefused(() -> Properties.builder().put(RECEIVE_MAXIMUM, 0));
    assertRefused(() -> Properties.builder().put(MAXIMUM_PACKET_SIZE, 0));
    assertRefused(() -> Properties.builder().put(TOPIC_ALIAS, 0));
    assertRefused(() -> Properties.builder().put(SUBSCRIPTION_IDENTIFIER, 0));
    assertRefused(() -> Properties.builder().put(SUBSCRIPTION_IDENTIFIER, 268_435_456));
    assertRefused(() -> Properties.builder().put(MAXIMUM_QOS, 2));
    assertRefused(() -> Properties.builder().put(SERVER_KEEP_ALIVE, 65_536));
    assertRefused(() -> Properties.builder().put(SESSION_EXPIRY_INTERVAL, -1));
    assertRefused(() -> Properties.builder().put(CONTENT_TYPE, 1));
    assertRefused(() -> Properties.builder().put(TOPIC_ALIAS, "1"));
    assertRefused(() -> Properties.builder().put(CONTENT_TYPE, Bytes.EMPTY));
    assertRefused(() -> Properties.builder().put(CONTENT_TYPE, "a\u0000"));
    assertRefused(() -> Properties.builder().put(RESPONSE_TOPIC, "a/#"));
    assertRefused(() -> Properties.builder().put(CORRELATION_DATA, Bytes.wrap(new byte[65_536])));
    assertRefused(() -> Properties.builder().userProperty("a", "\ud800"));
    assertRefused(() -> Properties.builder().put(TOPIC_ALIAS, 1).put(TOPIC_ALIAS, 2));
    assertRefused(() -> SOME.text(MESSAGE_EXPIRY_INTERVAL));
    assertRefused(() -> SOME.binary(CONTENT_TYPE));
    assertRefused(() -> SOME.integer(CONTENT_TYPE, 0));
  }

  @Test
  @Scenario(18)
  void packetsCannotBeBuiltWithForeignProperties() {
    for (Property property : Property.values()) {
      Properties one = oneOf(property);
      for (PacketType type : PacketType.values()) {
        if (property.allowedIn(type)) {
          one.checkAllowedIn(type);
        } else {
          assertRefused(() -> one.checkAllowedIn(type));
        }
      }
      if (property.allowedInWill()) {
        one.checkAllowedInWill();
      } else {
        assertRefused(one::checkAllowedInWill);
      }
    }
    assertRefused(() -> publish(oneOf(REASON_STRING)));
    assertRefused(() -> new PubAck(1, ReasonCode.SUCCESS, SOME));
    assertRefused(() -> new Disconnect(ReasonCode.SUCCESS, oneOf(TOPIC_ALIAS)));
    assertRefused(
        () ->
            new Will(TopicName.of("a"), Bytes.EMPTY, QoS.AT_MOST_ONCE, false, oneOf(TOPIC_ALIAS)));
    assertRefused(() -> publish(oneOf(WILL_DELAY_INTERVAL)));
    Properties twoIds = Properties.EMPTY.withSubscriptionIdentifiers(1, 2);
    assertRefused(() -> new Subscribe(1, List.of(), twoIds));
  }

  @Test
  void tableHasAllOfTheStandard() {
    assertThat(Property.values()).hasSize(27);
    assertThat(Arrays.stream(Property.values()).mapToInt(Property::id)).doesNotHaveDuplicates();
  }

  @Test
  void toStringShowsNoValues() {
    assertThat(SOME.toString()).contains("CONTENT_TYPE").doesNotContain("text/plain");
  }

  static Properties oneOf(Property property) {
    Properties.Builder builder = Properties.builder();
    return switch (property.type()) {
      case BOOL, U8, U16, U32, VAR_INT -> builder.put(property, 1).build();
      case UTF8 -> builder.put(property, "x").build();
      case BINARY -> builder.put(property, Bytes.hex("00")).build();
      case UTF8_PAIR -> builder.userProperty("k", "v").build();
    };
  }

  private static Publish publish(Properties properties) {
    return new Publish(
        TopicName.of("a"), Bytes.utf8("x"), QoS.AT_MOST_ONCE, false, false, 0, properties);
  }

  private static void assertRefused(Runnable building) {
    assertThatIllegalArgumentException().isThrownBy(building::run);
  }
}
