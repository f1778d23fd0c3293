package io.culvert.mqtt.client;

import static io.culvert.mqtt.wire.Statement.MQTT5_2_1_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_2_2_2_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_11_3_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_14_2_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_24;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_29;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_6;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_8;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_2_11;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_8_4_6;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_9_3_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_12_0_6;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_13_1_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.engine.Bytes;
import io.culvert.engine.Engine.Status;
import io.culvert.mqtt.MqttVectors;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The golden vectors of what a client must refuse, in their state and with their context. */
class ClientVectorsTest {
  static List<MqttVectors.Malformed> malformed() {
    return MqttVectors.malformed().stream().filter(v -> v.receiver().equals("client")).toList();
  }

  @Test
  void vectorsAreComplete() {
    assertThat(malformed()).hasSize(35);
  }

  @ParameterizedTest
  @MethodSource("malformed")
  @Normative({
    MQTT5_2_1_3_1,
    MQTT5_2_2_2_1,
    MQTT5_3_1_2_24,
    MQTT5_3_1_2_29,
    MQTT5_3_2_0_1,
    MQTT5_3_2_0_2,
    MQTT5_3_2_2_1,
    MQTT5_3_2_2_4,
    MQTT5_3_2_2_6,
    MQTT5_3_2_2_8,
    MQTT5_3_3_2_11,
    MQTT5_3_8_4_6,
    MQTT5_3_9_3_2,
    MQTT5_3_11_3_2,
    MQTT5_3_14_2_2,
    MQTT5_4_12_0_6,
    MQTT5_4_13_1_1
  })
  void isAnsweredWithItsReasonCodeAndEndsTheConnection(MqttVectors.Malformed vector) {
    ScriptedServer server = inState(vector);

    server.sends(vector.bytes());

    assertRefused(server, vector);
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void isAnsweredTheSameByteByByte(MqttVectors.Malformed vector) {
    ScriptedServer server = inState(vector);

    Bytes bytes = vector.bytes();
    for (int i = 0; i < bytes.length(); i++) {
      server.sends(bytes.slice(i, i + 1));
    }

    assertRefused(server, vector);
  }

  private static void assertRefused(ScriptedServer server, MqttVectors.Malformed vector) {
    assertThat(vector.expectedReply()).isEqualTo("DISCONNECT");
    ClientEvent.Disconnected end = server.event(ClientEvent.Disconnected.class);
    assertThat(end.cause()).isEqualTo(DisconnectCause.VIOLATION);
    assertThat(end.violation()).isNotNull();
    List<MqttPacket> sent = server.sent();
    assertThat(sent).hasSize(1);
    Disconnect disconnect = (Disconnect) sent.get(0);
    assertThat(disconnect.reasonCode().value()).isIn(vector.acceptableCodes());
    assertThat(end.reasonCode()).isEqualTo(disconnect.reasonCode());
    assertThat(server.client.status()).isEqualTo(Status.CLOSE_AFTER_FLUSH);
    assertThat(server.client.state()).isEqualTo(ClientState.DISCONNECTED);
  }

  private static ScriptedServer inState(MqttVectors.Malformed vector) {
    JsonNode context = vector.context();
    ScriptedServer server = ScriptedServer.fresh();
    server.connect(
        options -> {
          options.version(vector.version()).cleanStart(false);
          number(context, "clientTopicAliasMaximum", options::topicAliasMaximum);
          number(context, "clientMaximumPacketSize", options::maximumPacketSizeBytes);
          number(
              context,
              "requestProblemInformation",
              value -> options.requestProblemInformation(value == 1));
          return options;
        });
    if (vector.state().equals("connected")) {
      server.accept(false);
    }
    if (context.has("sent")) {
      assertThat(SubscribeTest.subscribe(server, "a")).isEqualTo(1);
    }
    server.events();
    server.sent();
    return server;
  }

  private static void number(JsonNode context, String name, Consumer<Integer> use) {
    if (context.has(name)) {
      use.accept(context.get(name).asInt());
    }
  }
}
