package io.culvert.client;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.failure;
import static io.culvert.client.Awaited.next;
import static io.culvert.client.ConnectionChange.State.CONNECTED;
import static io.culvert.client.ConnectionChange.State.RECONNECTING;
import static io.culvert.client.Scene.answer;
import static io.culvert.client.Scene.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.UnsubAck;
import io.culvert.mqtt.wire.Unsubscribe;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What subscriptions send, and what becomes of each answer. */
class SubscribingTest {
  private final Scene scene = new Scene();

  @AfterEach
  void stop() throws Exception {
    scene.close();
  }

  @Test
  @Scenario({42, 78})
  void severalFiltersGoInOnePacketAndEachHasItsAnswer() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    Future<List<SubscribeOutcome>> subscribing =
        client.subscribe(
            List.of(
                SubscriptionRequest.of("a", QoS.EXACTLY_ONCE)
                    .handledBy(m -> received.add("first " + m.payloadAsText())),
                SubscriptionRequest.of("b/+", QoS.AT_LEAST_ONCE).withNoLocal().handledBy(null),
                SubscriptionRequest.of("c", QoS.AT_MOST_ONCE)
                    .handledBy(m -> received.add("third " + m.payloadAsText()))));
    Subscribe subscribe =
        answer(line, ReasonCode.GRANTED_QOS_1, ReasonCode.NOT_AUTHORIZED, ReasonCode.SUCCESS);
    assertThat(subscribe.entries())
        .extracting(Subscribe.Entry::filter)
        .containsExactly("a", "b/+", "c");
    assertThat(subscribe.entries().get(1).options().noLocal()).isTrue();
    int identifier = subscribe.properties().subscriptionIdentifiers()[0];

    List<SubscribeOutcome> outcomes = await(subscribing);
    assertThat(outcomes).extracting(SubscribeOutcome::filter).containsExactly("a", "b/+", "c");
    assertThat(outcomes)
        .extracting(SubscribeOutcome::grantedQos)
        .containsExactly(QoS.AT_LEAST_ONCE, null, QoS.AT_MOST_ONCE);
    MqttClientException refused = (MqttClientException) outcomes.get(1).failure();
    assertThat(refused.reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(refused).hasMessageContaining("b/+");

    Properties identified =
        Properties.builder().put(Property.SUBSCRIPTION_IDENTIFIER, identifier).build();
    line.send(
        message("c", "x", QoS.AT_MOST_ONCE, 0, identified),
        message("a", "y", QoS.AT_LEAST_ONCE, 1, identified));
    assertThat(next(received)).isEqualTo("third x");
    assertThat(next(received)).isEqualTo("first y");
    assertThat(line.read(PubAck.class).packetId()).isEqualTo(1);
  }

  @Test
  void filtersThatMayMatchTheSameMessageHaveIdentifiersOfTheirOwn() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    Future<List<SubscribeOutcome>> subscribing =
        client.subscribe(
            List.of(handled("a/#", received), handled("a/b", received), handled("c", received)));
    Subscribe wide = answer(line, ReasonCode.GRANTED_QOS_1, ReasonCode.GRANTED_QOS_1);
    Subscribe narrow = answer(line, ReasonCode.GRANTED_QOS_1);
    assertThat(wide.entries()).extracting(Subscribe.Entry::filter).containsExactly("a/#", "c");
    assertThat(narrow.entries()).extracting(Subscribe.Entry::filter).containsExactly("a/b");
    await(subscribing);

    for (Subscribe subscribe : List.of(wide, narrow)) { // the server may send a copy for each
      line.send(message("a/b", "x", QoS.AT_MOST_ONCE, 0, subscribe.properties()));
    }
    assertThat(List.of(next(received), next(received))).containsExactlyInAnyOrder("a/#", "a/b");
    await(client.publishQueueSize());
    assertThat(received).isEmpty();
  }

  @Test
  void afterATakeOverWhatIsSubscribedIsSubscribedAgain() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    Future<Subscription> subscribing = client.subscribe("a", QoS.AT_LEAST_ONCE, m -> {});
    answer(line, ReasonCode.GRANTED_QOS_1);
    await(subscribing);
    line.send(new Disconnect(ReasonCode.SESSION_TAKEN_OVER, Properties.EMPTY));
    HandServer.Line next = scene.server.accept(true);
    Subscribe again = answer(next, ReasonCode.GRANTED_QOS_1); // the session may be another's
    assertThat(again.entries()).extracting(Subscribe.Entry::filter).containsExactly("a");
    next.close();
    HandServer.Line last = scene.server.accept(true);
    for (ConnectionChange.State expected :
        List.of(RECONNECTING, CONNECTED, RECONNECTING, CONNECTED)) {
      assertThat(next(scene.changes).state()).isEqualTo(expected);
    }
    Future<Long> ping = client.ping();
    last.read(PingReq.class);
    last.send(PingResp.INSTANCE);
    await(ping);
  }

  @Test
  void messagesOfASubscriptionThatWasClosedWithoutAConnectionHoldUpNobody() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    Future<Subscription> first = client.subscribe("a", QoS.AT_LEAST_ONCE, m -> {});
    answer(line, ReasonCode.GRANTED_QOS_1);
    Future<Subscription> second =
        client.subscribe("b", QoS.AT_LEAST_ONCE, m -> received.add(m.payloadAsText()));
    answer(line, ReasonCode.GRANTED_QOS_1);
    await(second);
    line.close();
    assertThat(next(scene.changes).state()).isEqualTo(RECONNECTING);
    await(await(first).close());
    HandServer.Line resumed = scene.server.accept(true);
    resumed.send(
        message("a", "old", QoS.AT_LEAST_ONCE, 1, Properties.EMPTY),
        message("b", "x", QoS.AT_LEAST_ONCE, 2, Properties.EMPTY));
    assertThat(next(received)).isEqualTo("x");
    assertThat(resumed.read(Unsubscribe.class).filters()).containsExactly("a");
    assertThat(resumed.read(PubAck.class).packetId()).isEqualTo(1);
    assertThat(resumed.read(PubAck.class).packetId()).isEqualTo(2);
  }

  @Test
  void aCloseEndsWhenItsFilterIsSubscribedAgainWithoutAConnection() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    Future<Subscription> first = client.subscribe("a", QoS.AT_LEAST_ONCE, m -> {});
    answer(line, ReasonCode.GRANTED_QOS_1);
    Future<Void> closing = await(first).close();
    line.read(Unsubscribe.class);
    line.close();
    assertThat(next(scene.changes).state()).isEqualTo(RECONNECTING);
    Future<Subscription> again = client.subscribe("a", QoS.AT_LEAST_ONCE, m -> {});
    await(closing);
    answer(scene.server.accept(true), ReasonCode.GRANTED_QOS_1);
    await(again);
  }

  @Test
  void aFilterThatIsSubscribedAndClosedQuicklyTwiceHoldsUpNothing() throws Exception {
    MqttClient client = scene.client(scene.options().setCleanStart(false));
    Future<?> connecting = client.connect();
    HandServer.Line line = scene.server.accept(true);
    await(connecting);
    BlockingQueue<String> wide = new LinkedBlockingQueue<>();
    Future<?> other = client.subscribe("a/#", QoS.AT_LEAST_ONCE, m -> wide.add(m.payloadAsText()));
    Properties ofWide = answer(line, ReasonCode.GRANTED_QOS_1).properties();
    await(other);

    Future<Void> firstClosed = client.subscribe("a/b", QoS.AT_LEAST_ONCE, m -> {}).map(s -> null);
    Subscribe first = answer(line, ReasonCode.GRANTED_QOS_1);
    await(firstClosed);
    Future<Void> closing = client.unsubscribe("a/b");
    Future<Subscription> again = client.subscribe("a/b", QoS.AT_LEAST_ONCE, m -> {});
    Future<Void> closingAgain = client.unsubscribe("a/b");
    assertThat(failure(again).failure()).isEqualTo(MqttClientFailure.CLOSED);
    Unsubscribe leave = line.read(Unsubscribe.class);
    Subscribe second = line.read(Subscribe.class);
    Unsubscribe leaveAgain = line.read(Unsubscribe.class);
    line.send(
        unsubAck(leave),
        message("a/b", "1", QoS.AT_LEAST_ONCE, 1, first.properties()),
        subAck(second, ReasonCode.GRANTED_QOS_1),
        message("a/b", "2", QoS.AT_LEAST_ONCE, 2, second.properties()),
        unsubAck(leaveAgain),
        message("a/b", "3", QoS.AT_LEAST_ONCE, 3, second.properties()),
        message("a/b", "4", QoS.AT_LEAST_ONCE, 4, ofWide));
    for (int id = 1; id <= 4; id++) {
      assertThat(line.read(PubAck.class).packetId()).isEqualTo(id);
    }
    await(closing);
    await(closingAgain);
    assertThat(next(wide)).as("only its own copy").isEqualTo("4");
    assertThat(wide).isEmpty();
  }

  @Test
  void theSameFilterTwiceIsAskedForTwice() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    Future<List<SubscribeOutcome>> subscribing =
        client.subscribe(
            List.of(
                SubscriptionRequest.of("a", QoS.AT_LEAST_ONCE).handledBy(null),
                SubscriptionRequest.of("a", QoS.EXACTLY_ONCE).handledBy(null)));
    Subscribe first = line.read(Subscribe.class);
    Subscribe second = line.read(Subscribe.class);
    assertThat(second.properties()).isEqualTo(first.properties());
    line.send(subAck(first, ReasonCode.GRANTED_QOS_1), subAck(second, ReasonCode.NOT_AUTHORIZED));
    assertThat(await(subscribing))
        .extracting(SubscribeOutcome::isGranted)
        .containsExactly(true, false);
  }

  @Test
  void whatTheServerDoesNotTakeFailsAloneAndIsNotSent() throws Exception {
    MqttClient client = scene.client(scene.options());
    Future<?> connecting = client.connect();
    HandServer.Line line = scene.server.accept();
    line.read(Connect.class);
    Properties none = Properties.builder().put(Property.WILDCARD_SUBSCRIPTION_AVAILABLE, 0).build();
    line.send(new ConnAck(false, ReasonCode.SUCCESS, none));
    await(connecting);
    BlockingQueue<String> unused = new LinkedBlockingQueue<>();
    Future<List<SubscribeOutcome>> subscribing =
        client.subscribe(
            List.of(handled("a", unused), handled("b/#", unused), handled("c", unused)));
    answer(line, ReasonCode.GRANTED_QOS_1);
    answer(line, ReasonCode.GRANTED_QOS_1);
    List<SubscribeOutcome> outcomes = await(subscribing);
    assertThat(outcomes).extracting(SubscribeOutcome::isGranted).containsExactly(true, false, true);
    assertThat(((MqttClientException) outcomes.get(1).failure()).failure())
        .isEqualTo(MqttClientFailure.NOT_SUPPORTED);
  }

  @Test
  void severalFiltersBeforeTheConnectionGoWithIt() throws Exception {
    MqttClient client = scene.client(scene.options());
    BlockingQueue<String> unused = new LinkedBlockingQueue<>();
    Future<List<SubscribeOutcome>> subscribing =
        client.subscribe(List.of(handled("a", unused), handled("b", unused)));
    HandServer.Line line = scene.connect(client);
    Subscribe subscribe = answer(line, ReasonCode.GRANTED_QOS_1, ReasonCode.SUCCESS);
    assertThat(subscribe.entries()).hasSize(2);
    assertThat(await(subscribing))
        .extracting(SubscribeOutcome::grantedQos)
        .containsExactly(QoS.AT_LEAST_ONCE, QoS.AT_MOST_ONCE);
  }

  @Test
  @Scenario({44, 78})
  void eachOfTwoSubscribesOfOneFilterHasItsOwnAnswer() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    Future<Subscription> first = client.subscribe("a", QoS.AT_LEAST_ONCE, m -> {});
    Future<Subscription> second = client.subscribe("a", QoS.EXACTLY_ONCE, m -> {});
    Future<Subscription> joined = client.subscribe("a", QoS.EXACTLY_ONCE, m -> {});
    Subscribe one = line.read(Subscribe.class);
    Subscribe two = line.read(Subscribe.class);

    line.send(subAck(one, ReasonCode.GRANTED_QOS_1));
    Subscription granted = await(first);
    assertThat(granted.grantedQos()).isEqualTo(QoS.AT_LEAST_ONCE);
    assertThat(second.isComplete()).isFalse();
    line.send(subAck(two, ReasonCode.QUOTA_EXCEEDED));
    assertThat(failure(second).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    assertThat(failure(joined).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);

    Future<Void> closing = granted.close();
    Unsubscribe unsubscribe = line.read(Unsubscribe.class);
    line.send(new UnsubAck(unsubscribe.packetId(), List.of(ReasonCode.SUCCESS), Properties.EMPTY));
    await(closing);
  }

  @Test
  void answersThatWereLostComeWithTheNextConnection() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    Future<Subscription> first = client.subscribe("a", QoS.AT_LEAST_ONCE, m -> {});
    Future<Subscription> second = client.subscribe("a", QoS.EXACTLY_ONCE, m -> {});
    line.read(Subscribe.class);
    line.read(Subscribe.class);
    line.close();
    HandServer.Line again = scene.server.accept(true);
    Subscribe only = answer(again, ReasonCode.GRANTED_QOS_2);
    assertThat(only.entries().get(0).options().qos()).isEqualTo(QoS.EXACTLY_ONCE);
    assertThat(await(first).grantedQos()).isEqualTo(QoS.EXACTLY_ONCE);
    assertThat(await(second).grantedQos()).isEqualTo(QoS.EXACTLY_ONCE);
  }

  @Test
  @Scenario(45)
  void whatAnEarlierProcessHasLeftCanBeUnsubscribed() throws Exception {
    MqttClient client = scene.client(scene.options().setCleanStart(false));
    assertThat(failure(client.unsubscribe("old")).failure())
        .isEqualTo(MqttClientFailure.UNSUBSCRIBE_REFUSED);
    HandServer.Line line = scene.connect(client);
    Future<Void> had = client.unsubscribe("old");
    Future<Void> had2 = client.unsubscribe("old");
    Unsubscribe unsubscribe = line.read(Unsubscribe.class);
    line.send(new UnsubAck(unsubscribe.packetId(), List.of(ReasonCode.SUCCESS), Properties.EMPTY));
    await(had);
    await(had2);
    Future<Void> hadNot = client.unsubscribe("never");
    line.send(
        new UnsubAck(
            line.read(Unsubscribe.class).packetId(),
            List.of(ReasonCode.NO_SUBSCRIPTION_EXISTED),
            Properties.EMPTY));
    assertThat(failure(hadNot).reasonCode()).isEqualTo(ReasonCode.NO_SUBSCRIPTION_EXISTED);
  }

  private static HandledRequest handled(String filter, BlockingQueue<String> received) {
    return SubscriptionRequest.of(filter, QoS.AT_LEAST_ONCE)
        .handledBy(message -> received.add(filter));
  }

  private static UnsubAck unsubAck(Unsubscribe to) {
    return new UnsubAck(to.packetId(), List.of(ReasonCode.SUCCESS), Properties.EMPTY);
  }

  private static SubAck subAck(Subscribe to, ReasonCode code) {
    return new SubAck(to.packetId(), List.of(code), Properties.EMPTY);
  }
}
