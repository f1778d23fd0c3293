package io.culvert.mqtt.client;

import static io.culvert.mqtt.client.ScriptedServer.message;
import static io.culvert.mqtt.wire.QoS.AT_LEAST_ONCE;
import static io.culvert.mqtt.wire.QoS.AT_MOST_ONCE;
import static io.culvert.mqtt.wire.QoS.EXACTLY_ONCE;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_5_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_2_2_1_5;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_4_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_4_9;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_4_2_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_4_2_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_5_2_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_5_2_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_6_2_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_6_2_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_7_2_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_7_2_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_2_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_10;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_11;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_12;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_8;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_9;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_5_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_6_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_6_0_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Wire;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiveTest {
  @Test
  @Normative(MQTT5_3_3_4_1)
  @Scenario(53)
  void qos0IsHandedOutAndNotAnswered() {
    ScriptedServer server = ScriptedServer.connected();
    Publish publish =
        message(
            "a",
            AT_MOST_ONCE,
            0,
            Properties.builder().userProperty("k", "v").build().withSubscriptionIdentifiers(1, 2));

    server.sends(publish);

    assertThat(server.events()).containsExactly(new ClientEvent.MessageReceived(publish));
    assertThat(server.sent()).isEmpty();
  }

  @Test
  @Normative({MQTT5_4_3_2_4, MQTT5_4_5_0_2, MQTT5_3_3_4_1, MQTT5_2_2_1_5})
  @Scenario(54)
  void qos1IsAcknowledgedByItself() {
    ScriptedServer server = ScriptedServer.connected();

    server.sends(message("a", AT_LEAST_ONCE, 7));

    assertThat(server.event(ClientEvent.MessageReceived.class).publish().packetId()).isEqualTo(7);
    assertThat(server.sent()).containsExactly(PubAck.of(7));
  }

  @Test
  @Normative({MQTT5_4_3_3_8, MQTT5_4_3_3_11, MQTT5_3_3_4_1, MQTT5_2_2_1_5})
  @Scenario(55)
  void qos2IsReceivedAndCompletedByItself() {
    ScriptedServer server = ScriptedServer.connected();

    server.sends(message("a", EXACTLY_ONCE, 7));
    assertThat(server.event(ClientEvent.MessageReceived.class).publish().packetId()).isEqualTo(7);
    assertThat(server.sent()).containsExactly(PubRec.of(7));

    server.sends(PubRel.of(7));
    assertThat(server.sent()).containsExactly(PubComp.of(7));
    assertThat(server.events()).isEmpty();
  }

  @Test
  @Normative({MQTT5_4_3_3_10, MQTT5_4_3_3_12})
  void repeatedQos2IsHandedOutOnceUntilItIsReleased() {
    ScriptedServer server = ScriptedServer.connected();
    server.sends(message("a", EXACTLY_ONCE, 7));
    server.events();
    server.sent();

    server.sends(message("a", EXACTLY_ONCE, 7));
    assertThat(server.events()).isEmpty();
    assertThat(server.sent()).containsExactly(PubRec.of(7));

    server.sends(PubRel.of(7), message("a", EXACTLY_ONCE, 7));
    assertThat(server.events()).hasSize(1);
    assertThat(server.sent()).containsExactly(PubComp.of(7), PubRec.of(7));
  }

  @Test
  @Normative(MQTT5_4_3_3_10)
  void repeatedQos2IsHandedOutOnceAlsoOnTheNextConnection() {
    ScriptedServer server = ScriptedServer.connected(o -> o.cleanStart(false));
    server.sends(message("a", EXACTLY_ONCE, 7)).closes();

    ScriptedServer next = server.next().connect(o -> o.cleanStart(false)).accept(true);
    next.events();
    next.sent();
    next.sends(message("a", EXACTLY_ONCE, 7), PubRel.of(7));

    assertThat(next.events()).isEmpty();
    assertThat(next.sent()).containsExactly(PubRec.of(7), PubComp.of(7));
  }

  @Test
  void receivedIdentifiersAreForgottenWithTheSession() {
    ScriptedServer server = ScriptedServer.connected();
    server.sends(message("a", EXACTLY_ONCE, 7)).closes();

    ScriptedServer next = server.next().connect(o -> o).accept(false);
    next.events();
    next.sends(message("a", EXACTLY_ONCE, 7));

    assertThat(next.events()).hasSize(1);
  }

  @Test
  void afterATakeOverWhatIsSentForTheFirstTimeIsNoRepetition() {
    ScriptedServer server = ScriptedServer.connected(o -> o.cleanStart(false));
    server.sends(message("a", EXACTLY_ONCE, 7), message("a", EXACTLY_ONCE, 8));
    server.sends(new Disconnect(ReasonCode.SESSION_TAKEN_OVER, Properties.EMPTY));

    ScriptedServer next = resumed(server);
    next.sends(again(7), message("b", EXACTLY_ONCE, 8));
    assertThat(next.event(ClientEvent.MessageReceived.class).publish().packetId()).isEqualTo(8);
    assertThat(next.sent()).containsExactly(PubRec.of(7), PubRec.of(8));

    next.sends(message("b", EXACTLY_ONCE, 7), message("b", EXACTLY_ONCE, 8));
    assertThat(next.events()).as("in doubt once only").isEmpty();
    next.sends(PubRel.of(7), PubRel.of(8));
    assertThat(next.sent()).endsWith(PubComp.of(7), PubComp.of(8));
  }

  @Test
  void afterATakeOverAReleaseEndsTheDoubt() {
    ScriptedServer server = ScriptedServer.connected(o -> o.cleanStart(false));
    server.sends(message("a", EXACTLY_ONCE, 7));
    server.sends(new Disconnect(ReasonCode.SESSION_TAKEN_OVER, Properties.EMPTY));

    ScriptedServer next = resumed(server);
    next.sends(PubRel.of(7), message("b", EXACTLY_ONCE, 7), message("b", EXACTLY_ONCE, 7));
    assertThat(next.events()).hasSize(1);
  }

  @Test
  void aSessionThatALostConnackMayHaveBegunIsInDoubt() {
    ScriptedServer server = ScriptedServer.connected(o -> o.cleanStart(false));
    server.sends(message("a", EXACTLY_ONCE, 7)).closes();
    ScriptedServer unanswered = server.next().connect(o -> o.cleanStart(false)).closes();

    ScriptedServer next = resumed(unanswered);
    next.sends(message("b", EXACTLY_ONCE, 7));
    assertThat(next.event(ClientEvent.MessageReceived.class).publish().packetId()).isEqualTo(7);
  }

  @Test
  void pubRelOfAnUnknownIdentifierIsAnsweredWithNotFound() {
    ScriptedServer five = ScriptedServer.connected();
    ScriptedServer three = ScriptedServer.connected(o -> o.version(MqttVersion.MQTT_3_1_1));

    five.sends(PubRel.of(9));
    three.sends(PubRel.of(9));

    assertThat(five.sent())
        .containsExactly(new PubComp(9, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, Properties.EMPTY));
    assertThat(three.sent()).containsExactly(PubComp.of(9));
  }

  @Test
  @Normative({
    MQTT5_3_4_2_2,
    MQTT5_3_4_2_3,
    MQTT5_3_5_2_2,
    MQTT5_3_5_2_3,
    MQTT5_3_6_2_2,
    MQTT5_3_6_2_3,
    MQTT5_3_7_2_2,
    MQTT5_3_7_2_3
  })
  void acknowledgementsCarryNothingThatCouldBreakTheServersPacketSize() {
    ScriptedServer server =
        ScriptedServer.connected(
            o -> o.automaticAcknowledgement(false),
            Properties.EMPTY.with(Property.MAXIMUM_PACKET_SIZE, 5));
    server.sends(message("a", AT_LEAST_ONCE, 1), message("a", EXACTLY_ONCE, 2));

    server.client.acknowledge(1, ReasonCode.QUOTA_EXCEEDED, server.now);
    server.client.acknowledge(2, ReasonCode.QUOTA_EXCEEDED, server.now);
    server.sends(PubRec.of(3), PubRel.of(4));

    assertThat(Wire.drained(server.client.outbox()).toHex())
        .isEqualTo("4003000197" + "5003000297" + "6203000392" + "7003000492");
  }

  @Test
  @Normative(MQTT3_4_5_0_2)
  void everyMessageIsAcknowledgedBeforeMqtt5Too() {
    ScriptedServer server = ScriptedServer.connected(o -> o.version(MqttVersion.MQTT_3_1_1));

    server.sends(message("nobody/asked", AT_LEAST_ONCE, 1), message("a", EXACTLY_ONCE, 2));

    assertThat(server.sent()).containsExactly(PubAck.of(1), PubRec.of(2));
  }

  @Test
  @Scenario(56)
  void manualModeSendsNothingUntilTold() {
    ScriptedServer server = manual();

    server.sends(message("a", AT_LEAST_ONCE, 1), message("a", EXACTLY_ONCE, 2));
    assertThat(server.sent()).isEmpty();

    assertThat(server.client.acknowledge(1, ReasonCode.SUCCESS, server.now)).isTrue();
    assertThat(server.sent()).containsExactly(PubAck.of(1));
    assertThat(server.client.acknowledge(2, ReasonCode.SUCCESS, server.now)).isTrue();
    assertThat(server.sent()).containsExactly(PubRec.of(2));
    assertThat(server.client.acknowledge(2, ReasonCode.SUCCESS, server.now)).isFalse();
    assertThat(server.client.acknowledge(3, ReasonCode.SUCCESS, server.now)).isFalse();
  }

  @Test
  @Normative({MQTT5_4_6_0_2, MQTT5_4_6_0_3})
  @Scenario(57)
  void acknowledgementsLeaveInOrderOfArrival() {
    ScriptedServer server = manual();
    server.sends(
        message("a", AT_LEAST_ONCE, 4),
        message("a", EXACTLY_ONCE, 3),
        message("a", AT_LEAST_ONCE, 2));

    server.client.acknowledge(2, ReasonCode.SUCCESS, server.now);
    server.client.acknowledge(3, ReasonCode.SUCCESS, server.now);
    assertThat(server.sent()).isEmpty();

    server.client.acknowledge(4, ReasonCode.SUCCESS, server.now);
    assertThat(server.sent()).containsExactly(PubAck.of(4), PubRec.of(3), PubAck.of(2));
  }

  @Test
  @Normative(MQTT5_4_3_3_9)
  void rejectedQos2FreesItsIdentifier() {
    ScriptedServer server = manual();
    server.sends(message("a", EXACTLY_ONCE, 5));
    server.events();

    server.client.acknowledge(5, ReasonCode.QUOTA_EXCEEDED, server.now);
    assertThat(server.sent())
        .containsExactly(new PubRec(5, ReasonCode.QUOTA_EXCEEDED, Properties.EMPTY));

    server.sends(message("a", EXACTLY_ONCE, 5));
    assertThat(server.events()).hasSize(1);
  }

  @Test
  void beforeMqtt5ARejectionCannotBeSaid() {
    ScriptedServer server =
        ScriptedServer.connected(
            o -> o.version(MqttVersion.MQTT_3_1_1).automaticAcknowledgement(false));
    server.sends(message("a", EXACTLY_ONCE, 5));

    server.client.acknowledge(5, ReasonCode.QUOTA_EXCEEDED, server.now);
    server.sends(PubRel.of(5));

    assertThat(server.sent()).containsExactly(PubRec.of(5), PubComp.of(5));
  }

  @Test
  void repetitionOfAnUndecidedMessageIsAnsweredOnce() {
    ScriptedServer server = manual();
    server.sends(message("a", EXACTLY_ONCE, 5), message("a", EXACTLY_ONCE, 5));
    assertThat(server.events()).hasSize(1);
    assertThat(server.sent()).isEmpty();

    server.client.acknowledge(5, ReasonCode.SUCCESS, server.now);

    assertThat(server.sent()).containsExactly(PubRec.of(5));
  }

  @Test
  void whatWasNotAcknowledgedComesAgainOnTheNextConnection() {
    ScriptedServer server =
        ScriptedServer.connected(o -> o.cleanStart(false).automaticAcknowledgement(false));
    server.sends(message("a", EXACTLY_ONCE, 5)).closes();
    assertThat(server.client.acknowledge(5, ReasonCode.SUCCESS, server.now)).isFalse();

    ScriptedServer next =
        server
            .next()
            .connect(o -> o.cleanStart(false).automaticAcknowledgement(false))
            .accept(true);
    next.events();
    next.sends(message("a", EXACTLY_ONCE, 5));

    assertThat(next.events()).hasSize(1);
  }

  @Test
  void acknowledgedBehindAnotherCountsAlsoOnTheNextConnection() {
    ScriptedServer server =
        ScriptedServer.connected(o -> o.cleanStart(false).automaticAcknowledgement(false));
    server.sends(message("a", AT_LEAST_ONCE, 4), message("a", EXACTLY_ONCE, 5));
    server.client.acknowledge(5, ReasonCode.SUCCESS, server.now);
    assertThat(server.sent()).isEmpty();
    server.closes();

    ScriptedServer next = server.next().connect(o -> o.cleanStart(false)).accept(true);
    next.events();
    next.sent();
    next.sends(message("a", EXACTLY_ONCE, 5));

    assertThat(next.events()).isEmpty();
    assertThat(next.sent()).containsExactly(PubRec.of(5));
  }

  @Test
  void pubRelBeforePubRecIsAViolation() {
    ScriptedServer server = manual();
    server.sends(message("a", EXACTLY_ONCE, 5));
    server.events();

    server.sends(PubRel.of(5));

    assertThat(server.event(ClientEvent.Disconnected.class).reasonCode())
        .isEqualTo(ReasonCode.PROTOCOL_ERROR);
  }

  @Test
  @Normative(MQTT5_3_3_4_9)
  void moreThanTheReceiveMaximumIsAViolation() {
    ScriptedServer server =
        ScriptedServer.connected(o -> o.receiveMaximum(2).automaticAcknowledgement(false));
    server.sends(message("a", AT_LEAST_ONCE, 1), message("a", EXACTLY_ONCE, 2));
    server.sends(message("a", AT_MOST_ONCE, 0));
    assertThat(server.events()).hasSize(3);

    server.sends(message("a", AT_LEAST_ONCE, 3));

    ClientEvent.Disconnected end = server.event(ClientEvent.Disconnected.class);
    assertThat(end.reasonCode()).isEqualTo(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED);
    assertThat(end.violation().statement()).isEqualTo(Statement.MQTT5_3_3_4_9);
  }

  @Test
  void quotaOfTheServerComesBackWithPubAckPubCompAndFailedPubRec() {
    ScriptedServer server =
        ScriptedServer.connected(o -> o.receiveMaximum(1).automaticAcknowledgement(false));

    server.sends(message("a", AT_LEAST_ONCE, 1));
    server.client.acknowledge(1, ReasonCode.SUCCESS, server.now);
    server.sends(message("a", EXACTLY_ONCE, 2));
    server.client.acknowledge(2, ReasonCode.UNSPECIFIED_ERROR, server.now);
    server.sends(message("a", EXACTLY_ONCE, 3));
    server.client.acknowledge(3, ReasonCode.SUCCESS, server.now);
    server.sends(PubRel.of(3), message("a", AT_LEAST_ONCE, 4));

    assertThat(server.events())
        .hasSize(4)
        .allSatisfy(event -> assertThat(event).isInstanceOf(ClientEvent.MessageReceived.class));
  }

  @Test
  void qos2CountsUntilPubComp() {
    ScriptedServer server = ScriptedServer.connected(o -> o.receiveMaximum(1));
    server.sends(message("a", EXACTLY_ONCE, 1));
    server.events();

    server.sends(message("a", EXACTLY_ONCE, 2));

    assertThat(server.event(ClientEvent.Disconnected.class).reasonCode())
        .isEqualTo(ReasonCode.RECEIVE_MAXIMUM_EXCEEDED);
  }

  @Test
  void beforeMqtt5AFullClientStopsReadingInstead() {
    ScriptedServer server =
        ScriptedServer.connected(
            o ->
                o.version(MqttVersion.MQTT_3_1_1)
                    .receiveMaximum(1)
                    .automaticAcknowledgement(false));
    server.sends(message("a", AT_LEAST_ONCE, 1), message("a", AT_LEAST_ONCE, 2));
    assertThat(server.events()).hasSize(1);
    assertThat(server.client.awaitsDecision()).isTrue();

    server.client.acknowledge(1, ReasonCode.SUCCESS, server.now);

    assertThat(server.client.awaitsDecision()).isFalse();
    assertThat(server.events()).hasSize(1);
  }

  @Test
  void lostConnectionSurfacesAlsoWhileTheOwnerHoldsBackReading() {
    ScriptedServer server =
        ScriptedServer.connected(
            o ->
                o.version(MqttVersion.MQTT_3_1_1)
                    .receiveMaximum(1)
                    .automaticAcknowledgement(false));
    server.sends(message("a", AT_LEAST_ONCE, 1), message("a", AT_LEAST_ONCE, 2));
    assertThat(server.client.awaitsDecision()).isTrue();
    server.events();

    server.closes();

    assertThat(server.events())
        .extracting(Object::getClass)
        .isEqualTo(List.of(ClientEvent.MessageReceived.class, ClientEvent.Disconnected.class));
  }

  @Test
  void beforeMqtt5OnlyTheOwnersDelayStopsReading() {
    ScriptedServer server =
        ScriptedServer.connected(o -> o.version(MqttVersion.MQTT_3_1_1).receiveMaximum(1));

    server.sends(message("a", EXACTLY_ONCE, 1), message("a", EXACTLY_ONCE, 2), PubRel.of(1));

    assertThat(server.client.awaitsDecision()).isFalse();
    assertThat(server.events()).hasSize(2);
    assertThat(server.sent()).containsExactly(PubRec.of(1), PubRec.of(2), PubComp.of(1));
  }

  @Test
  @Scenario(61)
  void identifiersOfTheTwoDirectionsAreIndependent() {
    ScriptedServer server = ScriptedServer.connected();
    int id = server.publish("a", EXACTLY_ONCE);
    server.sent();

    server.sends(message("b", EXACTLY_ONCE, id));
    assertThat(server.event(ClientEvent.MessageReceived.class).publish().packetId()).isEqualTo(id);
    assertThat(server.sent()).containsExactly(PubRec.of(id));

    server.sends(PubRec.of(id), PubRel.of(id), PubComp.of(id));
    assertThat(server.sent()).containsExactly(PubRel.of(id), PubComp.of(id));
    assertThat(server.event(ClientEvent.Acknowledged.class).packetId()).isEqualTo(id);
  }

  @Test
  void acknowledgingWithAForeignReasonCodeIsOurOwnFault() {
    ScriptedServer server = manual();
    server.sends(message("a", AT_LEAST_ONCE, 1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.client.acknowledge(1, ReasonCode.GRANTED_QOS_2, server.now));
  }

  @Test
  void packetAboveTheOwnMaximumIsRefusedOnItsHeader() {
    ScriptedServer server = ScriptedServer.connected(o -> o.maximumPacketSizeBytes(32));

    server.sends(Bytes.hex("301f")); // 33 bytes, of which two have come

    assertThat(server.event(ClientEvent.Disconnected.class).reasonCode())
        .isEqualTo(ReasonCode.PACKET_TOO_LARGE);
  }

  @Test
  void goodPacketsInFrontOfABadOneAreHandedOut() {
    ScriptedServer server = ScriptedServer.connected();

    server.sends(Bytes.hex("3005000161006d" + "3005000161006d" + "f0" + "ffffffffff"));

    assertThat(server.events())
        .extracting(Object::getClass)
        .isEqualTo(
            List.of(
                ClientEvent.MessageReceived.class,
                ClientEvent.MessageReceived.class,
                ClientEvent.Disconnected.class));
    assertThat(server.sends(message("a", QoS.AT_MOST_ONCE, 0)).events()).isEmpty();
  }

  @Test
  void subscriptionIdentifiersOfAMessageAreAllThere() {
    ScriptedServer server = ScriptedServer.connected();

    server.sends(
        message("a", AT_MOST_ONCE, 0, Properties.EMPTY.withSubscriptionIdentifiers(3, 1, 3)));

    Publish publish = server.event(ClientEvent.MessageReceived.class).publish();
    assertThat(publish.properties().subscriptionIdentifiers()).containsExactly(3, 1, 3);
    assertThat(publish.properties().has(Property.SUBSCRIPTION_IDENTIFIER)).isTrue();
  }

  /** The next connection, with the server's session. */
  private static ScriptedServer resumed(ScriptedServer server) {
    ScriptedServer next = server.next().connect(o -> o.cleanStart(false)).accept(true);
    next.sent();
    next.events();
    return next;
  }

  private static Publish again(int packetId) {
    return new Publish(
        TopicName.of("a"), Bytes.utf8("m"), EXACTLY_ONCE, false, true, packetId, Properties.EMPTY);
  }

  private static ScriptedServer manual() {
    return ScriptedServer.connected(o -> o.automaticAcknowledgement(false));
  }
}
