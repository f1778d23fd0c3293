package io.culvert.conformance.faults.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A checker that has never found anything proves nothing: each fault is found in a ledger that has
 * it.
 */
class LedgerCheckTest {
  private static final Subscriber ONE = Subscriber.alone("one", "a/+", 1);
  private static final Subscriber TWO = Subscriber.alone("two", "a/#", 2);
  private static final Subscriber FIRST = Subscriber.member("first", "g", "a/#", 2);
  private static final Subscriber SECOND = Subscriber.member("second", "g", "a/#", 2);

  private final Ledger ledger = new Ledger(new PrintWriter(Writer.nullWriter()));
  private long sequence;

  @BeforeEach
  void subscribe() {
    ledger.subscribed(ONE);
    ledger.subscribed(TWO);
  }

  @Test
  void ledgerOfGoodBrokerIsClean() {
    for (int i = 0; i < 100; i++) {
      Message message = acknowledged("a/b", 1 + i % 2);
      receive(ONE, message);
      receive(TWO, message);
    }
    assertFound().isEmpty();
    assertThat(LedgerCheck.missing(ledger)).isZero();
    assertThat(ledger.receivedCount()).isEqualTo(200);
  }

  @Test
  void acknowledgedAndNotReceivedIsLost() {
    Message message = acknowledged("a/b", 1);
    receive(TWO, message);
    assertFound().contains("1 x LOST").contains("LOST one: 0 p/a/b/1");
    assertThat(LedgerCheck.missing(ledger)).isEqualTo(1);
  }

  @Test
  void receivedElsewhereIsLostAllTheSame() {
    Subscriber exact = Subscriber.alone("exact", "a/c", 1);
    ledger.subscribed(exact);
    Message message = acknowledged("a/c", 1);
    receive(ONE, message);
    receive(TWO, message);
    assertFound().contains("1 x LOST").contains("LOST exact");
  }

  @Test
  void neverAcknowledgedIsNotOwedAndMayComeAllTheSame() {
    send("a/b", 1);
    Message unknown = send("a/b", 2);
    receive(TWO, unknown);
    Message refused = send("a/b", 1);
    ledger.refused(refused);
    assertFound().isEmpty();
  }

  @Test
  void onlyWhoSubscribedBeforeItWasSentIsOwedIt() {
    Subscriber late = Subscriber.alone("late", "#", 1);
    Message before = send("a/b", 1);
    ledger.subscribed(late);
    ledger.acknowledged(before);
    receive(ONE, before);
    receive(TWO, before);
    assertFound().isEmpty();
    Message after = acknowledged("a/b", 1);
    receive(ONE, after);
    receive(TWO, after);
    assertFound().contains("1 x LOST").contains("LOST late: 1 ");
  }

  @Test
  void whatWasAcknowledgedBeforeUnsubscribeIsOwedAndWhatIsSentAfterUnsubAckIsUnwanted() {
    Message owed = acknowledged("a/b", 1);
    ledger.unsubscribing(ONE);
    Message either = acknowledged("a/b", 1);
    ledger.unsubscribed(ONE);
    Message unwanted = acknowledged("a/b", 1);
    List.of(owed, either, unwanted).forEach(message -> receive(TWO, message));
    assertFound().contains("1 x LOST").contains("LOST one: 0 ");
    receive(ONE, owed);
    receive(ONE, either);
    assertFound().isEmpty();
    receive(ONE, unwanted);
    assertFound().contains("1 x NEVER_SENT").contains("p/a/b/3");
  }

  @Test
  void qos2TwiceInOneSessionIsDoubledAndQos1IsRepeated() {
    Message twice = acknowledged("a/b", 2);
    Message again = acknowledged("a/b", 1);
    for (int i = 0; i < 2; i++) {
      receive(ONE, twice);
      receive(TWO, twice);
      receive(ONE, again);
      receive(TWO, again);
    }
    assertFound().contains("1 x DOUBLED").contains("DOUBLED two: 0 p/a/b/1");
    assertThat(ledger.receivedCount()).isEqualTo(4);
    assertThat(ledger.repeatedCount()).isEqualTo(4);
  }

  @Test
  void swappedMessagesOfOneFlowAreOutOfOrderUnlessTheyAreRepetitions() {
    Message first = acknowledged("a/b", 1);
    Message other = acknowledged("a/c", 1);
    Message second = acknowledged("a/b", 1);
    for (Message message : List.of(first, second, first, second, other)) {
      receive(ONE, message);
    }
    for (Message message : List.of(second, other, first)) {
      receive(TWO, message);
    }
    assertFound().contains("1 x OUT_OF_ORDER").contains("OUT_OF_ORDER two: p/a/b/1");
  }

  @Test
  void groupIsOwedEachMessageOnce() {
    ledger.subscribed(FIRST);
    ledger.subscribed(SECOND);
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Message message = acknowledged("a/b", 2);
      receive(ONE, message);
      receive(TWO, message);
      messages.add(message);
    }
    receive(SECOND, messages.get(1));
    receive(FIRST, messages.get(0)); // later than one of the other's: nobody promises the order
    assertFound().contains("1 x LOST").contains("LOST g: 2 ").doesNotContain("OUT_OF_ORDER");
    receive(FIRST, messages.get(2));
    assertFound().isEmpty();
    assertThat(LedgerCheck.dealtTwice(ledger)).isZero();
    receive(SECOND, messages.get(2));
    assertFound().isEmpty();
    assertThat(LedgerCheck.dealtTwice(ledger)).isEqualTo(1);
    receive(SECOND, messages.get(2));
    assertFound().contains("1 x DOUBLED").contains("DOUBLED second: 2 ");
  }

  @Test
  void phantomsAreFound() {
    Message message = acknowledged("a/b", 1);
    receive(ONE, message);
    receive(TWO, message);
    byte[] damaged = message.payload();
    damaged[damaged.length - 1] ^= 1;
    ledger.received(ONE, "a/b", 1, damaged);
    ledger.received(ONE, "a/c", 1, message.payload());
    ledger.received(ONE, "a/b", 1, new byte[] {1, 2, 3});
    ledger.received(ONE, "a/b", 1, new byte[0]);
    assertFound().contains("4 x NEVER_SENT");
  }

  @Test
  void messagesThatDoNotMatchAndWrongQosAreFound() {
    Message deep = acknowledged("a/b/c", 1);
    receive(TWO, deep);
    receive(ONE, deep);
    assertFound().contains("1 x NEVER_SENT").contains("does not match");
    Message message = acknowledged("a/b", 2);
    receive(ONE, message);
    ledger.received(TWO, "a/b", 1, message.payload());
    assertFound().contains("1 x WRONG_QOS").contains("WRONG_QOS two: p/a/b/2");
  }

  @Test
  void anotherMessageInAnOpenExchangeIsFound() {
    Message open = acknowledged("a/b", 2);
    Message other = acknowledged("a/b", 2);
    List.of(open, other).forEach(message -> receive(ONE, message));
    receive(TWO, open);
    ledger.repeated(TWO, open, "a/b", open.payload());
    ledger.repeated(TWO, open, "a/b", other.payload());
    assertFound().contains("1 x REUSED_ID").contains("1 x LOST");
  }

  private Message send(String topic, int qos) {
    return ledger.send("p", topic, qos, false, ++sequence, Message.LEAST_SIZE_BYTES);
  }

  private Message acknowledged(String topic, int qos) {
    Message message = send(topic, qos);
    ledger.acknowledged(message);
    return message;
  }

  private void receive(Subscriber subscriber, Message message) {
    int qos = Math.min(message.qos(), subscriber.qos());
    ledger.received(subscriber, message.topic(), qos, message.payload());
  }

  private AbstractStringAssert<?> assertFound() {
    return assertThat(LedgerCheck.all(ledger).text());
  }
}
