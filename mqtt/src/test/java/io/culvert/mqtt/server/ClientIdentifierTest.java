package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientIdentifierTest {
  private final BrokerHarness harness = BrokerHarness.create();

  @Test
  @Normative({MQTT5_3_1_3_6, MQTT5_3_1_3_7, MQTT5_3_2_2_16})
  @Scenario(87)
  void emptyClientIdentifierGetsOneAssigned() {
    TestClient first = harness.open();
    TestClient second = harness.open();
    Connect connect = Packets.connect("").expirySeconds(60).build();
    String one = assigned(first.connect(connect));
    String two = assigned(second.connect(connect));
    assertThat(one).isNotEmpty().isNotEqualTo(two);
    assertThat(first.session().clientId()).isEqualTo(one);
    first.lose();
    ConnAck again =
        harness.open().connect(Packets.connect(one).cleanStart(false).expirySeconds(60).build());
    assertThat(again.sessionPresent()).isTrue();
    assertThat(again.properties().has(Property.ASSIGNED_CLIENT_IDENTIFIER)).isFalse();
  }

  @Test
  @Normative({MQTT3_3_1_3_6, MQTT3_3_1_3_8, MQTT3_3_1_3_9})
  void emptyClientIdentifierBeforeMqtt5NeedsCleanSession() {
    ConnectBuilder connect = Packets.connect("").version(MqttVersion.MQTT_3_1_1);
    TestClient clean = harness.connect(connect.build());
    assertThat(clean.session().clientId()).isNotEmpty();
    TestClient kept = harness.open().send(connect.cleanStart(false).build());
    assertThat(kept.take(ConnAck.class).reasonCode())
        .isEqualTo(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
    assertThat(kept.isClosed()).isTrue();
    TestClient legacy =
        harness.open().send(Packets.connect("").version(MqttVersion.MQTT_3_1).build());
    assertThat(legacy.take(ConnAck.class).reasonCode())
        .isEqualTo(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
  }

  @Test
  @Normative(MQTT5_3_1_3_8)
  void emptyClientIdentifierIsRefusedWhereItIsNotAllowed() {
    BrokerHarness strict = BrokerHarness.create(limits -> limits.emptyClientIdAllowed(false));
    TestClient client = strict.open().send(Packets.connect("").build());
    assertThat(client.take(ConnAck.class).reasonCode())
        .isEqualTo(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
    assertThat(client.isClosed()).isTrue();
    assertThat(strict.broker.counters().refused()).isEqualTo(1);
  }

  @Test
  @Normative(MQTT5_3_1_3_5)
  void usualClientIdentifiersAreAccepted() {
    for (String id : List.of("a", "0123456789ABCDEFGHIJKLM", "abcdefghijklmnopqrstuvw")) {
      assertThat(harness.connect(id).session().clientId()).isEqualTo(id);
    }
  }

  private static String assigned(ConnAck connAck) {
    return connAck.properties().text(Property.ASSIGNED_CLIENT_IDENTIFIER);
  }
}
