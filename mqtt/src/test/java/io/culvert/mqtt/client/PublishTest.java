package io.culvert.mqtt.client;

import static io.culvert.mqtt.wire.QoS.AT_LEAST_ONCE;
import static io.culvert.mqtt.wire.QoS.AT_MOST_ONCE;
import static io.culvert.mqtt.wire.QoS.EXACTLY_ONCE;
import static io.culvert.mqtt.wire.Statement.MQTT3_2_3_1_1;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_3_1_2;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_3_2_1;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_6_0_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_2_2_1_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_2_2_1_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_11;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_14;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_15;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_1_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_4_6;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_4_7;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_4_8;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_1_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_2_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_2_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_2_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_4_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_6_0_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_9_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_9_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_9_0_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Wire;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PublishTest {
  @Test
  @Normative({MQTT5_4_3_1_1, MQTT5_2_2_1_2, MQTT5_3_3_1_2})
  @Scenario(50)
  void qos0ReachesTheServerWithoutIdentifier() {
    ScriptedServer server = ScriptedServer.connected();
    Properties properties =
        Properties.builder()
            .put(Property.RESPONSE_TOPIC, "re")
            .put(Property.CORRELATION_DATA, Bytes.utf8("1"))
            .userProperty("k", "v")
            .userProperty("k", "w")
            .put(Property.MESSAGE_EXPIRY_INTERVAL, 60)
            .build();

    int id =
        server.client.publish(
            TopicName.of("a"), Bytes.utf8("p"), AT_MOST_ONCE, true, properties, server.now);

    assertThat(id).isZero();
    assertThat(server.sent())
        .containsExactly(
            new Publish(
                TopicName.of("a"), Bytes.utf8("p"), AT_MOST_ONCE, true, false, 0, properties));
    assertThat(server.session.inFlight()).isZero();
  }

  @Test
  @Normative({MQTT5_4_3_2_1, MQTT5_4_3_2_2})
  @Scenario(51)
  void qos1IsCompleteWithPubAck() {
    ScriptedServer server = ScriptedServer.connected();

    int id = server.publish("a", AT_LEAST_ONCE);
    Publish publish = server.sent(Publish.class);
    assertThat(publish.packetId()).isEqualTo(id).isEqualTo(1);
    assertThat(publish.dup()).isFalse();
    assertThat(server.events()).isEmpty();

    server.sends(new PubAck(id, ReasonCode.NO_MATCHING_SUBSCRIBERS, Properties.EMPTY));
    assertThat(server.events())
        .containsExactly(
            new ClientEvent.Acknowledged(id, ReasonCode.NO_MATCHING_SUBSCRIBERS, Properties.EMPTY));
    assertThat(server.session.inFlight()).isZero();
  }

  @Test
  @Normative({MQTT5_4_3_3_1, MQTT5_4_3_3_4, MQTT5_4_3_3_2})
  @Scenario(52)
  void qos2IsReleasedByItselfAndCompleteWithPubComp() {
    ScriptedServer server = ScriptedServer.connected();

    int id = server.publish("a", EXACTLY_ONCE);
    Publish first = server.sent(Publish.class);
    assertThat(first.qos()).isEqualTo(EXACTLY_ONCE);
    assertThat(first.dup()).isFalse();
    server.sends(PubRec.of(id));
    assertThat(server.sent()).containsExactly(PubRel.of(id));
    assertThat(server.events()).isEmpty();
    assertThat(server.session.inFlight()).isEqualTo(1);

    server.sends(PubComp.of(id));
    assertThat(server.event(ClientEvent.Acknowledged.class).reasonCode())
        .isEqualTo(ReasonCode.SUCCESS);
    assertThat(server.session.inFlight()).isZero();
  }

  @Test
  @Scenario(52)
  void whatPubRecSaysAndPubCompDoesNotIsTold() {
    ScriptedServer server = ScriptedServer.connected();
    int id = server.publish("a", EXACTLY_ONCE);
    server.sends(new PubRec(id, ReasonCode.NO_MATCHING_SUBSCRIBERS, Properties.EMPTY));
    server.sends(PubComp.of(id));
    assertThat(server.event(ClientEvent.Acknowledged.class).reasonCode())
        .isEqualTo(ReasonCode.NO_MATCHING_SUBSCRIBERS);
    assertThat(server.publish("a", EXACTLY_ONCE)).isEqualTo(id + 1);
    server.sends(PubRec.of(id + 1), PubComp.of(id + 1));
    assertThat(server.event(ClientEvent.Acknowledged.class).reasonCode())
        .isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  @Normative(MQTT5_4_4_0_2)
  @Scenario(58)
  void pubRecWithAnErrorEndsTheExchangeWithoutPubRel() {
    ScriptedServer server = ScriptedServer.connected();
    int id = server.publish("a", EXACTLY_ONCE);
    server.sent();
    Properties reason = Properties.builder().put(Property.REASON_STRING, "no").build();

    server.sends(new PubRec(id, ReasonCode.NOT_AUTHORIZED, reason));

    assertThat(server.sent()).isEmpty();
    assertThat(server.events())
        .containsExactly(new ClientEvent.Acknowledged(id, ReasonCode.NOT_AUTHORIZED, reason));
    assertThat(server.session.inFlight()).isZero();
  }

  @Test
  @Normative(MQTT5_4_4_0_2)
  void pubAckWithAnErrorEndsTheExchange() {
    ScriptedServer server = ScriptedServer.connected();
    int id = server.publish("a", AT_LEAST_ONCE);

    server.sends(new PubAck(id, ReasonCode.QUOTA_EXCEEDED, Properties.EMPTY));

    assertThat(server.event(ClientEvent.Acknowledged.class).reasonCode())
        .isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    assertThat(server.session.inFlight()).isZero();
  }

  @Test
  @Scenario(59)
  void acknowledgementsOfUnknownIdentifiersDoNoHarm() {
    ScriptedServer server = ScriptedServer.connected();

    server.sends(PubAck.of(7), PubComp.of(8));
    assertThat(server.sent()).isEmpty();

    server.sends(PubRec.of(9));
    assertThat(server.sent())
        .containsExactly(new PubRel(9, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, Properties.EMPTY));
    assertThat(server.events()).isEmpty();
  }

  @Test
  @Normative({MQTT5_4_3_3_3, MQTT5_4_3_2_3})
  void acknowledgementsOfTheOtherQosAreViolations() {
    assertThat(endsWith(EXACTLY_ONCE, PubAck.of(1))).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(endsWith(AT_LEAST_ONCE, PubRec.of(1))).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(endsWith(EXACTLY_ONCE, PubComp.of(1))).isEqualTo(ReasonCode.PROTOCOL_ERROR);
    assertThat(endsWith(AT_LEAST_ONCE, PubComp.of(1))).isEqualTo(ReasonCode.PROTOCOL_ERROR);
  }

  @Test
  void repeatedPubRecIsAnsweredAgain() {
    ScriptedServer server = ScriptedServer.connected();
    int id = server.publish("a", EXACTLY_ONCE);
    server.sends(PubRec.of(id));
    server.sent();

    server.sends(PubRec.of(id));

    assertThat(server.sent()).containsExactly(PubRel.of(id));
  }

  @Test
  @Normative(MQTT5_4_6_0_4)
  void pubRelsFollowTheOrderOfPubRecs() {
    ScriptedServer server = ScriptedServer.connected();
    server.publish("a", EXACTLY_ONCE);
    server.publish("a", EXACTLY_ONCE);
    server.publish("a", EXACTLY_ONCE);
    server.sent();

    server.sends(PubRec.of(3), PubRec.of(1), PubRec.of(2));

    assertThat(server.sent()).containsExactly(PubRel.of(3), PubRel.of(1), PubRel.of(2));
  }

  @Test
  @Normative({MQTT5_3_3_4_7, MQTT5_3_3_4_8, MQTT5_4_9_0_2, MQTT5_4_9_0_3, MQTT5_4_9_0_1})
  @Scenario(62)
  void beyondTheServersReceiveMaximumMessagesWaitAndOthersDoNot() {
    ScriptedServer server =
        ScriptedServer.connected(o -> o, Properties.EMPTY.with(Property.RECEIVE_MAXIMUM, 2));

    int first = server.publish("a", AT_LEAST_ONCE);
    int second = server.publish("b", EXACTLY_ONCE);
    int third = server.publish("c", AT_LEAST_ONCE);
    server.publish("d", AT_MOST_ONCE);
    server.client.ping(server.now);

    assertThat(server.sent())
        .extracting(PublishTest::name)
        .containsExactly("a", "b", "d", "PINGREQ");
    assertThat(server.session.queued()).isEqualTo(1);
    assertThat(Set.of(first, second, third)).hasSize(3).doesNotContain(0);

    server.sends(PubAck.of(first));
    assertThat(server.sent(Publish.class).packetId()).isEqualTo(third);
    assertThat(server.session.queued()).isZero();
  }

  @Test
  @Scenario(62)
  void ownLimitHoldsWhereTheServersIsHigher() {
    ScriptedServer server = ScriptedServer.connected(o -> o.maximumInFlight(1));

    server.publish("a", AT_LEAST_ONCE);
    server.publish("b", AT_LEAST_ONCE);

    assertThat(server.sent(Publish.class).topic()).isEqualTo(TopicName.of("a"));
  }

  @Test
  @Normative(MQTT5_4_9_0_2)
  @Scenario(63)
  void quotaComesBackWithPubAckPubCompAndFailedPubRec() {
    ScriptedServer server =
        ScriptedServer.connected(o -> o, Properties.EMPTY.with(Property.RECEIVE_MAXIMUM, 1));
    int a = server.publish("a", EXACTLY_ONCE);
    int b = server.publish("b", EXACTLY_ONCE);
    int c = server.publish("c", AT_LEAST_ONCE);
    server.publish("d", AT_LEAST_ONCE);
    assertThat(server.sent()).extracting(PublishTest::name).containsExactly("a");

    server.sends(PubRec.of(a));
    assertThat(server.sent()).containsExactly(PubRel.of(a));
    server.sends(PubComp.of(a));
    assertThat(server.sent()).extracting(PublishTest::name).containsExactly("b");
    server.sends(new PubRec(b, ReasonCode.UNSPECIFIED_ERROR, Properties.EMPTY));
    assertThat(server.sent()).extracting(PublishTest::name).containsExactly("c");
    server.sends(PubAck.of(c));
    assertThat(server.sent()).extracting(PublishTest::name).containsExactly("d");
  }

  @Test
  void fullWindowAndQueueRefuseAndChangeNothing() {
    ScriptedServer server =
        ScriptedServer.of(ClientSession.create(2)).connect(o -> o.maximumInFlight(1)).accept(false);
    int first = server.publish("a", AT_LEAST_ONCE);
    server.publish("a", AT_LEAST_ONCE);
    server.publish("a", AT_LEAST_ONCE);

    assertThat(refusal(() -> server.publish("a", AT_LEAST_ONCE))).isEqualTo(Refusal.QUEUE_FULL);
    assertThat(server.session.queued()).isEqualTo(2);

    server.sends(PubAck.of(first));
    assertThat(server.publish("a", AT_LEAST_ONCE)).isNotZero();
  }

  @Test
  @Normative({MQTT5_2_2_1_3, MQTT5_4_3_2_1})
  @Scenario(60)
  void identifiersSkipThoseInUseAreNeverZeroAndWrap() {
    ScriptedServer server = ScriptedServer.connected();
    int kept = server.publish("a", AT_LEAST_ONCE);
    Set<Integer> seen = new HashSet<>();

    for (int i = 0; i < 70_000; i++) {
      int id = server.publish("a", AT_LEAST_ONCE);
      assertThat(id).isBetween(1, 65_535).isNotEqualTo(kept);
      seen.add(id);
      server.sends(PubAck.of(id));
      server.client.outbox().clear();
      server.events();
    }

    assertThat(seen).doesNotContain(kept, 0);
    assertThat(server.session.inFlight()).isEqualTo(1);
  }

  @Test
  @Normative(MQTT5_2_2_1_3)
  @Scenario(60)
  void allIdentifiersInUseRefusesInsteadOfReusing() {
    ScriptedServer server = ScriptedServer.connected();
    Set<Integer> ids = new HashSet<>();
    for (int i = 0; i < 65_535; i++) {
      ids.add(server.publish("a", AT_LEAST_ONCE));
      server.client.outbox().clear();
    }
    assertThat(ids).hasSize(65_535).doesNotContain(0);

    assertThat(refusal(() -> server.publish("a", AT_LEAST_ONCE)))
        .isEqualTo(Refusal.NO_PACKET_IDENTIFIER);
    assertThat(refusal(() -> subscribe(server, "a"))).isEqualTo(Refusal.NO_PACKET_IDENTIFIER);
    assertThat(server.publish("a", AT_MOST_ONCE)).isZero();

    server.sends(PubAck.of(4711));
    assertThat(server.publish("a", AT_LEAST_ONCE)).isEqualTo(4711);
  }

  @Test
  @Normative(MQTT5_2_2_1_3)
  void publishAndSubscribeShareTheIdentifiers() {
    ScriptedServer server = ScriptedServer.connected();

    int publish = server.publish("a", AT_LEAST_ONCE);
    int subscribe = subscribe(server, "a");
    int second = server.publish("a", AT_LEAST_ONCE);

    assertThat(List.of(publish, subscribe, second)).containsExactly(1, 2, 3);
  }

  @Test
  @Normative(MQTT5_3_2_2_15)
  @Scenario(64)
  void packetAboveTheServersSizeIsRefusedBeforeAnIdentifierIsUsed() {
    ScriptedServer server =
        ScriptedServer.connected(o -> o, Properties.EMPTY.with(Property.MAXIMUM_PACKET_SIZE, 20));
    String fits = "x".repeat(20 - 2 - 2 - 1 - 2 - 1);

    assertThat(refusal(() -> server.publish("a", fits + "x", AT_LEAST_ONCE)))
        .isEqualTo(Refusal.PACKET_TOO_LARGE);
    assertThat(refusal(() -> server.publish("a", fits + "xxx", AT_MOST_ONCE)))
        .isEqualTo(Refusal.PACKET_TOO_LARGE);
    assertThat(server.sent()).isEmpty();
    assertThat(server.publish("a", fits, AT_LEAST_ONCE)).isEqualTo(1);
  }

  @Test
  @Normative(MQTT5_3_2_2_11)
  @Scenario(47)
  void qosAboveTheServersMaximumIsRefusedOrLoweredByChoice() {
    Properties maximum = Properties.EMPTY.with(Property.MAXIMUM_QOS, 1);
    ScriptedServer strict = ScriptedServer.connected(o -> o, maximum);
    ScriptedServer lowering = ScriptedServer.connected(o -> o.lowerQos(true), maximum);

    assertThat(refusal(() -> strict.publish("a", EXACTLY_ONCE)))
        .isEqualTo(Refusal.QOS_NOT_SUPPORTED);
    assertThat(strict.sent()).isEmpty();
    lowering.publish("a", EXACTLY_ONCE);
    assertThat(lowering.sent(Publish.class).qos()).isEqualTo(AT_LEAST_ONCE);
  }

  @Test
  @Normative(MQTT5_3_2_2_14)
  @Scenario(49)
  void retainIsRefusedWhereTheServerHasNone() {
    ScriptedServer server =
        ScriptedServer.connected(o -> o, Properties.EMPTY.with(Property.RETAIN_AVAILABLE, 0));

    assertThat(
            refusal(
                () ->
                    server.client.publish(
                        TopicName.of("a"),
                        Bytes.EMPTY,
                        AT_MOST_ONCE,
                        true,
                        Properties.EMPTY,
                        server.now)))
        .isEqualTo(Refusal.RETAIN_NOT_SUPPORTED);
    assertThat(server.sent()).isEmpty();
  }

  @Test
  @Normative(MQTT5_3_3_4_6)
  void propertiesThatAreNotThePublishersAreOurOwnFault() {
    ScriptedServer server = ScriptedServer.connected();

    for (Property property : List.of(Property.SUBSCRIPTION_IDENTIFIER, Property.TOPIC_ALIAS)) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  server.client.publish(
                      TopicName.of("a"),
                      Bytes.EMPTY,
                      AT_MOST_ONCE,
                      false,
                      Properties.EMPTY.with(property, 1),
                      server.now));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                server.client.publish(
                    TopicName.EMPTY, Bytes.EMPTY, AT_MOST_ONCE, false, Properties.EMPTY, 0));
  }

  @Test
  void whatExpiresWhileItWaitsIsDroppedAndSaid() {
    ScriptedServer server = ScriptedServer.connected(o -> o.maximumInFlight(1));
    int first = server.publish("a", AT_LEAST_ONCE);
    Properties expiry = Properties.EMPTY.with(Property.MESSAGE_EXPIRY_INTERVAL, 5);
    int mortal =
        server.client.publish(
            TopicName.of("b"), Bytes.EMPTY, AT_LEAST_ONCE, false, expiry, server.now);
    server.sent();

    server.now += 5_000;
    server.sends(PubAck.of(first));

    assertThat(server.sent()).isEmpty();
    assertThat(server.events())
        .satisfiesExactly(
            event -> assertThat(event).isInstanceOf(ClientEvent.Acknowledged.class),
            event -> {
              ClientEvent.PublishDropped dropped = (ClientEvent.PublishDropped) event;
              assertThat(dropped.packetId()).isEqualTo(mortal);
              assertThat(dropped.refusal()).isEqualTo(Refusal.EXPIRED);
              assertThat(dropped.message().topic()).isEqualTo(TopicName.of("b"));
            });
  }

  @Test
  void whatWaitsIsSentWithTheTimeThatIsLeft() {
    ScriptedServer server = ScriptedServer.connected(o -> o.maximumInFlight(1));
    int first = server.publish("a", AT_LEAST_ONCE);
    Properties expiry = Properties.EMPTY.with(Property.MESSAGE_EXPIRY_INTERVAL, 5);
    server.client.publish(TopicName.of("b"), Bytes.EMPTY, AT_LEAST_ONCE, false, expiry, server.now);
    server.sent();

    server.now += 2_000;
    server.sends(PubAck.of(first));

    assertThat(
            server.sent(Publish.class).properties().integer(Property.MESSAGE_EXPIRY_INTERVAL, -1))
        .isEqualTo(3);
  }

  @Test
  void aFullOutboxRefusesQos0AndLetsOthersWaitUntilItIsSent() {
    ScriptedServer server = ScriptedServer.connected(o -> o.outboxBytes(100));
    server.publish("a", "x".repeat(100), AT_LEAST_ONCE);

    int waiting = server.publish("b", AT_LEAST_ONCE);
    assertThat(refusal(() -> server.publish("c", AT_MOST_ONCE))).isEqualTo(Refusal.QUEUE_FULL);
    server.client.ping(server.now);
    assertThat(server.sent()).extracting(MqttPacket::type).hasSize(2);
    assertThat(server.session.queued()).isEqualTo(1);

    server.poll();
    assertThat(server.sent(Publish.class).packetId()).isEqualTo(waiting);
    assertThat(server.publish("c", AT_MOST_ONCE)).isZero();
  }

  @Test
  void payloadBelongsToTheCallerAgainAtOnce() {
    ScriptedServer server = ScriptedServer.connected(o -> o.maximumInFlight(1));
    int first = server.publish("a", AT_LEAST_ONCE);
    server.sent();
    byte[] payload = {1, 2, 3};
    server.client.publish(
        TopicName.of("b"), Bytes.wrap(payload), AT_LEAST_ONCE, false, Properties.EMPTY, server.now);

    payload[0] = 99;
    server.sends(PubAck.of(first));

    assertThat(server.sent(Publish.class).payload()).isEqualTo(Bytes.hex("010203"));
  }

  @Test
  @Normative({MQTT3_2_3_1_1, MQTT3_3_3_1_2, MQTT3_3_3_2_1})
  void beforeMqtt5OnlyPropertiesAreMissing() {
    ScriptedServer server = ScriptedServer.connected(o -> o.version(MqttVersion.MQTT_3_1_1));
    server.publish("ä", "p", AT_MOST_ONCE);
    server.publish("ä", "p", AT_LEAST_ONCE);
    server.publish("ä", "p", EXACTLY_ONCE);

    assertThat(Wire.drained(server.client.outbox()).toHex())
        .isEqualTo("30050002c3a470" + "32070002c3a4000170" + "34070002c3a4000270");
  }

  @Test
  @Normative(MQTT3_4_6_0_4)
  void pubRelsFollowTheOrderOfPubRecsBeforeMqtt5Too() {
    ScriptedServer server = ScriptedServer.connected(o -> o.version(MqttVersion.MQTT_3_1_1));
    server.publish("a", EXACTLY_ONCE);
    server.publish("a", EXACTLY_ONCE);
    server.sent();

    server.sends(PubRec.of(2), PubRec.of(1));

    assertThat(server.sent()).containsExactly(PubRel.of(2), PubRel.of(1));
  }

  @Test
  void beforeMqtt5PropertiesStayBehind() {
    ScriptedServer server = ScriptedServer.connected(o -> o.version(MqttVersion.MQTT_3_1_1));

    server.client.publish(
        TopicName.of("a"),
        Bytes.utf8("p"),
        AT_LEAST_ONCE,
        false,
        Properties.builder().userProperty("k", "v").build(),
        server.now);

    assertThat(server.sent(Publish.class).properties()).isEqualTo(Properties.EMPTY);
  }

  static Refusal refusal(Runnable command) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, command::run);
    assertThat(refused).as("a refusal").isNotNull();
    return refused.refusal();
  }

  private static int subscribe(ScriptedServer server, String filter) {
    return server.client.subscribe(
        List.of(new Subscribe.Entry(filter, SubscriptionOptions.of(QoS.AT_MOST_ONCE))),
        Properties.EMPTY,
        server.now);
  }

  private static ReasonCode endsWith(QoS qos, MqttPacket answer) {
    ScriptedServer server = ScriptedServer.connected();
    assertThat(server.publish("a", qos)).isEqualTo(1);
    return server.sends(answer).event(ClientEvent.Disconnected.class).reasonCode();
  }

  private static String name(MqttPacket packet) {
    return packet instanceof Publish publish
        ? publish.topic().toString()
        : packet instanceof PingReq ? "PINGREQ" : packet.toString();
  }
}
