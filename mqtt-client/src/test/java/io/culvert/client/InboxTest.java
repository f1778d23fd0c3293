package io.culvert.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxTest {
  private static final int RECEIVE_MAXIMUM = 10;

  private final Inbox inbox = new Inbox(100, 1 << 20, RECEIVE_MAXIMUM, 1);
  private final List<String> acknowledged = new ArrayList<>();

  private Receiver receiver(String filter, int identifier, List<String> taken) {
    return inbox.add(
        TopicFilter.parse(filter),
        identifier,
        false,
        arrival -> taken.add(Bytes.wrap(arrival.payload).toUtf8()));
  }

  private void connect(boolean sessionPresent) {
    connect(inbox, sessionPresent);
  }

  private void connect(Inbox to, boolean sessionPresent) {
    to.connected(
        sessionPresent, (id, code) -> acknowledged.add(id + (code.isError() ? " " + code : "")));
  }

  /** With one QoS 2 message that waits, unanswered. */
  private Receiver pausedReceiver(List<String> taken) {
    Receiver paused = receiver("a", 0, taken);
    paused.pause();
    connect(false);
    receive("a", "x", QoS.EXACTLY_ONCE, 1);
    return paused;
  }

  private void receive(String topic, String payload, QoS qos, int id, int... identifiers) {
    receive(inbox, topic, payload, qos, id, identifiers);
  }

  private static void receive(
      Inbox by, String topic, String payload, QoS qos, int id, int... identifiers) {
    receive(by, topic, payload, qos, /* dup= */ false, id, identifiers);
  }

  /** As a server sends it again. */
  private void repeat(String topic, String payload, int id) {
    receive(inbox, topic, payload, QoS.EXACTLY_ONCE, /* dup= */ true, id);
  }

  private static void receive(
      Inbox by, String topic, String payload, QoS qos, boolean dup, int id, int... identifiers) {
    Properties.Builder properties = Properties.builder();
    for (int identifier : identifiers) {
      properties.put(Property.SUBSCRIPTION_IDENTIFIER, identifier);
    }
    by.received(
        new Publish(
            TopicName.of(topic), Bytes.utf8(payload), qos, false, dup, id, properties.build()));
  }

  @Test
  void aMessageGoesToThoseWhoseIdentifiersItHas() {
    List<String> one = new ArrayList<>();
    List<String> two = new ArrayList<>();
    receiver("a/#", 1, one);
    receiver("a/+", 2, two);
    connect(false);
    receive("a/b", "x", QoS.AT_LEAST_ONCE, 1, 1);
    receive("a/b", "x", QoS.AT_LEAST_ONCE, 2, 2);
    receive("a/b", "both", QoS.AT_LEAST_ONCE, 3, 1, 2);
    assertThat(one).containsExactly("x", "both");
    assertThat(two).containsExactly("x", "both");
    assertThat(acknowledged).containsExactly("1", "2", "3");
  }

  @Test
  void anIdentifierOfAnEarlierProcessDoesNotMislead() {
    List<String> a = new ArrayList<>();
    List<String> b = new ArrayList<>();
    receiver("b", 1, b);
    receiver("a", 2, a);
    connect(true);
    receive("a", "x", QoS.AT_LEAST_ONCE, 1, 1);
    assertThat(a).containsExactly("x");
    assertThat(b).isEmpty();
  }

  @Test
  void withoutIdentifiersTheFilterDecides() {
    List<String> one = new ArrayList<>();
    List<String> shared = new ArrayList<>();
    receiver("a/#", 0, one);
    receiver("$share/g/a/b", 0, shared);
    connect(false);
    receive("a/b", "x", QoS.AT_MOST_ONCE, 0);
    receive("a/c", "y", QoS.AT_MOST_ONCE, 0);
    assertThat(one).containsExactly("x", "y");
    assertThat(shared).containsExactly("x");
    assertThat(acknowledged).isEmpty();
  }

  @Test
  @Scenario(57)
  void acknowledgementWaitsForTheSlowestAndCarriesARefusal() {
    List<Arrival> inHand = new ArrayList<>();
    receiver("a", 0, new ArrayList<>());
    inbox.add(TopicFilter.parse("a"), 0, true, inHand::add);
    connect(false);
    receive("a", "x", QoS.AT_LEAST_ONCE, 7);
    assertThat(acknowledged).isEmpty();
    inbox.settled(inHand.get(0), ReasonCode.NOT_AUTHORIZED);
    assertThat(acknowledged).containsExactly("7 NOT_AUTHORIZED");
  }

  @Test
  void aPausedReceiverHoldsBackAcknowledgementsUntilOthersWouldBeHeldUp() {
    List<String> slow = new ArrayList<>();
    Receiver paused = receiver("s", 0, slow);
    paused.pause();
    connect(false);
    for (int i = 1; i < RECEIVE_MAXIMUM / 2; i++) {
      receive("s", "" + i, QoS.AT_LEAST_ONCE, i);
    }
    assertThat(acknowledged).isEmpty();
    receive("s", "5", QoS.AT_LEAST_ONCE, 5);
    receive("s", "6", QoS.AT_LEAST_ONCE, 6);
    assertThat(acknowledged).containsExactly("1", "2");
    paused.fetch(3);
    assertThat(slow).containsExactly("1", "2", "3");
    assertThat(acknowledged).containsExactly("1", "2", "3");
    paused.resume();
    assertThat(slow).hasSize(6);
    assertThat(acknowledged).containsExactly("1", "2", "3", "4", "5", "6");
    assertThat(inbox.unanswered()).isZero();
  }

  @Test
  void whenItsRoomIsUsedUpTheServerWaits() {
    Inbox small = new Inbox(2, 1 << 20, RECEIVE_MAXIMUM, 1);
    Receiver paused = small.add(TopicFilter.parse("s"), 0, false, arrival -> {});
    paused.pause();
    connect(small, false);
    for (int i = 1; i <= 9; i++) {
      receive(small, "s", "", QoS.AT_LEAST_ONCE, i);
    }
    assertThat(acknowledged).containsExactly("1", "2");
    assertThat(small.unanswered()).isEqualTo(7);
    for (int i = 0; i < 5; i++) {
      receive(small, "s", "", QoS.AT_MOST_ONCE, 0);
    }
    assertThat(paused.dropped()).as("QoS 0 has no room either").isEqualTo(5);
  }

  @Test
  void withoutABufferNothingIsAnsweredEarly() {
    Inbox strict = new Inbox(0, 1 << 20, RECEIVE_MAXIMUM, 1);
    Receiver paused = strict.add(TopicFilter.parse("s"), 0, false, arrival -> {});
    paused.pause();
    connect(strict, false);
    for (int i = 1; i <= RECEIVE_MAXIMUM; i++) {
      receive(strict, "s", "", QoS.AT_LEAST_ONCE, i);
    }
    assertThat(acknowledged).isEmpty();
    paused.resume();
    assertThat(acknowledged).hasSize(RECEIVE_MAXIMUM);
  }

  @Test
  void nobodyWantsIt() {
    connect(false);
    receive("a", "x", QoS.AT_LEAST_ONCE, 1);
    assertThat(acknowledged).containsExactly("1");
    assertThat(inbox.unwanted()).isEqualTo(1);
  }

  @Test
  void onAResumedSessionItWaitsForSomebody() {
    connect(true);
    receive("a", "x", QoS.AT_LEAST_ONCE, 1);
    receive("b", "y", QoS.AT_LEAST_ONCE, 2);
    assertThat(acknowledged).isEmpty();
    List<String> taken = new ArrayList<>();
    receiver("b", 0, taken);
    assertThat(taken).containsExactly("y");
    assertThat(acknowledged).containsExactly("2");
    List<String> others = new ArrayList<>();
    inbox.others(arrival -> others.add(arrival.topic.toString()), false);
    assertThat(others).containsExactly("a");
  }

  @Test
  void whatComesAfterAnUnsubscribeIsNotHeld() {
    connect(true);
    Receiver receiver = receiver("a", 0, new ArrayList<>());
    assertThat(inbox.remove(receiver)).isTrue();
    receive("a", "x", QoS.AT_LEAST_ONCE, 1);
    assertThat(acknowledged).containsExactly("1");
  }

  @Test
  void theCopyForASubscriptionThatEndsGoesToNobodyElse() {
    List<String> wide = new ArrayList<>();
    receiver("a/#", 1, wide);
    Receiver narrow = receiver("a/b", 2, new ArrayList<>());
    connect(false);
    assertThat(inbox.remove(narrow)).isTrue();
    receive("a/b", "x", QoS.AT_LEAST_ONCE, 1, 2);
    receive("a/b", "x", QoS.AT_LEAST_ONCE, 2, 1);
    assertThat(wide).containsExactly("x");
    assertThat(acknowledged).containsExactly("1", "2");
  }

  @Test
  void filtersOfOneSubscribeShareAnIdentifier() {
    List<String> one = new ArrayList<>();
    List<String> two = new ArrayList<>();
    Receiver first = receiver("a", 1, one);
    receiver("b/+", 1, two);
    connect(false);
    receive("a", "x", QoS.AT_LEAST_ONCE, 1, 1);
    receive("b/c", "y", QoS.AT_LEAST_ONCE, 2, 1);
    assertThat(one).containsExactly("x");
    assertThat(two).containsExactly("y");
    assertThat(inbox.remove(first)).isTrue();
    inbox.left("a");
    assertThat(inbox.isInUse(1)).isTrue();
    receive("b/c", "z", QoS.AT_LEAST_ONCE, 3, 1);
    assertThat(two).containsExactly("y", "z");
  }

  @Test
  void whatNobodyElseWantsMayBeAcknowledgedByHand() {
    List<Arrival> inHand = new ArrayList<>();
    inbox.others(inHand::add, true);
    connect(true);
    receive("a", "x", QoS.AT_LEAST_ONCE, 1);
    assertThat(acknowledged).isEmpty();
    inbox.settled(inHand.get(0), ReasonCode.SUCCESS);
    assertThat(acknowledged).containsExactly("1");
  }

  @Test
  void whatWaitsUnansweredIsForgottenWhereItComesAgain() {
    List<String> taken = new ArrayList<>();
    Receiver paused = pausedReceiver(taken);
    inbox.disconnected();
    paused.resume();
    assertThat(taken).as("it may come again, and QoS 2 comes once").isEmpty();
    connect(true);
    receive("a", "x", QoS.EXACTLY_ONCE, 1);
    assertThat(taken).containsExactly("x");
    assertThat(acknowledged).containsExactly("1");
  }

  @Test
  void whatWaitsIsHandedOutWhereTheSessionIsLost() {
    List<String> taken = new ArrayList<>();
    Receiver paused = pausedReceiver(taken);
    inbox.disconnected();
    paused.resume();
    connect(false);
    assertThat(taken).containsExactly("x");
    assertThat(acknowledged).as("nobody to tell").isEmpty();
  }

  @Test
  void aQos2MessageThatComesAgainGoesToThoseWhoHaveNotTakenIt() {
    List<String> fast = new ArrayList<>();
    List<String> slow = new ArrayList<>();
    receiver("a", 0, fast);
    Receiver paused = pausedReceiver(slow);
    inbox.disconnected();
    connect(true);
    repeat("a", "x", 1);
    assertThat(fast).containsExactly("x");
    inbox.disconnected();
    connect(true);
    repeat("a", "x", 1);
    assertThat(acknowledged).isEmpty();
    paused.resume();
    assertThat(fast).containsExactly("x");
    assertThat(slow).containsExactly("x");
    assertThat(acknowledged).containsExactly("1");
  }

  @Test
  void aQos2MessageInHandStaysThereWhenItComesAgain() {
    List<Arrival> inHand = new ArrayList<>();
    inbox.add(TopicFilter.parse("a"), 0, true, inHand::add);
    connect(false);
    for (int id = 1; id <= 3; id++) {
      receive("a", "x" + id, QoS.EXACTLY_ONCE, id);
    }
    inbox.disconnected();
    inbox.settled(inHand.get(0), ReasonCode.SUCCESS);
    connect(true);
    inbox.settled(inHand.get(1), ReasonCode.QUOTA_EXCEEDED);
    for (int id = 1; id <= 3; id++) {
      repeat("a", "x" + id, id);
    }
    assertThat(acknowledged).containsExactly("1", "2 QUOTA_EXCEEDED");
    inbox.settled(inHand.get(2), ReasonCode.SUCCESS);
    assertThat(acknowledged).containsExactly("1", "2 QUOTA_EXCEEDED", "3");
    assertThat(inHand).hasSize(3);
    assertThat(inbox.unanswered()).isZero();
  }

  @Test
  void anotherMessageUnderTheSameIdentifierIsNoRepetition() {
    List<String> fast = new ArrayList<>();
    List<Arrival> inHand = new ArrayList<>();
    receiver("a", 0, fast);
    inbox.add(TopicFilter.parse("a"), 0, true, inHand::add);
    connect(false);
    for (int id = 1; id <= 2; id++) {
      receive("a", "x", QoS.EXACTLY_ONCE, id);
    }
    inbox.disconnected();
    connect(true);
    repeat("a", "y", 1);
    receive("a", "x", QoS.AT_LEAST_ONCE, 2);
    assertThat(fast).containsExactly("x", "x", "y", "x");
    assertThat(inHand).hasSize(4);
    inHand.subList(0, 2).forEach(old -> inbox.settled(old, ReasonCode.SUCCESS));
    assertThat(acknowledged).as("of messages that are gone").isEmpty();
  }

  @Test
  void onlyATakeOverMakesDupDecideWhatIsARepetition() {
    List<Arrival> inHand = new ArrayList<>();
    inbox.add(TopicFilter.parse("a"), 0, true, inHand::add);
    connect(false);
    receive("a", "x", QoS.EXACTLY_ONCE, 1);
    receive("a", "x", QoS.EXACTLY_ONCE, 2);
    inbox.disconnected();
    connect(true);
    receive("a", "x", QoS.EXACTLY_ONCE, 1);
    receive("a", "x", QoS.EXACTLY_ONCE, 2);
    assertThat(inHand).as("of a server that does not say that it repeats").hasSize(2);
    inbox.takenOver();
    inbox.disconnected();
    connect(true);
    receive("a", "x", QoS.EXACTLY_ONCE, 1);
    repeat("a", "x", 2);
    assertThat(inHand).as("1 is another one, to which the other client came").hasSize(3);
  }

  @Test
  void whatWasInHandIsForgottenWithTheSession() {
    List<Arrival> inHand = new ArrayList<>();
    inbox.add(TopicFilter.parse("a"), 0, true, inHand::add);
    connect(false);
    receive("a", "x", QoS.EXACTLY_ONCE, 1);
    inbox.disconnected();
    connect(true);
    inbox.disconnected();
    connect(false);
    inbox.settled(inHand.get(0), ReasonCode.SUCCESS);
    repeat("a", "x", 1);
    assertThat(inHand).hasSize(2);
    assertThat(acknowledged).isEmpty();
  }

  @Test
  void whatNobodyIsThereForWhenItComesAgainIsAnsweredByThoseWhoHaveIt() {
    List<Arrival> inHand = new ArrayList<>();
    Receiver closed = inbox.add(TopicFilter.parse("a"), 0, true, inHand::add);
    connect(false);
    receive("a", "x", QoS.EXACTLY_ONCE, 1);
    inbox.disconnected();
    assertThat(inbox.remove(closed)).isTrue();
    connect(true);
    repeat("a", "x", 1);
    assertThat(acknowledged).isEmpty();
    inbox.settled(inHand.get(0), ReasonCode.SUCCESS);
    assertThat(acknowledged).containsExactly("1");
  }

  @Test
  void whatLostSessionsLeaveIsCountedAndBounded() {
    Inbox small = new Inbox(2, 1 << 20, RECEIVE_MAXIMUM, 1);
    List<String> taken = new ArrayList<>();
    Receiver paused =
        small.add(
            TopicFilter.parse("s"),
            0,
            false,
            arrival -> taken.add(Bytes.wrap(arrival.payload).toUtf8()));
    paused.pause();
    for (int session = 0; session < 5; session++) {
      connect(small, false);
      for (int i = 1; i <= 7; i++) {
        receive(small, "s", session + "." + i, QoS.AT_LEAST_ONCE, i);
      }
      small.disconnected();
    }
    connect(small, false);
    assertThat(acknowledged).as("answered early as long as there was room").hasSize(2);
    for (int i = 0; i < 5; i++) {
      receive(small, "s", "", QoS.AT_MOST_ONCE, 0);
    }
    assertThat(paused.dropped()).isEqualTo(5 * 7 + 5 - RECEIVE_MAXIMUM);
    paused.resume();
    assertThat(taken).hasSize(RECEIVE_MAXIMUM).startsWith("0.1", "0.2").endsWith("1.2", "1.3");
    receive(small, "s", "room again", QoS.AT_LEAST_ONCE, 1);
    assertThat(taken).endsWith("room again");
  }

  @Test
  void theBytesThatLostSessionsLeaveAreBounded() {
    Inbox small = new Inbox(100, 5_000, RECEIVE_MAXIMUM, 1);
    List<Arrival> taken = new ArrayList<>();
    Receiver paused = small.add(TopicFilter.parse("s"), 0, false, taken::add);
    paused.pause();
    for (int session = 0; session < 3; session++) {
      connect(small, false);
      for (int i = 1; i <= 4; i++) {
        receive(small, "s", "x".repeat(800), QoS.EXACTLY_ONCE, i);
      }
      small.disconnected();
    }
    connect(small, false);
    paused.resume();
    assertThat(taken.stream().mapToInt(Arrival::heldBytes).sum()).isBetween(4_000, 5_000);
  }

  @Test
  void whatComesBehindTheUnsubackIsNotHeldEither() {
    connect(true);
    for (String filter : List.of("a", "b")) {
      inbox.remove(receiver(filter, filter.equals("a") ? 1 : 0, new ArrayList<>()));
      inbox.left(filter);
    }
    receive("a", "x", QoS.AT_LEAST_ONCE, 1, 1);
    receive("b", "x", QoS.AT_LEAST_ONCE, 2);
    assertThat(acknowledged).containsExactly("1", "2");
    receive("a", "of a subscription of an earlier process", QoS.AT_LEAST_ONCE, 3, 7);
    assertThat(acknowledged).hasSize(2);
    assertThat(inbox.formerIdentifier("a")).isEqualTo(1);
    List<String> taken = new ArrayList<>();
    receiver("a", 1, taken);
    receive("a", "late", QoS.AT_LEAST_ONCE, 4, 1);
    assertThat(taken).containsExactly("of a subscription of an earlier process", "late");
  }

  @Test
  void onlyTheLastSubscriptionsThatWereClosedAreRemembered() {
    connect(true);
    for (int i = 0; i <= Inbox.MOST_LEFT; i++) {
      inbox.remove(receiver("a/" + i, i + 1, new ArrayList<>()));
      inbox.left("a/" + i);
    }
    assertThat(inbox.formerIdentifier("a/0")).isZero();
    assertThat(inbox.formerIdentifier("a/1")).isEqualTo(2);
  }

  @Test
  void closingSettlesWhatWaits() {
    Receiver paused = receiver("a", 0, new ArrayList<>());
    paused.pause();
    connect(false);
    receive("a", "x", QoS.AT_LEAST_ONCE, 1);
    inbox.remove(paused);
    assertThat(acknowledged).containsExactly("1");
  }

  @Test
  void aReceiverMayCloseItselfWhileItTakes() {
    List<String> taken = new ArrayList<>();
    Receiver[] self = new Receiver[1];
    self[0] =
        inbox.add(
            TopicFilter.parse("a"),
            0,
            false,
            arrival -> {
              taken.add("one");
              inbox.remove(self[0]);
            });
    self[0].pause();
    connect(false);
    receive("a", "x", QoS.AT_LEAST_ONCE, 1);
    receive("a", "y", QoS.AT_LEAST_ONCE, 2);
    self[0].resume();
    assertThat(taken).hasSize(1);
    assertThat(acknowledged).containsExactlyInAnyOrder("1", "2");
  }
}
