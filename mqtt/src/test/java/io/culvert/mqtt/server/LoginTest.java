package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Engine;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a login brings: an end, and permissions of its own. */
class LoginTest {
  private static final long VALID_MILLIS = 50_000; // less than the Keep Alive of 60 s
  private static final long NEVER = Engine.NO_DEADLINE;

  private final BrokerHarness harness = BrokerHarness.create();

  @ParameterizedTest
  @EnumSource
  void connectionEndsWhenItsLoginDoesAndTheSessionStays(MqttVersion version) {
    TestClient client = login(version, null, false);
    harness.advance(VALID_MILLIS - 1);
    assertThat(client.isClosed()).isFalse();
    harness.advance(1);
    assertThat(client.isClosed()).isTrue();
    if (version.isMqtt5()) {
      assertThat(client.takeFirst(Disconnect.class).reasonCode())
          .isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }
    assertThat(harness.broker.sessionCount()).isEqualTo(1);
  }

  @Test
  void sessionEndsWithTheLoginWhereThatIsSaid() {
    TestClient client = login(MqttVersion.MQTT_5, null, true);
    harness.advance(VALID_MILLIS);
    assertThat(client.isClosed()).isTrue();
    assertThat(harness.broker.sessionCount()).isZero();
  }

  @Test
  void whatALoginGrantsHoldsWithItsSession() {
    TestClient client = login(MqttVersion.MQTT_5, new Only("mine"), false);
    assertThat(publish(client, 1, "mine")).isNotEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(publish(client, 2, "other")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    harness.broker.authorization(
        (clientId, userName, granted) -> granted == null ? Permissions.EVERYTHING : granted,
        harness.clock.nowMillis()); // as files are read again
    harness.run();
    assertThat(publish(client, 3, "other")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    TestClient again = login(MqttVersion.MQTT_5, null, false);
    assertThat(publish(again, 4, "other")).isNotEqualTo(ReasonCode.NOT_AUTHORIZED);
  }

  private static ReasonCode publish(TestClient client, int packetId, String topic) {
    client.send(Packets.publish(packetId, topic, "x", QoS.AT_LEAST_ONCE));
    return client.takeFirst(PubAck.class).reasonCode();
  }

  private TestClient login(
      MqttVersion version, @Nullable Permissions granted, boolean endsSession) {
    long endsAtMillis = granted == null ? harness.clock.nowMillis() + VALID_MILLIS : NEVER;
    var connect = Packets.connect("c").version(version).cleanStart(false);
    harness.hold();
    TestClient client = harness.open();
    client.send((version.isMqtt5() ? connect.expirySeconds(3600) : connect).build());
    client.server.loggedIn(new Login("ann", granted, endsAtMillis, endsSession));
    harness.release();
    assertThat(client.takeFirst(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    return client;
  }

  /** Everything with one topic, and no opinion of others. */
  private record Only(String topic) implements Permissions {
    @Override
    public @Nullable ReasonCode publish(TopicName name, QoS qos, boolean retain) {
      return name.toString().equals(topic) ? ReasonCode.SUCCESS : null;
    }

    @Override
    public @Nullable ReasonCode subscribe(TopicFilter filter, QoS qos) {
      return null;
    }

    @Override
    public @Nullable ReasonCode receive(TopicName name) {
      return name.toString().equals(topic) ? ReasonCode.SUCCESS : null;
    }
  }
}
