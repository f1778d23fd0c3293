package io.culvert.mqtt.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.mqtt.MqttVectors;
import io.culvert.mqtt.Normative;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReasonCodeTest {
  @Test
  @Normative({
    Statement.MQTT5_3_2_2_8,
    Statement.MQTT5_3_4_2_1,
    Statement.MQTT5_3_5_2_1,
    Statement.MQTT5_3_6_2_1,
    Statement.MQTT5_3_7_2_1,
    Statement.MQTT5_3_9_3_2,
    Statement.MQTT5_3_11_3_2,
    Statement.MQTT5_3_14_2_1,
    Statement.MQTT5_3_15_2_1
  })
  void tableIsThatOfTheVectors() {
    Map<Integer, String> ours = new TreeMap<>();
    for (ReasonCode code : ReasonCode.values()) {
      List<String> packets = new ArrayList<>();
      for (PacketType type : PacketType.values()) {
        if (code.allowedIn(type)) {
          packets.add(type.name());
        }
      }
      ours.put(code.value(), code + " " + packets.stream().sorted().toList());
    }
    Map<Integer, String> theirs = new TreeMap<>();
    for (MqttVectors.Code code : MqttVectors.reasonCodes()) {
      String name = code.name().split("/")[0];
      theirs.put(code.code(), name + " " + code.packets().stream().sorted().toList());
    }
    assertThat(ours).isEqualTo(theirs);
  }

  @ParameterizedTest
  @EnumSource(PacketType.class)
  void onlyListedCodesAreReadAndBuilt(PacketType type) {
    for (int value = 0; value < 256; value++) {
      int number = value;
      ReasonCode listed = null;
      for (ReasonCode code : ReasonCode.values()) {
        listed = code.value() == value && code.allowedIn(type) ? code : listed;
      }
      if (listed != null) {
        assertThat(ReasonCode.of(value, type)).isEqualTo(listed);
        listed.checkAllowedIn(type);
      } else {
        assertThatThrownBy(() -> ReasonCode.of(number, type))
            .isInstanceOfSatisfying(
                MqttViolation.class,
                v -> assertThat(v.reasonCode()).isEqualTo(ReasonCode.PROTOCOL_ERROR))
            .hasMessageContaining(String.format("0x%02X", number));
      }
    }
  }

  @Test
  void returnCodesBeforeMqtt5() {
    for (int code = 0; code <= 5; code++) {
      assertThat(ReasonCode.ofReturnCode(code).toReturnCode()).isEqualTo(code);
    }
    assertThatThrownBy(() -> ReasonCode.ofReturnCode(6)).isInstanceOf(MqttViolation.class);
    assertThat(ReasonCode.BANNED.toReturnCode()).isEqualTo(5);
    assertThat(ReasonCode.SERVER_BUSY.toReturnCode()).isEqualTo(3);
    assertThat(ReasonCode.BAD_AUTHENTICATION_METHOD.toReturnCode()).isEqualTo(4);
  }

  @Test
  void errorsBeginAt0x80() {
    for (ReasonCode code : ReasonCode.values()) {
      assertThat(code.isError()).isEqualTo(code.value() >= 0x80);
    }
  }

  @Test
  void grantsEachQos() {
    for (QoS qos : QoS.values()) {
      assertThat(ReasonCode.granted(qos).value()).isEqualTo(qos.value());
    }
  }
}
