package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseInformationTest {
  private final BrokerHarness harness =
      BrokerHarness.create(limits -> limits.responseInformation("responses/%c/to"));

  @ParameterizedTest
  @CsvSource({
    "sensor-7, responses/sensor-7/to",
    "a/b, responses/a%2Fb/to",
    "a%2Fb, responses/a%252Fb/to",
    "+, responses/%2B/to",
    "#, responses/%23/to",
    "$SYS, responses/%24SYS/to",
    "\u00fc, responses/\u00fc/to",
    "%c, responses/%25c/to"
  })
  void clientThatAsksIsToldWithItsIdentifierAsOneLevel(String clientId, String expected) {
    assertThat(asking(harness, clientId).text(Property.RESPONSE_INFORMATION)).isEqualTo(expected);
  }

  @Test
  @Normative(MQTT5_3_1_2_28)
  void whoeverDoesNotAskIsNotTold() {
    TestClient silent = harness.open();
    Properties told = silent.connect(Packets.connect("a").build()).properties();
    assertThat(told.has(Property.RESPONSE_INFORMATION)).isFalse();
    Properties refused =
        harness
            .open()
            .connect(Packets.connect("b").with(Property.REQUEST_RESPONSE_INFORMATION, 0).build())
            .properties();
    assertThat(refused.has(Property.RESPONSE_INFORMATION)).isFalse();
  }

  @Test
  void nothingIsToldWhereNothingIsConfigured() {
    assertThat(asking(BrokerHarness.create(), "c").has(Property.RESPONSE_INFORMATION)).isFalse();
  }

  @Test
  void assignedIdentifierStandsInItToo() {
    Properties told = asking(harness, "");
    assertThat(told.text(Property.RESPONSE_INFORMATION))
        .isEqualTo("responses/" + told.text(Property.ASSIGNED_CLIENT_IDENTIFIER) + "/to");
  }

  @Test
  @Normative(MQTT5_3_1_2_24)
  void clientWithoutRoomForItIsLetInWithoutIt() {
    ConnAck connAck =
        harness
            .open()
            .connect(
                Packets.connect("client")
                    .with(Property.REQUEST_RESPONSE_INFORMATION, 1)
                    .with(Property.MAXIMUM_PACKET_SIZE, 30)
                    .build());
    assertThat(connAck.properties().has(Property.RESPONSE_INFORMATION)).isFalse();
    assertThat(connAck.properties().has(Property.MAXIMUM_PACKET_SIZE)).isTrue();
  }

  @Test
  void topicThatNobodyCouldUseIsNotTold() {
    BrokerHarness narrow =
        BrokerHarness.create(limits -> limits.responseInformation("to/%c").topicBytes(10));
    assertThat(asking(narrow, "1234567").text(Property.RESPONSE_INFORMATION))
        .isEqualTo("to/1234567");
    assertThat(asking(narrow, "12345678").has(Property.RESPONSE_INFORMATION)).isFalse();
  }

  @Test
  void topicsDoNotBeginWithWildcards() {
    Limits.Builder builder = Limits.builder();
    assertThatIllegalArgumentException().isThrownBy(() -> builder.responseInformation("a/#"));
  }

  private static Properties asking(BrokerHarness harness, String clientId) {
    return harness
        .open()
        .connect(Packets.connect(clientId).with(Property.REQUEST_RESPONSE_INFORMATION, 1).build())
        .properties();
  }
}
