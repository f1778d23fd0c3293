package io.culvert.mqtt.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StatementTest {
  @Test
  void idsAreThoseOfTheStandards() {
    assertThat(Statement.MQTT5_3_3_1_5.id()).isEqualTo("MQTT5-3.3.1-5");
    assertThat(Statement.MQTT5_3_3_2_17.id()).isEqualTo("MQTT5-3.3.2-17");
    assertThat(Statement.MQTT5_4_2_1.id()).isEqualTo("MQTT5-4.2-1");
    assertThat(Statement.MQTT3_3_10_4_6.id()).isEqualTo("MQTT3-3.10.4-6");
    assertThat(Statement.MQTT5_3_3_1_5.appliesTo()).isEqualTo(Statement.Side.SERVER);
    assertThat(Statement.values()).extracting(Statement::text).allMatch(t -> !t.isBlank());
  }

  @Test
  void allOfBothStandardsAreThere() {
    assertThat(count("MQTT5-")).isEqualTo(251);
    assertThat(count("MQTT3-")).isEqualTo(141);
  }

  @Test
  void violationsNameThem() {
    assertThat(new MqttViolation(ReasonCode.PROTOCOL_ERROR, Statement.MQTT5_3_1_0_1, "x"))
        .satisfies(v -> assertThat(v.statementId()).isEqualTo("MQTT5-3.1.0-1"))
        .satisfies(v -> assertThat(v.code()).isEqualTo(0x82))
        .satisfies(v -> assertThat(v.getStackTrace()).isEmpty());
  }

  @Test
  void violationsOfOlderClientsNameTheOlderStandard() {
    assertThat(Statement.MQTT5_3_8_3_2.in(MqttVersion.MQTT_3_1_1))
        .isEqualTo(Statement.MQTT3_3_8_3_3);
    assertThat(Statement.MQTT5_3_8_3_2.in(MqttVersion.MQTT_3_1)).isEqualTo(Statement.MQTT3_3_8_3_3);
    assertThat(Statement.MQTT5_3_8_3_2.in(MqttVersion.MQTT_5)).isEqualTo(Statement.MQTT5_3_8_3_2);
    assertThat(Statement.MQTT5_3_3_4_7.in(MqttVersion.MQTT_3_1_1)).isNull();
    assertThat(Statement.MQTT3_2_3_1_2.in(MqttVersion.MQTT_3_1_1))
        .isEqualTo(Statement.MQTT3_2_3_1_2);
    MqttViolation five =
        new MqttViolation(ReasonCode.PROTOCOL_ERROR, Statement.MQTT5_3_1_0_2, "second CONNECT");
    assertThat(five.in(MqttVersion.MQTT_5)).isSameAs(five);
    MqttViolation older = five.in(MqttVersion.MQTT_3_1_1);
    assertThat(older.statementId()).isEqualTo("MQTT3-3.1.0-2");
    assertThat(older.detail()).isEqualTo(five.detail());
    assertThat(older.reasonCode()).isEqualTo(five.reasonCode());
  }

  @Test
  void twinsAreOfTheOlderStandard() {
    for (Statement statement : Statement.values()) {
      Statement older = statement.in(MqttVersion.MQTT_3_1_1);
      assertThat(older == null || older.id().startsWith("MQTT3-")).as(statement.id()).isTrue();
    }
  }

  private static long count(String prefix) {
    return Arrays.stream(Statement.values()).filter(s -> s.id().startsWith(prefix)).count();
  }
}
