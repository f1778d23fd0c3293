package io.culvert.mqtt.client;

import static io.culvert.mqtt.client.PublishTest.refusal;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_10_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT3_3_8_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_10_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_10_3_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_10_4_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_11_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_8_3_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_8_3_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_8_3_4;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_8_4_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_8_4_6;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_8_4_7;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_7_1_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.UnsubAck;
import io.culvert.mqtt.wire.Unsubscribe;
import io.culvert.mqtt.wire.Wire;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SubscribeTest {
  @Test
  @Scenario(42)
  void subscribingAndUnsubscribingUseOneIdentifierEach() {
    ScriptedServer server = ScriptedServer.connected();

    int first = subscribe(server, "a", "b/#");
    assertThat(first).isEqualTo(1);
    assertThat(server.sent())
        .containsExactly(new Subscribe(1, entries("a", "b/#"), Properties.EMPTY));
    server.sends(subAck(1, ReasonCode.SUCCESS, ReasonCode.GRANTED_QOS_1));
    assertThat(server.events())
        .containsExactly(
            new ClientEvent.Subscribed(
                1,
                entries("a", "b/#"),
                List.of(ReasonCode.SUCCESS, ReasonCode.GRANTED_QOS_1),
                Properties.EMPTY,
                false));

    assertThat(unsubscribe(server, "a")).isEqualTo(2);
    assertThat(unsubscribe(server, "b/#")).isEqualTo(3);
    assertThat(server.sent())
        .containsExactly(
            new Unsubscribe(2, List.of("a"), Properties.EMPTY),
            new Unsubscribe(3, List.of("b/#"), Properties.EMPTY));
    server.sends(unsubAck(3, ReasonCode.SUCCESS), unsubAck(2, ReasonCode.NO_SUBSCRIPTION_EXISTED));
    assertThat(server.events())
        .containsExactly(
            new ClientEvent.Unsubscribed(
                3, List.of("b/#"), List.of(ReasonCode.SUCCESS), Properties.EMPTY),
            new ClientEvent.Unsubscribed(
                2, List.of("a"), List.of(ReasonCode.NO_SUBSCRIPTION_EXISTED), Properties.EMPTY));
    assertThat(server.session.subscriptions().size()).isZero();
  }

  @Test
  @Scenario(43)
  void secondSubscribeOfAFilterIsOnlyCounted() {
    ScriptedServer server = ScriptedServer.connected();
    server.sends(subAck(subscribe(server, "a"), ReasonCode.SUCCESS));
    server.sent();

    assertThat(subscribe(server, "a")).isZero();
    assertThat(server.sent()).isEmpty();
    assertThat(server.session.subscriptions().find("a").count()).isEqualTo(2);

    assertThat(unsubscribe(server, "a")).isZero();
    assertThat(server.sent()).isEmpty();
    assertThat(unsubscribe(server, "a")).isNotZero();
    assertThat(server.sent(Unsubscribe.class).filters()).containsExactly("a");
  }

  @Test
  void onlyTheNewFiltersOfAListAreSent() {
    ScriptedServer server = ScriptedServer.connected();
    subscribe(server, "a");
    server.sent();

    subscribe(server, "a", "b");

    assertThat(server.sent(Subscribe.class).entries()).isEqualTo(entries("b"));
  }

  @Test
  @Scenario(44)
  void otherOptionsOrIdentifierOfAFilterAreSent() {
    ScriptedServer server = ScriptedServer.connected();
    subscribe(server, "a");
    server.sent();
    List<Subscribe.Entry> other =
        List.of(new Subscribe.Entry("a", SubscriptionOptions.of(QoS.EXACTLY_ONCE)));

    assertThat(server.client.subscribe(other, Properties.EMPTY, server.now)).isNotZero();
    assertThat(server.sent(Subscribe.class).entries()).isEqualTo(other);
    Properties identifier = Properties.EMPTY.with(Property.SUBSCRIPTION_IDENTIFIER, 9);
    assertThat(server.client.subscribe(other, identifier, server.now)).isNotZero();
    assertThat(server.sent(Subscribe.class).properties()).isEqualTo(identifier);
    assertThat(server.session.subscriptions().find("a").count()).isEqualTo(3);
  }

  @Test
  @Scenario(45)
  void unsubscribingFromAnUnknownFilterIsRefusedAndCountsNothing() {
    ScriptedServer server = ScriptedServer.connected();
    subscribe(server, "a");
    server.sent();

    assertThat(refusal(() -> unsubscribe(server, "b"))).isEqualTo(Refusal.NO_SUBSCRIPTION);
    assertThat(refusal(() -> unsubscribe(server, "a", "a"))).isEqualTo(Refusal.NO_SUBSCRIPTION);
    assertThat(refusal(() -> unsubscribe(server, "a", "b"))).isEqualTo(Refusal.NO_SUBSCRIPTION);

    assertThat(server.sent()).isEmpty();
    assertThat(server.session.subscriptions().find("a").count()).isEqualTo(1);
    assertThat(unsubscribe(server, "a")).isNotZero();
    assertThat(refusal(() -> unsubscribe(server, "a"))).isEqualTo(Refusal.NO_SUBSCRIPTION);
  }

  @Test
  @Scenario(45)
  void whatAnEarlierClientHasLeftCanBeUnsubscribed() {
    ScriptedServer server = ScriptedServer.connected(o -> o.cleanStart(false));
    subscribe(server, "a");
    server.sent();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.client.leave(List.of("a"), Properties.EMPTY, server.now));
    server.client.leave(List.of("b"), Properties.EMPTY, server.now);
    assertThat(server.sent(Unsubscribe.class).filters()).containsExactly("b");

    ScriptedServer next = server.closes().next();
    next.connect(o -> o.cleanStart(false)).sent();
    next.accept(true);
    assertThat(next.sent()).as("nobody has answered").hasSize(2);
    assertThat(next.session.subscriptions().find("b")).isNull();
  }

  @Test
  @Normative(MQTT5_3_8_4_6)
  @Scenario(77)
  void subAckWithTheWrongNumberOfCodesIsAViolation() {
    ScriptedServer server = ScriptedServer.connected();
    int id = subscribe(server, "a");

    server.sends(subAck(id, ReasonCode.SUCCESS, ReasonCode.SUCCESS));

    assertThat(ConnectTest.violation(server)).isEqualTo(Statement.MQTT5_3_8_4_6);
  }

  @Test
  @Normative({MQTT5_3_8_4_2, MQTT5_3_10_4_4, MQTT5_3_11_3_1})
  void answersToWhatWasNotAskedAreViolations() {
    ScriptedServer wrongId = ScriptedServer.connected();
    wrongId.sends(subAck(subscribe(wrongId, "a") + 1, ReasonCode.SUCCESS));
    assertThat(ConnectTest.violation(wrongId)).isEqualTo(Statement.MQTT5_3_8_4_2);

    ScriptedServer wrongType = ScriptedServer.connected();
    wrongType.sends(unsubAck(subscribe(wrongType, "a"), ReasonCode.SUCCESS));
    assertThat(ConnectTest.violation(wrongType)).isEqualTo(Statement.MQTT5_3_10_4_4);

    ScriptedServer wrongCount = ScriptedServer.connected();
    subscribe(wrongCount, "a");
    wrongCount.sends(
        unsubAck(unsubscribe(wrongCount, "a"), ReasonCode.SUCCESS, ReasonCode.SUCCESS));
    assertThat(ConnectTest.violation(wrongCount)).isEqualTo(Statement.MQTT5_3_11_3_1);
  }

  @Test
  @Normative(MQTT5_3_8_4_7)
  @Scenario(78)
  void failureSurfacesPerFilterAndRemovesTheSubscription() {
    ScriptedServer server = ScriptedServer.connected();
    int id = subscribe(server, "a", "b", "c");

    server.sends(
        subAck(id, ReasonCode.SUCCESS, ReasonCode.NOT_AUTHORIZED, ReasonCode.GRANTED_QOS_2));

    assertThat(server.event(ClientEvent.Subscribed.class).reasonCodes())
        .containsExactly(ReasonCode.SUCCESS, ReasonCode.NOT_AUTHORIZED, ReasonCode.GRANTED_QOS_2);
    assertThat(server.session.subscriptions().all())
        .extracting(s -> s.filter().text())
        .containsExactly("a", "c");
  }

  @Test
  void failureOfNewOptionsLeavesTheOldOnes() {
    ScriptedServer server = ScriptedServer.connected();
    server.sends(subAck(subscribe(server, "a"), ReasonCode.SUCCESS));
    Subscription before = server.session.subscriptions().find("a");
    List<Subscribe.Entry> other =
        List.of(new Subscribe.Entry("a", SubscriptionOptions.of(QoS.EXACTLY_ONCE)));
    int id = server.client.subscribe(other, Properties.EMPTY, server.now);

    server.sends(subAck(id, ReasonCode.NOT_AUTHORIZED));

    assertThat(server.session.subscriptions().find("a")).isEqualTo(before);
  }

  @Test
  @Scenario({44, 78})
  void eachOfTwoSubscribesOfOneFilterCountsForItself() {
    for (boolean firstAnswersFirst : List.of(true, false)) {
      ScriptedServer server = ScriptedServer.connected();
      int granted = subscribe(server, "a");
      int refused = server.client.subscribe(entry("a", QoS.EXACTLY_ONCE), Properties.EMPTY, 0);
      SubAck good = subAck(granted, ReasonCode.GRANTED_QOS_1);
      SubAck bad = subAck(refused, ReasonCode.NOT_AUTHORIZED);

      server.sends(firstAnswersFirst ? good : bad, firstAnswersFirst ? bad : good);

      Subscription left = server.session.subscriptions().find("a");
      assertThat(left.options().qos()).as("what the server has").isEqualTo(QoS.AT_LEAST_ONCE);
      assertThat(left.confirmed()).isTrue();
      assertThat(left.count()).isEqualTo(1);
      assertThat(unsubscribe(server, "a")).isNotZero();
    }
  }

  @Test
  void theLastOfTwoGrantsHolds() {
    ScriptedServer server = ScriptedServer.connected();
    int first = subscribe(server, "a");
    int second = server.client.subscribe(entry("a", QoS.EXACTLY_ONCE), Properties.EMPTY, 0);

    server.sends(subAck(second, ReasonCode.GRANTED_QOS_2), subAck(first, ReasonCode.GRANTED_QOS_1));

    Subscription left = server.session.subscriptions().find("a");
    assertThat(left.options().qos()).isEqualTo(QoS.EXACTLY_ONCE);
    assertThat(left.confirmed()).isTrue();
    assertThat(left.count()).isEqualTo(2);
  }

  @Test
  void whoJoinsASubscribeUnderWayIsRefusedWithIt() {
    ScriptedServer server = ScriptedServer.connected();
    int id = subscribe(server, "a");
    assertThat(subscribe(server, "a")).isZero();

    server.sends(subAck(id, ReasonCode.NOT_AUTHORIZED));

    assertThat(server.session.subscriptions().size()).isZero();
  }

  @Test
  void unsubAckBeforeMqtt5MeansSuccessForAll() {
    ScriptedServer server = ScriptedServer.connected(o -> o.version(MqttVersion.MQTT_3_1_1));
    subscribe(server, "a", "b");
    int id = unsubscribe(server, "a", "b");

    server.sends(new UnsubAck(id, List.of(), Properties.EMPTY));

    assertThat(server.event(ClientEvent.Unsubscribed.class).reasonCodes())
        .containsExactly(ReasonCode.SUCCESS, ReasonCode.SUCCESS);
  }

  @Test
  void whatTheServerDoesNotHaveIsRefusedBeforeItIsSent() {
    Properties none =
        Properties.builder()
            .put(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 0)
            .put(Property.SHARED_SUBSCRIPTION_AVAILABLE, 0)
            .put(Property.SUBSCRIPTION_IDENTIFIERS_AVAILABLE, 0)
            .put(Property.MAXIMUM_PACKET_SIZE, 20)
            .build();
    ScriptedServer server = ScriptedServer.connected(o -> o, none);

    assertThat(refusal(() -> subscribe(server, "ok", "a/#")))
        .isEqualTo(Refusal.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED);
    assertThat(refusal(() -> subscribe(server, "$share/g/a")))
        .isEqualTo(Refusal.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED);
    Properties identifier = Properties.EMPTY.with(Property.SUBSCRIPTION_IDENTIFIER, 1);
    assertThat(refusal(() -> server.client.subscribe(entries("a"), identifier, server.now)))
        .isEqualTo(Refusal.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED);
    assertThat(refusal(() -> subscribe(server, "a".repeat(20))))
        .isEqualTo(Refusal.PACKET_TOO_LARGE);
    assertThat(server.sent()).isEmpty();
    assertThat(server.session.subscriptions().size()).isZero();
    assertThat(subscribe(server, "ok")).isEqualTo(1);
  }

  @Test
  void subscriptionIdentifiersDoNotExistBeforeMqtt5() {
    ScriptedServer server = ScriptedServer.connected(o -> o.version(MqttVersion.MQTT_3_1_1));
    Properties identifier = Properties.EMPTY.with(Property.SUBSCRIPTION_IDENTIFIER, 1);

    assertThat(refusal(() -> server.client.subscribe(entries("a"), identifier, server.now)))
        .isEqualTo(Refusal.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED);
  }

  @Test
  @Normative({MQTT5_4_7_1_1, MQTT5_3_8_3_4, MQTT5_3_8_3_2, MQTT5_3_10_3_2})
  void filtersThatNobodyMaySendAreOurOwnFault() {
    ScriptedServer server = ScriptedServer.connected();

    assertThatIllegalArgumentException().isThrownBy(() -> subscribe(server, "ok", "a/#/b"));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                server.client.subscribe(
                    List.of(
                        new Subscribe.Entry(
                            "$share/g/a",
                            new SubscriptionOptions(
                                QoS.AT_MOST_ONCE, true, false, RetainHandling.SEND))),
                    Properties.EMPTY,
                    server.now));
    assertThatIllegalArgumentException().isThrownBy(() -> subscribe(server));
    assertThatIllegalArgumentException().isThrownBy(() -> unsubscribe(server));
    Properties foreign = Properties.EMPTY.with(Property.TOPIC_ALIAS, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> server.client.subscribe(entries("a"), foreign, server.now));
    assertThat(server.sent()).isEmpty();
    assertThat(server.session.subscriptions().size()).isZero();
    assertThat(server.client.state()).isEqualTo(ClientState.CONNECTED);
  }

  @Test
  @Normative({MQTT5_3_8_3_1, MQTT5_3_10_3_1, MQTT3_3_8_3_1, MQTT3_3_10_3_1})
  void filtersAreUtf8Strings() {
    for (MqttVersion version : MqttVersion.values()) {
      ScriptedServer server = ScriptedServer.connected(o -> o.version(version));
      subscribe(server, "ä");
      unsubscribe(server, "ä");

      String properties = version.isMqtt5() ? "00" : "";
      assertThat(Wire.drained(server.client.outbox()).toHex())
          .isEqualTo(
              "820"
                  + (version.isMqtt5() ? 8 : 7)
                  + "0001"
                  + properties
                  + "0002c3a401"
                  + "a20"
                  + (version.isMqtt5() ? 7 : 6)
                  + "0002"
                  + properties
                  + "0002c3a4");
      assertThatIllegalArgumentException().isThrownBy(() -> subscribe(server, "a\u0000"));
      assertThatIllegalArgumentException().isThrownBy(() -> subscribe(server, "\ud800"));
    }
  }

  @Test
  void subscriptionsKnowWhatTheyMatch() {
    ScriptedServer server = ScriptedServer.connected();
    subscribe(server, "a/+", "#", "$share/g/b", "$SYS/x");
    Subscriptions subscriptions = server.session.subscriptions();

    assertThat(matching(subscriptions, "a/1")).containsExactly("a/+", "#");
    assertThat(matching(subscriptions, "b")).containsExactly("#", "$share/g/b");
    assertThat(matching(subscriptions, "$SYS/x")).containsExactly("$SYS/x");
    assertThat(subscriptions.matches(TopicName.of("$SYS/y"))).isFalse();
    assertThat(subscriptions.matches(TopicName.of("z"))).isTrue();
  }

  private static List<String> matching(Subscriptions subscriptions, String topic) {
    return subscriptions.matching(TopicName.of(topic)).stream()
        .map(s -> s.filter().text())
        .toList();
  }

  static int subscribe(ScriptedServer server, String... filters) {
    return server.client.subscribe(entries(filters), Properties.EMPTY, server.now);
  }

  static int unsubscribe(ScriptedServer server, String... filters) {
    return server.client.unsubscribe(List.of(filters), Properties.EMPTY, server.now);
  }

  private static List<Subscribe.Entry> entry(String filter, QoS qos) {
    return List.of(new Subscribe.Entry(filter, SubscriptionOptions.of(qos)));
  }

  static List<Subscribe.Entry> entries(String... filters) {
    return Stream.of(filters)
        .map(f -> new Subscribe.Entry(f, SubscriptionOptions.of(QoS.AT_LEAST_ONCE)))
        .toList();
  }

  static SubAck subAck(int id, ReasonCode... codes) {
    return new SubAck(id, List.of(codes), Properties.EMPTY);
  }

  static UnsubAck unsubAck(int id, ReasonCode... codes) {
    return new UnsubAck(id, List.of(codes), Properties.EMPTY);
  }
}
