package io.culvert.mqtt.client;

import static io.culvert.mqtt.client.SubscribeTest.entries;
import static io.culvert.mqtt.client.SubscribeTest.subAck;
import static io.culvert.mqtt.client.SubscribeTest.subscribe;
import static io.culvert.mqtt.client.SubscribeTest.unsubscribe;
import static io.culvert.mqtt.wire.QoS.AT_LEAST_ONCE;
import static io.culvert.mqtt.wire.QoS.EXACTLY_ONCE;
import static io.culvert.mqtt.wire.Statement.MQTT3_2_3_1_3;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_1_2_4;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_3_1_1;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_1_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_3_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_4_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT3_4_6_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_23;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_1_2_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_2_2_5;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_1_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_1_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_2_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_13;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_5;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_6;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_3_3_7;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_4_0_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_6_0_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.client.ClientEvent.LostMessage;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttPacket;
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
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Unsubscribe;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResumeTest {
  private static final UnaryOperator<ConnectOptions.Builder> KEEP = o -> o.cleanStart(false);

  @ParameterizedTest
  @EnumSource(MqttVersion.class)
  @Normative({
    MQTT5_4_4_0_1,
    MQTT5_3_3_1_1,
    MQTT5_4_6_0_1,
    MQTT5_4_3_3_6,
    MQTT3_4_4_0_1,
    MQTT3_4_1_0_1,
    MQTT3_3_3_1_1,
    MQTT5_4_3_2_3,
    MQTT5_4_3_3_3,
    MQTT5_4_3_3_5,
    MQTT3_4_6_0_1,
    MQTT3_3_1_2_4,
    MQTT3_4_3_3_1,
    MQTT5_3_1_2_23,
    MQTT3_2_3_1_3,
    MQTT5_4_1_0_1
  })
  @Scenario(70)
  void unacknowledgedIsSentAgainInOrderWithDupAndPubRelWherePubRecHasCome(MqttVersion version) {
    UnaryOperator<ConnectOptions.Builder> how = o -> o.cleanStart(false).version(version);
    ScriptedServer server = ScriptedServer.connected(how);
    server.publish("a", AT_LEAST_ONCE);
    server.publish("b", EXACTLY_ONCE);
    server.publish("c", EXACTLY_ONCE);
    server.publish("d", AT_LEAST_ONCE);
    server.publish("e", QoS.AT_MOST_ONCE);
    server.sends(PubRec.of(2), PubAck.of(4)).closes();

    ScriptedServer next = server.next().connect(how);
    next.sent();
    next.accept(true);

    assertThat(next.sent())
        .containsExactly(again("a", AT_LEAST_ONCE, 1), PubRel.of(2), again("c", EXACTLY_ONCE, 3));
    assertThat(next.event(ClientEvent.Connected.class).sessionPresent()).isTrue();

    next.sends(PubAck.of(1), PubComp.of(2), PubRec.of(3), PubComp.of(3));
    assertThat(next.events()).hasSize(3);
    assertThat(next.session.inFlight()).isZero();
  }

  @Test
  void resendingKeepsWithinTheServersReceiveMaximumAndComesBeforeNewMessages() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    server.publish("a", AT_LEAST_ONCE);
    server.publish("b", AT_LEAST_ONCE);
    server.closes();

    ScriptedServer next = server.next().connect(KEEP);
    next.sent();
    next.accept(true, Properties.EMPTY.with(Property.RECEIVE_MAXIMUM, 1));
    int late = next.publish("c", AT_LEAST_ONCE);
    assertThat(next.sent()).containsExactly(again("a", AT_LEAST_ONCE, 1));

    next.sends(PubAck.of(1));
    assertThat(next.sent()).containsExactly(again("b", AT_LEAST_ONCE, 2));
    next.sends(PubAck.of(2));
    assertThat(next.sent(Publish.class).packetId()).isEqualTo(late);
  }

  @Test
  void resendingWaitsWhileTheOutboxIsFull() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    for (int i = 0; i < 10; i++) {
      server.publish("a", "x".repeat(100), AT_LEAST_ONCE);
    }
    server.closes();

    ScriptedServer next = server.next().connect(o -> o.cleanStart(false).outboxBytes(250));
    next.sent();
    next.accept(true);

    List<MqttPacket> sent = next.sent();
    assertThat(sent).hasSizeBetween(2, 3);
    while (sent.size() < 10) {
      next.poll();
      List<MqttPacket> more = next.sent();
      assertThat(more).isNotEmpty();
      sent = Stream.concat(sent.stream(), more.stream()).toList();
    }
    assertThat(sent)
        .extracting(MqttPacket::packetId)
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  }

  @Test
  void whatWaitedIsSentOnTheNextConnectionForTheFirstTime() {
    UnaryOperator<ConnectOptions.Builder> one = o -> o.cleanStart(false).maximumInFlight(1);
    ScriptedServer server = ScriptedServer.connected(one);
    server.publish("a", AT_LEAST_ONCE);
    int waiting = server.publish("b", AT_LEAST_ONCE);
    server.closes();

    ScriptedServer next = server.next().connect(KEEP);
    next.sent();
    next.accept(true);

    List<MqttPacket> sent = next.sent();
    assertThat(sent).first().isEqualTo(again("a", AT_LEAST_ONCE, 1));
    assertThat(((Publish) sent.get(1)).dup()).isFalse();
    assertThat(((Publish) sent.get(1)).packetId()).isEqualTo(waiting);
  }

  @Test
  @Normative(MQTT5_3_2_2_5)
  @Scenario(71)
  void absentSessionDropsTheStateTellsWhatIsLostAndFreesTheIdentifiers() {
    ScriptedServer server = ScriptedServer.connected(o -> o.cleanStart(false).maximumInFlight(2));
    server.publish("a", "one", AT_LEAST_ONCE);
    server.publish("b", "two", EXACTLY_ONCE);
    int waiting = server.publish("c", "three", AT_LEAST_ONCE);
    server.sends(PubRec.of(2)).closes();

    ScriptedServer next = server.next().connect(KEEP);
    next.sent();
    next.accept(false);

    assertThat(next.events())
        .satisfiesExactly(
            event -> assertThat(event).isInstanceOf(ClientEvent.Connected.class),
            event -> {
              List<LostMessage> lost = ((ClientEvent.SessionLost) event).messages();
              assertThat(lost).extracting(LostMessage::packetId).containsExactly(1, 2);
              assertThat(lost.get(0).message().payload()).isEqualTo(Bytes.utf8("one"));
              assertThat(lost.get(1).message()).isNull();
            });
    Publish first = next.sent(Publish.class);
    assertThat(first.packetId()).isEqualTo(waiting);
    assertThat(first.dup()).isFalse();
    assertThat(next.session.inFlight()).isEqualTo(1);
    for (int i = 0; i < 100; i++) {
      assertThat(next.publish("d", AT_LEAST_ONCE)).isNotEqualTo(waiting).isNotZero();
    }
  }

  @Test
  @Normative(MQTT5_3_1_2_4)
  void cleanStartDropsTheStateOnlyWhenItSucceeds() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    server.publish("a", AT_LEAST_ONCE);
    server.closes();

    ScriptedServer failed = server.next().connect(o -> o.cleanStart(true)).closes();
    assertThat(failed.session.inFlight()).isEqualTo(1);

    ScriptedServer done = failed.next().connect(o -> o.cleanStart(true)).accept(false);
    assertThat(done.events()).last().isInstanceOf(ClientEvent.SessionLost.class);
    assertThat(done.session.inFlight()).isZero();
  }

  @Test
  @Normative({MQTT5_4_3_3_7, MQTT5_4_3_3_13})
  void whatWasSentDoesNotExpireAnyMore() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    Properties expiry = Properties.EMPTY.with(Property.MESSAGE_EXPIRY_INTERVAL, 5);
    server.client.publish(TopicName.of("a"), Bytes.EMPTY, EXACTLY_ONCE, false, expiry, server.now);
    server.closes();

    server.now += 60_000;
    ScriptedServer next = server.next().connect(KEEP);
    next.sent();
    next.accept(true);

    assertThat(next.sent(Publish.class).dup()).isTrue();
  }

  @Test
  void whatTheNewServerWouldNotTakeIsDroppedAndSaid() {
    ScriptedServer server = ScriptedServer.connected(o -> o.cleanStart(false).maximumInFlight(2));
    server.publish("a", EXACTLY_ONCE);
    server.publish("a", "x".repeat(100), AT_LEAST_ONCE);
    server.publish("a", "x".repeat(100), AT_LEAST_ONCE);
    server.publish("a", AT_LEAST_ONCE);
    server.closes();

    ScriptedServer next = server.next().connect(o -> o.cleanStart(false).maximumInFlight(2));
    next.sent();
    next.accept(
        true,
        Properties.builder()
            .put(Property.MAXIMUM_QOS, 1)
            .put(Property.MAXIMUM_PACKET_SIZE, 50)
            .build());

    assertThat(next.events().stream().filter(e -> e instanceof ClientEvent.PublishDropped))
        .extracting(e -> ((ClientEvent.PublishDropped) e).refusal())
        .containsExactly(
            Refusal.QOS_NOT_SUPPORTED, Refusal.PACKET_TOO_LARGE, Refusal.PACKET_TOO_LARGE);
    assertThat(next.sent(Publish.class).packetId()).isEqualTo(4);
    assertThat(next.session.inFlight()).isEqualTo(1);
    assertThat(next.session.queued()).isZero();
  }

  @Test
  @Scenario(73)
  void lostSubscriptionsAreMadeAgainWithoutAskingForSeenRetainedMessages() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    server.sends(subAck(subscribe(server, "a", "b"), ReasonCode.SUCCESS, ReasonCode.SUCCESS));
    Properties identifier = Properties.EMPTY.with(Property.SUBSCRIPTION_IDENTIFIER, 7);
    int id = server.client.subscribe(entries("c"), identifier, server.now);
    server.sends(subAck(id, ReasonCode.SUCCESS));
    server.client.subscribe(entries("d"), Properties.EMPTY, server.now);
    server.closes();

    ScriptedServer next = server.next().connect(KEEP);
    next.sent();
    next.accept(false);

    List<MqttPacket> sent = next.sent();
    assertThat(sent).hasSize(2);
    Subscribe plain = (Subscribe) sent.get(0);
    assertThat(plain.entries()).containsExactly(quiet("a"), quiet("b"), entries("d").get(0));
    Subscribe identified = (Subscribe) sent.get(1);
    assertThat(identified.entries()).containsExactly(quiet("c"));
    assertThat(identified.properties()).isEqualTo(identifier);

    next.events();
    next.sends(
        subAck(plain.packetId(), ReasonCode.SUCCESS, ReasonCode.NOT_AUTHORIZED, ReasonCode.SUCCESS),
        subAck(identified.packetId(), ReasonCode.SUCCESS));
    assertThat(next.events())
        .allSatisfy(e -> assertThat(((ClientEvent.Subscribed) e).automatic()).isTrue())
        .hasSize(2);
    assertThat(next.session.subscriptions().all())
        .extracting(s -> s.filter().text())
        .containsExactly("a", "c", "d");
    assertThat(subscribe(next, "a")).as("the same options as before the loss").isZero();
  }

  @Test
  void presentSessionKeepsItsSubscriptions() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    server.sends(subAck(subscribe(server, "a"), ReasonCode.SUCCESS)).closes();

    ScriptedServer next = server.next().connect(KEEP);
    next.sent();
    next.accept(true);

    assertThat(next.sent()).isEmpty();
    assertThat(next.session.subscriptions().size()).isEqualTo(1);
  }

  @Test
  void subscriptionsAreMadeAgainInASessionThatALostConnackMayHaveBegun() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    server.sends(subAck(subscribe(server, "a"), ReasonCode.SUCCESS)).closes();
    ScriptedServer refused = server.next().connect(KEEP);
    refused.sends(new ConnAck(false, ReasonCode.SERVER_BUSY, Properties.EMPTY));
    ScriptedServer sure = refused.next().connect(KEEP);
    sure.sent();
    sure.accept(true);
    assertThat(sure.sent()).as("who refuses begins none").isEmpty();
    sure.closes();

    ScriptedServer unanswered = sure.next().connect(KEEP).closes();
    ScriptedServer next = unanswered.next().connect(KEEP);
    next.sent();
    next.accept(true);
    assertThat(next.sent(Subscribe.class).entries()).containsExactly(quiet("a"));
  }

  @Test
  void aFilterThatWasLeftTwiceIsLeftAgainUntilTheSecondAnswer() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    subscribe(server, "a");
    int first = unsubscribe(server, "a");
    subscribe(server, "a");
    unsubscribe(server, "a");
    server.sends(SubscribeTest.unsubAck(first, ReasonCode.SUCCESS)).closes();

    ScriptedServer next = server.next().connect(KEEP);
    next.sent();
    next.accept(true);
    Unsubscribe again = next.sent(Unsubscribe.class);
    assertThat(again.filters()).containsExactly("a");
    next.sends(SubscribeTest.unsubAck(again.packetId(), ReasonCode.SUCCESS)).closes();

    ScriptedServer last = next.next().connect(KEEP);
    last.sent();
    last.accept(true);
    assertThat(last.sent()).isEmpty();
  }

  @Test
  void requestsThatNobodyAnsweredAreMadeAgainInAPresentSession() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    server.sends(subAck(subscribe(server, "old"), ReasonCode.SUCCESS));
    unsubscribe(server, "old");
    subscribe(server, "new");
    server.closes();

    ScriptedServer next = server.next().connect(KEEP);
    next.sent();
    next.accept(true);

    assertThat(next.sent())
        .satisfiesExactly(
            packet -> assertThat(((Subscribe) packet).entries()).isEqualTo(entries("new")),
            packet -> assertThat(((Unsubscribe) packet).filters()).containsExactly("old"));
  }

  @Test
  void subscriptionsAreForgottenWhereTheCallerMakesThemAgain() {
    ScriptedServer server = ScriptedServer.connected();
    subscribe(server, "a");
    server.closes();

    ScriptedServer next = server.next().connect(o -> o.resubscribe(false));
    next.sent();
    next.accept(false);

    assertThat(next.sent()).isEmpty();
    assertThat(next.session.subscriptions().size()).isZero();
  }

  @Test
  void manySubscriptionsAreMadeAgainInPacketsThatTheServerTakes() {
    ScriptedServer server = ScriptedServer.connected();
    for (int i = 0; i < 100; i++) {
      subscribe(server, "filter/" + i);
    }
    subscribe(server, "x".repeat(100));
    server.closes();

    ScriptedServer next = server.next().connect(o -> o);
    next.sent();
    next.accept(false, Properties.EMPTY.with(Property.MAXIMUM_PACKET_SIZE, 64));

    List<MqttPacket> sent = next.sent();
    assertThat(sent.stream().mapToInt(p -> ((Subscribe) p).entries().size()).sum()).isEqualTo(100);
    assertThat(sent).extracting(MqttPacket::packetId).doesNotHaveDuplicates();
    assertThat(next.events())
        .last()
        .satisfies(
            e ->
                assertThat(((ClientEvent.Subscribed) e).reasonCodes())
                    .containsExactly(ReasonCode.PACKET_TOO_LARGE));
    assertThat(next.session.subscriptions().size()).isEqualTo(100);
  }

  @Test
  void identifiersOfUnansweredRequestsAreFreeAgainAfterTheConnection() {
    ScriptedServer server = ScriptedServer.connected(o -> o.resubscribe(false));
    for (int connection = 0; connection < 3; connection++) {
      for (int i = 0; i < 30_000; i++) {
        subscribe(server, "f" + i);
        server.client.outbox().clear();
      }
      server.closes();
      server = server.next().connect(o -> o.resubscribe(false)).accept(false);
    }
    assertThat(server.session.window.hasFreeId()).isTrue();
    assertThat(subscribe(server, "last")).isNotZero();
  }

  private static Publish again(String topic, QoS qos, int id) {
    return new Publish(
        TopicName.of(topic), Bytes.utf8("x"), qos, false, true, id, Properties.EMPTY);
  }

  private static Subscribe.Entry quiet(String filter) {
    return new Subscribe.Entry(
        filter, new SubscriptionOptions(AT_LEAST_ONCE, false, false, RetainHandling.SEND_IF_NEW));
  }
}
