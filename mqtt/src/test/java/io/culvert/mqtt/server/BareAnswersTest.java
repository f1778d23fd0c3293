package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the server's answers leave out, for want of room or because nobody asked for it. */
class BareAnswersTest {
  /** The least in which a CONNACK of this server has room. */
  private static final int LEAST_BYTES = 16;

  private final BrokerHarness harness = BrokerHarness.create();

  @Test
  @Normative({
    MQTT5_3_4_2_2,
    MQTT5_3_4_2_3,
    MQTT5_3_5_2_2,
    MQTT5_3_5_2_3,
    MQTT5_3_6_2_2,
    MQTT5_3_6_2_3,
    MQTT5_3_7_2_2,
    MQTT5_3_7_2_3,
    MQTT5_3_9_2_1,
    MQTT5_3_9_2_2,
    MQTT5_3_11_2_1,
    MQTT5_3_11_2_2
  })
  @Scenario(123)
  void acknowledgementsCarryNothingThatCouldBreakTheClientsPacketSize() {
    TestClient narrow =
        harness.connect(
            Packets.connect("narrow").with(Property.MAXIMUM_PACKET_SIZE, LEAST_BYTES).build());
    TestClient incurious =
        harness.connect(
            Packets.connect("incurious").with(Property.REQUEST_PROBLEM_INFORMATION, 0).build());

    for (TestClient client : List.of(narrow, incurious)) {
      client.send(
          Packets.publish(1, "$SYS/x", "x", QoS.AT_LEAST_ONCE),
          Packets.publish(2, "$SYS/x", "x", QoS.EXACTLY_ONCE),
          Packets.pubRel(3),
          Packets.pubRec(4),
          Packets.subscribe(5, "a/#/b", QoS.AT_MOST_ONCE),
          Packets.unsubscribe(6, "a/#/b"));

      assertThat(client.takeRaw().toHex())
          .isEqualTo(
              "4003000187"
                  + "5003000287"
                  + "7003000392"
                  + "6203000492"
                  + "90040005008f"
                  + "b0040006008f");
    }
  }

  @Test
  @Normative({MQTT5_3_2_2_19, MQTT5_3_2_2_20})
  @Scenario(123)
  void reasonOfARefusalIsLeftOutWhereTheClientHasNoRoomForIt() {
    assertThat(refused(LEAST_BYTES, "a reason that is too long"))
        .isEqualTo(new ConnAck(false, ReasonCode.NOT_AUTHORIZED, Properties.EMPTY));
    assertThat(refused(1000, "a reason that is too long").properties())
        .isEqualTo(
            Properties.builder().put(Property.REASON_STRING, "a reason that is too long").build());
  }

  private ConnAck refused(int maximumPacketSizeBytes, String reason) {
    harness.hold();
    TestClient client =
        harness
            .open()
            .send(
                Packets.connect("c")
                    .with(Property.AUTHENTICATION_METHOD, "M")
                    .with(Property.MAXIMUM_PACKET_SIZE, maximumPacketSizeBytes)
                    .build());
    harness.drop();
    harness.release();
    client.server.rejectAuth(ReasonCode.NOT_AUTHORIZED, reason);
    client.link.runUntilIdle();
    return client.take(ConnAck.class);
  }

  @Test
  @Normative({MQTT5_3_14_2_3, MQTT5_3_14_2_4})
  @Scenario(123)
  void wordsOfADisconnectAreLeftOutWhereTheClientHasNoRoomForThem() {
    Properties words =
        Properties.builder()
            .put(Property.REASON_STRING, "go away")
            .userProperty("until", "tomorrow")
            .build();
    TestClient narrow =
        harness.connect(
            Packets.connect("narrow").with(Property.MAXIMUM_PACKET_SIZE, LEAST_BYTES).build());
    TestClient roomy = harness.connect("roomy");

    for (TestClient client : List.of(narrow, roomy)) {
      client.server.disconnect(
          ReasonCode.ADMINISTRATIVE_ACTION, DisconnectCause.SERVER_DISCONNECT, words);
      client.link.runUntilIdle();
    }

    assertThat(narrow.take(Disconnect.class))
        .isEqualTo(new Disconnect(ReasonCode.ADMINISTRATIVE_ACTION, Properties.EMPTY));
    assertThat(roomy.take(Disconnect.class))
        .isEqualTo(new Disconnect(ReasonCode.ADMINISTRATIVE_ACTION, words));
  }

  @Test
  @Normative(MQTT5_3_1_2_28)
  void connAckHasNoResponseInformation() {
    for (int requested : new int[] {0, 1}) {
      ConnAck connAck =
          harness
              .open()
              .connect(
                  Packets.connect("c")
                      .with(Property.REQUEST_RESPONSE_INFORMATION, requested)
                      .build());
      assertThat(connAck.properties().has(Property.RESPONSE_INFORMATION)).isFalse();
    }
  }

  @Test
  @Normative(MQTT5_4_12_0_6)
  void clientWithoutMethodSeesNothingOfAuthentication() {
    harness.hold();
    TestClient client = harness.open().send(Packets.connect("c").build());
    client.server.continueAuth(Bytes.utf8("challenge"));
    client.link.runUntilIdle();
    assertThat(client.takeAll()).isEmpty();

    harness.release();

    Properties told = client.take(ConnAck.class).properties();
    assertThat(told.has(Property.AUTHENTICATION_METHOD)).isFalse();
    assertThat(told.has(Property.AUTHENTICATION_DATA)).isFalse();
    client.server.continueAuth(Bytes.utf8("challenge"));
    client.link.runUntilIdle();
    assertThat(client.takeAll()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "SUCCESS",
        "NO_MATCHING_SUBSCRIBERS",
        "UNSPECIFIED_ERROR",
        "NOT_AUTHORIZED",
        "QUOTA_EXCEEDED",
        "PAYLOAD_FORMAT_INVALID"
      })
  @Normative({MQTT5_3_4_2_1, MQTT5_4_3_2_4})
  @Scenario(109)
  void pubAckSaysWhatWasDecided(ReasonCode decision) {
    TestClient client = harness.connect("c");
    harness.hold();
    client.send(Packets.publish(7, "a", "x", QoS.AT_LEAST_ONCE));
    client.server.acceptPublish(7, decision);
    client.link.runUntilIdle();
    assertThat(client.take(PubAck.class)).isEqualTo(Packets.pubAck(7, decision));
  }
}
