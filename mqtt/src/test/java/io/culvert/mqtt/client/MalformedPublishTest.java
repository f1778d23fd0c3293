package io.culvert.mqtt.client;

import static io.culvert.mqtt.client.ScriptedServer.message;
import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.engine.Engine.Status;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicName;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages that no server may send, and those that the client itself cannot be made to send. */
class MalformedPublishTest {
  @ParameterizedTest
  @CsvSource({
    "QoS 3, 36070001610001006d, 0x81",
    "no UTF-8 in the topic, 30050001ff006d, 0x81",
    "a surrogate in the topic, 30070003eda080006d, 0x81",
    "U+0000 in the topic, 3005000100006d, 0x81",
    "a wildcard in the topic, 300500012b006d, 0x82",
    "no topic and no alias, 30040000006d, 0x82",
    "no UTF-8 in the response topic, 30090001610408 0001ff 6d, 0x81",
    "a wildcard in the response topic, 3009000161040800012b6d, 0x82",
    "no UTF-8 in the content type, 30090001610403 0001ff 6d, 0x81",
    "no UTF-8 in the name of a user property, 300b00016106260001ff00006d, 0x81",
    "no UTF-8 in the value of a user property, 300b000161062600000001ff6d, 0x81",
    "a property length in two bytes, 30060001618000 6d, 0x81"
  })
  @Normative({
    MQTT5_3_3_1_4,
    MQTT5_1_5_4_1,
    MQTT5_1_5_4_2,
    MQTT5_1_5_5_1,
    MQTT5_1_5_7_1,
    MQTT5_3_3_2_1,
    MQTT5_3_3_2_2,
    MQTT5_3_3_2_13,
    MQTT5_3_3_2_14,
    MQTT5_3_3_2_19,
    MQTT5_4_7_0_1,
    MQTT5_4_7_3_1,
    MQTT5_4_7_3_2
  })
  void isAViolation(String what, String hex, String code) {
    ScriptedServer server = ScriptedServer.connected();

    server.sends(Bytes.hex(hex.replace(" ", "")));

    ClientEvent.Disconnected end = server.event(ClientEvent.Disconnected.class);
    assertThat(end.cause()).as(what).isEqualTo(DisconnectCause.VIOLATION);
    assertThat(server.sent(Disconnect.class).reasonCode().value()).isEqualTo(Integer.decode(code));
    assertThat(server.client.status()).isEqualTo(Status.CLOSE_AFTER_FLUSH);
  }

  @Test
  @Normative({
    MQTT5_1_5_4_1,
    MQTT5_1_5_4_2,
    MQTT5_1_5_7_1,
    MQTT5_3_3_2_1,
    MQTT5_3_3_2_2,
    MQTT5_3_3_2_8,
    MQTT5_3_3_2_13,
    MQTT5_3_3_2_14,
    MQTT5_3_3_2_19,
    MQTT5_4_7_0_1,
    MQTT5_4_7_3_1,
    MQTT5_4_7_3_2,
    MQTT5_4_7_3_3
  })
  void cannotBeMadeByItsOwner() {
    String tooLong = "a".repeat(65_536);
    for (String topic : List.of("", "a/+", "#", "a\u0000", "\ud800", tooLong)) {
      assertThatThrownBy(() -> TopicName.of(topic))
          .isInstanceOfAny(MqttViolation.class, IllegalArgumentException.class);
    }
    for (String text : List.of("\ud800", "a\u0000")) {
      for (Property property : List.of(Property.RESPONSE_TOPIC, Property.CONTENT_TYPE)) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> Properties.builder().put(property, text));
      }
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Properties.builder().userProperty(text, "value"));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Properties.builder().userProperty("name", text));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Properties.builder().put(Property.RESPONSE_TOPIC, "a/#"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Properties.builder().put(Property.TOPIC_ALIAS, 0));
  }

  @Test
  @Normative({MQTT5_1_5_4_3, MQTT5_3_3_2_1})
  void textArrivesAsItWasSent() {
    ScriptedServer server = ScriptedServer.connected();
    server.sends(message("\ufeffa", QoS.AT_MOST_ONCE, 0));
    assertThat(server.event(ClientEvent.MessageReceived.class).publish().topic())
        .hasToString("\ufeffa");

    server.publish("\ufeffa", QoS.AT_MOST_ONCE);
    assertThat(server.sent(Publish.class).topic()).hasToString("\ufeffa");
  }

  @Test
  @Normative(MQTT5_4_3_2_5)
  void identifierOfAnAcknowledgedMessageIsThatOfANewOne() {
    ScriptedServer server = ScriptedServer.connected();
    Publish again =
        new Publish(
            TopicName.of("a"),
            Bytes.utf8("m"),
            QoS.AT_LEAST_ONCE,
            false,
            true,
            7,
            Properties.EMPTY);
    server.sends(message("a", QoS.AT_LEAST_ONCE, 7), again);
    assertThat(server.events()).hasSize(2);
    assertThat(server.sent()).containsExactly(PubAck.of(7), PubAck.of(7));
  }
}
