package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients may do is asked at every place where a message or a subscription passes. */
class PermissionsTest {
  private final List<String> denials = new ArrayList<>();
  private final BrokerHarness harness =
      BrokerHarness.create(
          limits -> limits,
          new BrokerLog() {
            @Override
            public void denied(String clientId, @Nullable String user, String what, long now) {
              denials.add(clientId + " may not " + what);
            }

            @Override
            public void failed(Session session, RuntimeException failure) {
              throw failure;
            }
          });

  /** From now on nobody may do anything with topics that begin with this. */
  private void forbid(String start) {
    harness.broker.authorization(
        (clientId, userName, granted) -> new Forbidden(start), harness.clock.nowMillis());
    harness.run();
  }

  @ParameterizedTest
  @EnumSource
  void publishIsRefusedAndReachesNobody(MqttVersion version) {
    forbid("secret");
    TestClient watcher = harness.connect("w").subscribe("#", QoS.EXACTLY_ONCE);
    TestClient client = harness.connect(Packets.connect("c").version(version).build());
    ReasonCode says = version.isMqtt5() ? ReasonCode.NOT_AUTHORIZED : ReasonCode.SUCCESS;
    client.send(Packets.publish(1, "secret/a", "x", QoS.AT_LEAST_ONCE));
    assertThat(client.takeAll())
        .singleElement()
        .isInstanceOfSatisfying(PubAck.class, ack -> assertThat(ack.reasonCode()).isEqualTo(says));
    client.send(Packets.publish(2, "secret/a", "x", QoS.EXACTLY_ONCE));
    assertThat(client.takeAll())
        .singleElement()
        .isInstanceOfSatisfying(PubRec.class, ack -> assertThat(ack.reasonCode()).isEqualTo(says));
    client.publish("secret/a", "x");
    assertThat(watcher.takeAll()).isEmpty();
    client.publish("open", "y");
    assertThat(watcher.takePayloads()).containsExactly("y");
    assertThat(harness.broker.counters().denied()).isEqualTo(3);
    assertThat(denials).containsExactly("c may not publish to secret/a");
  }

  @Test
  void nothingForbiddenIsRetained() {
    forbid("secret");
    TestClient client = harness.connect("c");
    client.send(Packets.publish("secret/a", "x").retain().build());
    assertThat(harness.broker.retainedCount()).isZero();
    client.send(Packets.publish("open", "x").retain().build());
    assertThat(harness.broker.retainedCount()).isEqualTo(1);
  }

  @Test
  void subscriptionIsRefusedAndOthersInTheSamePacketAreGranted() {
    forbid("secret");
    TestClient client = harness.connect("c");
    client.send(
        Packets.subscribe(
            1,
            Packets.entry("secret/a", QoS.AT_LEAST_ONCE),
            Packets.entry("open", QoS.AT_LEAST_ONCE)));
    assertThat(client.takeAll())
        .singleElement()
        .isInstanceOfSatisfying(
            SubAck.class,
            ack ->
                assertThat(ack.reasonCodes())
                    .containsExactly(ReasonCode.NOT_AUTHORIZED, ReasonCode.GRANTED_QOS_1));
    assertThat(harness.broker.subscriptionCount()).isEqualTo(1);
    assertThat(denials).containsExactly("c may not subscribe to secret/a");
  }

  @Test
  void willIsRefusedWithItsConnect() {
    forbid("secret");
    TestClient client = harness.open();
    client.send(Packets.connect("c").will("secret/a", "x").build());
    assertThat(client.takeAll())
        .singleElement()
        .isInstanceOfSatisfying(
            ConnAck.class,
            ack -> assertThat(ack.reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED));
    assertThat(client.isClosed()).isTrue();
    assertThat(harness.broker.sessionCount()).isZero();
    assertThat(denials).containsExactly("c may not leave a Will to secret/a");
  }

  @Test
  void willThatMayNotBePublishedAnyMoreIsNot() {
    TestClient watcher = harness.connect("w").subscribe("#", QoS.AT_LEAST_ONCE);
    TestClient client = harness.connect(Packets.connect("c").will("secret/a", "x").build());
    forbid("secret");
    client.lose();
    assertThat(watcher.takeAll()).isEmpty();
  }

  @Test
  void liveMessagesThatASubscriberMayNotReadAreLeftOut() {
    TestClient watcher = harness.connect("w");
    watcher.subscribe("secret/#", QoS.AT_LEAST_ONCE).subscribe("#", QoS.AT_MOST_ONCE);
    TestClient client = harness.connect("c");
    client.publish("secret/a", "1");
    assertThat(watcher.takePayloads()).containsExactly("1");
    onlyWritersMay();
    client.publish("secret/a", "2").publish("open", "3");
    assertThat(watcher.takePayloads()).containsExactly("3");
    assertThat(harness.broker.counters().dropped(DropReason.NOT_PERMITTED)).isEqualTo(1);
  }

  @Test
  void messagesThatWaitedAreLeftOutWhenTheRightHasGone() {
    TestClient watcher = harness.resume("w").subscribe("#", QoS.EXACTLY_ONCE);
    TestClient client = harness.connect("c");
    client.send(Packets.publish(1, "secret/a", "unacknowledged", QoS.AT_LEAST_ONCE));
    assertThat(watcher.takePayloads()).containsExactly("unacknowledged");
    watcher.lose();
    client.send(
        Packets.publish(2, "secret/a", "queued", QoS.AT_LEAST_ONCE),
        Packets.publish(3, "open", "open", QoS.AT_LEAST_ONCE));
    onlyWritersMay();
    assertThat(harness.resumeWithMessages("w").takePayloads()).containsExactly("open");
    assertThat(harness.session("w").inFlight()).isEqualTo(1);
    assertThat(harness.broker.counters().dropped(DropReason.NOT_PERMITTED)).isEqualTo(2);
  }

  @Test
  void retainedMessagesThatASubscriberMayNotReadAreLeftOut() {
    TestClient client = harness.connect("c");
    for (String topic : List.of("secret/a", "open/a", "secret/b", "open/b")) {
      client.send(Packets.publish(topic, topic).retain().build());
    }
    onlyWritersMay();
    TestClient watcher = harness.connect("w");
    watcher.send(Packets.subscribe(1, "#", QoS.AT_LEAST_ONCE));
    watcher.takeFirst(SubAck.class);
    assertThat(watcher.takePayloads()).containsExactlyInAnyOrder("open/a", "open/b");
  }

  @Test
  void sharedSubscriptionEndsWhenItsRightHasGoneAndOthersGetItsMessages() {
    TestClient one = harness.connect("one").subscribe("$share/g/secret/#", QoS.AT_LEAST_ONCE);
    TestClient two = harness.connect("c-two").subscribe("$share/g/secret/#", QoS.AT_LEAST_ONCE);
    onlyWritersMay();
    TestClient client = harness.connect("c");
    for (int i = 0; i < 4; i++) {
      client.send(Packets.publish(i + 1, "secret/a", "" + i, QoS.AT_LEAST_ONCE));
    }
    assertThat(one.takeAll()).isEmpty();
    assertThat(two.takePayloads()).containsExactly("0", "1", "2", "3");
  }

  @Test
  void sessionThatComesBackWithoutTheRightLosesItsSharedSubscription() {
    TestClient one = harness.resume("one").subscribe("$share/g/secret/#", QoS.AT_LEAST_ONCE);
    one.lose();
    onlyWritersMay();
    TestClient two = harness.connect("c-two").subscribe("$share/g/secret/#", QoS.AT_LEAST_ONCE);
    harness.connect("c").send(Packets.publish(1, "secret/a", "x", QoS.AT_LEAST_ONCE));
    assertThat(harness.resumeWithMessages("one").takeAll()).isEmpty();
    assertThat(two.takePayloads()).containsExactly("x");
  }

  /** Clients whose identifier begins with "c" may still do everything, others nothing "secret". */
  private void onlyWritersMay() {
    harness.broker.authorization(
        (clientId, userName, granted) ->
            clientId.startsWith("c") ? Permissions.EVERYTHING : new Forbidden("secret"),
        harness.clock.nowMillis());
    harness.run();
  }

  @Test
  void denialSaysItsReasonWhereThePacketKnowsIt() {
    denyWith(ReasonCode.QUOTA_EXCEEDED);
    TestClient client = harness.connect("c");
    assertThat(refusals(client))
        .containsExactly(
            ReasonCode.QUOTA_EXCEEDED, ReasonCode.QUOTA_EXCEEDED, ReasonCode.QUOTA_EXCEEDED);
    assertThat(refusalOfWill()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReasonCode.class,
      names = {"BANNED", "SESSION_TAKEN_OVER", "GRANTED_QOS_1", "NO_MATCHING_SUBSCRIBERS"})
  void denialWithAReasonOfOtherPacketsIsNotAuthorized(ReasonCode code) {
    denyWith(code);
    TestClient client = harness.connect("c");
    assertThat(refusals(client)).containsOnly(ReasonCode.NOT_AUTHORIZED);
    assertThat(refusalOfWill())
        .isEqualTo(code == ReasonCode.BANNED ? code : ReasonCode.NOT_AUTHORIZED);
  }

  @Test
  void whatNobodyHasAnOpinionOfIsDenied() {
    denyWith(null);
    TestClient client = harness.connect("c");
    assertThat(refusals(client)).containsOnly(ReasonCode.NOT_AUTHORIZED);
    assertThat(harness.broker.counters().denied()).isEqualTo(3);
  }

  @Test
  void earlierVersionsAreAnsweredAsBefore() {
    denyWith(ReasonCode.QUOTA_EXCEEDED);
    TestClient client =
        harness.connect(Packets.connect("c").version(MqttVersion.MQTT_3_1_1).build());
    assertThat(refusals(client))
        .containsExactly(ReasonCode.SUCCESS, ReasonCode.SUCCESS, ReasonCode.UNSPECIFIED_ERROR);
  }

  private void denyWith(@Nullable ReasonCode code) {
    harness.broker.authorization(
        (clientId, userName, granted) -> new Answering(code), harness.clock.nowMillis());
    harness.run();
  }

  /** What PUBACK, PUBREC and SUBACK say. */
  private static List<ReasonCode> refusals(TestClient client) {
    client.send(Packets.publish(1, "a", "x", QoS.AT_LEAST_ONCE));
    client.send(Packets.publish(2, "a", "x", QoS.EXACTLY_ONCE));
    client.send(Packets.subscribe(3, "a", QoS.AT_LEAST_ONCE));
    List<ReasonCode> codes = new ArrayList<>();
    codes.add(client.takeFirst(PubAck.class).reasonCode());
    codes.add(client.takeFirst(PubRec.class).reasonCode());
    codes.addAll(client.takeFirst(SubAck.class).reasonCodes());
    return codes;
  }

  private ReasonCode refusalOfWill() {
    TestClient client = harness.open();
    client.send(Packets.connect("will").will("a", "x").build());
    return client.takeFirst(ConnAck.class).reasonCode();
  }

  private record Forbidden(String start) implements Permissions {
    @Override
    public ReasonCode publish(TopicName topic, QoS qos, boolean retain) {
      return answer(topic.toString());
    }

    @Override
    public ReasonCode subscribe(TopicFilter filter, QoS qos) {
      return answer(new String(filter.levels().toByteArray(), StandardCharsets.UTF_8));
    }

    @Override
    public ReasonCode receive(TopicName topic) {
      return answer(topic.toString());
    }

    private ReasonCode answer(String topic) {
      return topic.startsWith(start) ? ReasonCode.NOT_AUTHORIZED : ReasonCode.SUCCESS;
    }
  }
}
