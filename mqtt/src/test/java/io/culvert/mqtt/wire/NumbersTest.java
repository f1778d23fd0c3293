package io.culvert.mqtt.wire;

import static io.culvert.mqtt.wire.Statement.MQTT5_1_5_5_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.engine.Bytes;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers and binary data, each in a packet that carries one. */
class NumbersTest {
  @ParameterizedTest
  @CsvSource({
    "PAYLOAD_FORMAT_INDICATOR, 0",
    "PAYLOAD_FORMAT_INDICATOR, 1",
    "TOPIC_ALIAS, 1",
    "TOPIC_ALIAS, 255",
    "TOPIC_ALIAS, 256",
    "TOPIC_ALIAS, 65535",
    "MESSAGE_EXPIRY_INTERVAL, 0",
    "MESSAGE_EXPIRY_INTERVAL, 65536",
    "MESSAGE_EXPIRY_INTERVAL, 2147483648",
    "MESSAGE_EXPIRY_INTERVAL, 4294967295"
  })
  @Scenario(1)
  void integersComeBackAsTheyWent(Property property, long value) {
    Properties came = thereAndBack(Properties.EMPTY.with(property, value));
    assertThat(came.integer(property, -1)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455})
  @Normative(MQTT5_1_5_5_1)
  @Scenario(2)
  void variableByteIntegersComeBackAsTheyWent(int value) {
    Properties went = Properties.EMPTY.with(Property.SUBSCRIPTION_IDENTIFIER, value);
    assertThat(thereAndBack(went).subscriptionIdentifiers()).containsExactly(value);
    int expected = 1 + (value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4);
    assertThat(went.contentLength()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535})
  @Scenario(5)
  void binaryDataComesBackAsItWent(int length) {
    byte[] data = new byte[length];
    for (int i = 0; i < length; i++) {
      data[i] = (byte) (i * 7);
    }
    Properties went = Properties.builder().put(Property.CORRELATION_DATA, Bytes.wrap(data)).build();
    assertThat(thereAndBack(went).binary(Property.CORRELATION_DATA)).isEqualTo(Bytes.wrap(data));
  }

  @Test
  @Scenario(5)
  void binaryDataBeyondItsGreatestLengthCannotBeWritten() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Properties.builder().put(Property.CORRELATION_DATA, Bytes.wrap(new byte[65_536])));
  }

  /** Each shorter prefix of the packet asks for more bytes. */
  private static Properties thereAndBack(Properties properties) {
    Publish publish =
        new Publish(TopicName.of("a"), Bytes.EMPTY, QoS.AT_MOST_ONCE, false, false, 0, properties);
    Bytes bytes = Wire.encode(publish, MqttVersion.MQTT_5);
    for (int length = 0; length < Math.min(bytes.length(), 100); length++) {
      ReceiveBuffer in = new ReceiveBuffer();
      in.add(bytes.slice(0, length));
      assertThat(new MqttDecoder(Wire.NO_LIMIT).next(in)).isNull();
    }
    return ((Publish) Wire.decode(bytes, MqttVersion.MQTT_5)).properties();
  }
}
