package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clean Start, the life of a session, and what CONNACK says about it. */
class SessionPresentTest {
  private final BrokerHarness harness = BrokerHarness.create();

  @ParameterizedTest
  @CsvSource({
    "MQTT_5, true, false, false",
    "MQTT_5, true, true, false",
    "MQTT_5, false, false, false",
    "MQTT_5, false, true, true",
    "MQTT_3_1_1, true, false, false",
    "MQTT_3_1_1, true, true, false",
    "MQTT_3_1_1, false, false, false",
    "MQTT_3_1_1, false, true, true",
    "MQTT_3_1, false, true, false", // its CONNACK cannot say it
  })
  @Normative({
    MQTT5_3_1_2_4,
    MQTT5_3_1_2_5,
    MQTT5_3_1_2_6,
    MQTT5_3_1_4_4,
    MQTT5_3_2_2_2,
    MQTT5_3_2_2_3,
    MQTT3_3_1_2_4,
    MQTT3_3_1_2_6,
    MQTT3_3_1_4_3,
    MQTT3_3_2_2_1,
    MQTT3_3_2_2_2,
    MQTT3_3_2_2_3
  })
  @Scenario(88)
  void tellsWhetherTheSessionWasThere(
      MqttVersion version, boolean cleanStart, boolean known, boolean present) {
    if (known) {
      TestClient earlier = harness.connect(connect(version, false));
      earlier.subscribe("a", QoS.AT_MOST_ONCE).lose();
    }
    TestClient client = harness.open();
    assertThat(client.connect(connect(version, cleanStart)).sessionPresent()).isEqualTo(present);
    boolean resumed = known && !cleanStart;
    assertThat(client.session().subscriptions()).hasSize(resumed ? 1 : 0);
    assertThat(harness.broker.subscriptionCount()).isEqualTo(resumed ? 1 : 0);
  }

  private static Connect connect(MqttVersion version, boolean cleanStart) {
    ConnectBuilder connect = Packets.connect("c").version(version).cleanStart(cleanStart);
    return version.isMqtt5() ? connect.expirySeconds(60).build() : connect.build();
  }

  @Test
  @Normative({MQTT5_3_1_2_23, MQTT5_4_1_0_2})
  @Scenario(90)
  void sessionWithoutExpiryEndsWithItsConnection() {
    harness.connect("c").subscribe("a", QoS.AT_LEAST_ONCE).lose();
    assertThat(harness.broker.sessionCount()).isZero();
    assertThat(harness.broker.subscriptionCount()).isZero();
  }

  @Test
  @Normative({MQTT5_3_1_2_23, MQTT5_4_1_0_2})
  @Scenario(90)
  void sessionLivesAsLongAsItsExpirySays() {
    harness.connect(Packets.connect("c").expirySeconds(10).build()).lose();
    harness.advance(9_999);
    assertThat(harness.broker.sessionCount()).isEqualTo(1);
    harness.advance(1);
    assertThat(harness.broker.sessionCount()).isZero();
    assertThat(harness.resumePresent("c")).isFalse();
  }

  @Test
  @Normative(MQTT5_4_1_0_1)
  void sessionDoesNotEndWhileItIsConnected() {
    TestClient client = harness.connect(Packets.connect("c").expirySeconds(10).build());
    harness.advanceSeconds(1000);
    assertThat(harness.broker.session("c")).isSameAs(client.session());
    client.lose();
    harness.advanceSeconds(9);
    assertThat(harness.resumePresent("c")).isTrue();
    harness.advanceSeconds(100);
    assertThat(harness.broker.sessionCount()).isEqualTo(1);
  }

  @Test
  @Scenario(90)
  void sessionWithTheLargestExpiryNeverEnds() {
    BrokerHarness patient =
        BrokerHarness.create(limits -> limits.sessionExpirySeconds(Session.NEVER_SECONDS));
    patient.connect(Packets.connect("c").expirySeconds(Session.NEVER_SECONDS).build()).lose();
    patient.advanceSeconds(1_000_000_000_000L);
    assertThat(patient.resumePresent("c")).isTrue();
  }

  @Test
  @Normative(MQTT3_3_1_2_4)
  void sessionBeforeMqtt5IsKeptAsLongAsTheServerAllows() {
    BrokerHarness strict = BrokerHarness.create(limits -> limits.sessionExpirySeconds(100));
    strict
        .connect(Packets.connect("c").version(MqttVersion.MQTT_3_1_1).cleanStart(false).build())
        .lose();
    strict.advance(99_999);
    assertThat(strict.broker.sessionCount()).isEqualTo(1);
    strict.advance(1);
    assertThat(strict.broker.sessionCount()).isZero();
  }

  @Test
  @Normative({MQTT5_3_1_3_2, MQTT3_3_1_3_2})
  void sessionsAreToldApartByClientIdentifier() {
    harness.resume("c").subscribe("a", QoS.AT_LEAST_ONCE).lose();
    assertThat(harness.resumePresent("C")).isFalse();
    assertThat(harness.resumePresent("c")).isTrue();
    TestClient older = harness.open();
    assertThat(older.connect(connect(MqttVersion.MQTT_3_1_1, false)).sessionPresent()).isTrue();
  }
}
