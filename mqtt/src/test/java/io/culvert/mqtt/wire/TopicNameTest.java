package io.culvert.mqtt.wire;

import static io.culvert.mqtt.wire.Statement.MQTT3_3_3_2_2;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_7_1_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_1_5_4_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_2_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_7_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_7_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_7_3_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_7_3_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.MqttVectors;
import io.culvert.mqtt.Normative;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNameTest {
  static List<MqttVectors.Name> names() {
    return MqttVectors.topicNames();
  }

  @ParameterizedTest
  @MethodSource("names")
  void validityIsThatOfTheVectors(MqttVectors.Name vector) {
    assertThat(refusal(Bytes.utf8(vector.topic())) == null).isEqualTo(vector.valid());
  }

  @ParameterizedTest
  @ValueSource(strings = {"+", "#", "a/+", "a/#/b", "a+b", "\u00e4#"})
  @Normative({MQTT5_3_3_2_2, MQTT5_4_7_0_1, MQTT3_3_3_2_2, MQTT3_4_7_1_1})
  void refusesWildcards(String name) {
    MqttViolation violation = refusal(Bytes.utf8(name));
    assertThat(violation.reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(violation.statement()).isEqualTo(MQTT5_4_7_0_1);
  }

  @Test
  @Normative({MQTT5_4_7_3_1, MQTT5_4_7_3_2, MQTT5_4_7_3_3, MQTT5_1_5_4_1})
  void refusesWhatIsNoName() {
    assertThat(refusal(Bytes.EMPTY).statement()).isEqualTo(MQTT5_4_7_3_1);
    assertThat(refusal(Bytes.utf8("a\u0000b")).statement()).isEqualTo(MQTT5_4_7_3_2);
    assertThat(refusal(Bytes.wrap(new byte[65_536])).statement()).isEqualTo(MQTT5_4_7_3_3);
    MqttViolation illFormed = refusal(Bytes.hex("6161ff"));
    assertThat(illFormed.reasonCode()).isEqualTo(ReasonCode.MALFORMED_PACKET);
    assertThat(illFormed.statement()).isEqualTo(MQTT5_1_5_4_1);
    assertThat(illFormed).hasMessageContaining("at byte 2");
  }

  @Test
  void equalsByContentWhereverItStands() {
    byte[] buffer = {'x', 'a', '/', 'b', 'y'};
    TopicName name = TopicName.parse(Bytes.wrap(buffer, 1, 3));
    assertThat(name).isEqualTo(TopicName.of("a/b")).hasSameHashCodeAs(TopicName.of("a/b"));
    assertThat(name).isNotEqualTo(TopicName.of("a/c")).hasToString("a/b");
    TopicName copy = name.copy();
    buffer[1] = 'z';
    assertThat(copy).hasToString("a/b");
    assertThat(name).hasToString("z/b");
  }

  @Test
  void knowsDollarAndEmptiness() {
    assertThat(TopicName.of("$SYS/x").startsWithDollar()).isTrue();
    assertThat(TopicName.of("a$").startsWithDollar()).isFalse();
    assertThat(TopicName.EMPTY.startsWithDollar()).isFalse();
    assertThat(TopicName.EMPTY.isEmpty()).isTrue();
    assertThat(TopicName.EMPTY.copy()).isSameAs(TopicName.EMPTY);
    assertThat(TopicName.of("\u00e4").length()).isEqualTo(2);
  }

  private static MqttViolation refusal(Bytes name) {
    return catchThrowableOfType(MqttViolation.class, () -> TopicName.parse(name));
  }
}
