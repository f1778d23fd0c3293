package io.culvert.mqtt.client;

import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_2_11;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_2_13;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_2_14;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_2_15;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_2_18;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_2_19;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_2_20;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_2_21;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_2_9;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_3_10;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_3_11;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_3_3;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_3_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_11;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_12;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_13;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_16;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_17;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_18;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_19;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_9;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_3_11;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_3_12;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_3_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_3_4;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Will;
import io.culvert.mqtt.wire.Wire;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** CONNECT as the server sees it, byte by byte. */
class ConnectBytesTest {
  private static final String FIVE = "00044d51545405";
  private static final String THREE = "00044d51545404";

  @Test
  @Normative({
    MQTT5_3_1_2_11,
    MQTT5_3_1_2_13,
    MQTT5_3_1_2_16,
    MQTT5_3_1_2_18,
    MQTT5_3_1_3_3,
    MQTT3_3_1_2_11,
    MQTT3_3_1_2_13,
    MQTT3_3_1_2_15,
    MQTT3_3_1_2_18,
    MQTT3_3_1_2_20,
    MQTT3_3_1_3_3
  })
  void whatIsNotWantedHasNeitherFlagNorField() {
    assertThat(bytes(o -> o.keepAliveSeconds(60)))
        .isEqualTo("10" + "0e" + FIVE + "02" + "003c" + "00" + "000163");
    assertThat(bytes(o -> o.version(MqttVersion.MQTT_3_1_1).keepAliveSeconds(60)))
        .isEqualTo("10" + "0d" + THREE + "02" + "003c" + "000163");
    assertThat(bytes(o -> o.version(MqttVersion.MQTT_3_1).cleanStart(false)))
        .isEqualTo("10" + "0f" + "00064d514973647003" + "00" + "0000" + "000163");
  }

  @Test
  @Normative({
    MQTT5_3_1_2_9,
    MQTT5_3_1_2_12,
    MQTT5_3_1_2_17,
    MQTT5_3_1_2_19,
    MQTT5_3_1_3_1,
    MQTT5_3_1_3_4,
    MQTT5_3_1_3_11,
    MQTT5_3_1_3_12,
    MQTT3_3_1_2_14,
    MQTT3_3_1_2_19,
    MQTT3_3_1_2_21,
    MQTT3_3_1_3_1,
    MQTT3_3_1_3_4,
    MQTT3_3_1_3_10,
    MQTT3_3_1_3_11,
    MQTT3_3_1_2_9
  })
  void whatIsWantedStandsInItsOrderAsUtf8() {
    Will will =
        new Will(TopicName.of("ä"), Bytes.hex("ff"), QoS.EXACTLY_ONCE, true, Properties.EMPTY);
    UnaryOperator<ConnectOptions.Builder> all =
        o -> o.clientId("ü").will(will).userName("é").password(Bytes.hex("00ff"));
    String fields = "0002c3a4" + "0001ff" + "0002c3a9" + "000200ff";

    assertThat(bytes(all))
        .isEqualTo("10" + "1f" + FIVE + "f6" + "0000" + "00" + "0002c3bc" + "00" + fields);
    assertThat(bytes(o -> all.apply(o).version(MqttVersion.MQTT_3_1_1)))
        .isEqualTo("10" + "1d" + THREE + "f6" + "0000" + "0002c3bc" + fields);
  }

  @Test
  @Normative({MQTT5_3_1_2_17, MQTT5_3_1_2_18})
  void passwordAndUserNameStandAloneInMqtt5() {
    assertThat(bytes(o -> o.userName("u")))
        .isEqualTo("10" + "11" + FIVE + "82" + "0000" + "00" + "000163" + "000175");
    assertThat(bytes(o -> o.password(Bytes.utf8("p"))))
        .isEqualTo("10" + "11" + FIVE + "42" + "0000" + "00" + "000163" + "000170");
  }

  @Test
  @Normative({MQTT5_3_1_3_4, MQTT3_3_1_3_4})
  void textThatIsNoUtf8StringIsOurOwnFaultAndLeavesTheConnectionUnused() {
    ScriptedServer server = ScriptedServer.fresh();

    for (String bad : new String[] {"a\u0000", "\ud800"}) {
      assertThatThrownBy(() -> server.connect(o -> o.clientId(bad)))
          .isInstanceOf(IllegalArgumentException.class);
    }

    assertThat(server.sent()).isEmpty();
    assertThat(server.client.state()).isEqualTo(ClientState.DISCONNECTED);
    server.connect(o -> o);
    assertThat(server.client.state()).isEqualTo(ClientState.CONNECTING);
  }

  private static String bytes(UnaryOperator<ConnectOptions.Builder> how) {
    ScriptedServer server = ScriptedServer.fresh().connect(how);
    return Wire.drained(server.client.outbox()).toHex();
  }
}
