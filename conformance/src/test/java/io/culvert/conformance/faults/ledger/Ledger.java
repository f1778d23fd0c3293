package io.culvert.conformance.faults.ledger;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that clients did and saw, in one order: each event has a later time than the one
 * before. What is wrong by itself is found at once, the rest by {@link LedgerCheck}. Of one thread.
 */
public final class Ledger implements AutoCloseable {
  private final PrintWriter trace;
  private final Findings findings = new Findings();
  private final List<Message> messages = new ArrayList<>();
  private final Map<String, Receipts> receipts = new LinkedHashMap<>();
  private final Map<String, List<Message>> retained = new HashMap<>();
  private long[] acknowledgedAt = new long[1024];
  private long[] completedAt = new long[1024];
  private long now;
  private long acknowledged;
  private long refused;
  private long received;
  private long repeated;

  /**
   * @param trace gets a line for each event, to look a finding up in
   */
  public Ledger(PrintWriter trace) {
    this.trace = trace;
  }

  // --- publishers ---

  /** A message that is about to be handed to a socket for the first time. */
  public Message send(
      String publisher, String topic, int qos, boolean retain, long sequence, int sizeBytes) {
    int number = messages.size();
    Message message =
        new Message(number, publisher, topic, qos, retain, sequence, ++now, sizeBytes);
    messages.add(message);
    if (number == acknowledgedAt.length) {
      acknowledgedAt = Arrays.copyOf(acknowledgedAt, number * 2);
      completedAt = Arrays.copyOf(completedAt, number * 2);
    }
    acknowledgedAt[number] = Receipts.NEVER;
    completedAt[number] = Receipts.NEVER;
    if (retain) {
      retained.computeIfAbsent(topic, unused -> new ArrayList<>()).add(message);
    }
    trace("sent", publisher, message);
    return message;
  }

  /** PUBACK or PUBREC: from now on it must not be lost. */
  public void acknowledged(Message message) {
    if (!isAcknowledged(message)) {
      acknowledgedAt[message.number()] = ++now;
      acknowledged++;
      trace("acknowledged", message.publisher(), message);
    }
  }

  /** PUBACK or PUBCOMP: nothing more happens to it. */
  public void completed(Message message) {
    completedAt[message.number()] = Math.min(completedAt[message.number()], ++now);
    trace("completed", message.publisher(), message);
  }

  /** It will not be sent again. */
  public void refused(Message message) {
    refused++;
    trace("refused", message.publisher(), message);
  }

  // --- subscribers ---

  /** SUBACK, the first one: what is sent from now on is owed. */
  public void subscribed(Subscriber subscriber) {
    receipts(subscriber).subscribed(++now);
    event(subscriber.name(), "subscribed to " + subscriber.subscribeFilter());
  }

  public void unsubscribing(Subscriber subscriber) {
    receipts(subscriber).unsubscribing(++now);
    event(subscriber.name(), "unsubscribes");
  }

  /** UNSUBACK: what is sent from now on must not come. */
  public void unsubscribed(Subscriber subscriber) {
    receipts(subscriber).unsubscribed(++now);
    event(subscriber.name(), "unsubscribed");
  }

  /**
   * A delivery that is not the repetition of an open QoS 2 exchange.
   *
   * @return the message, or null if it is none of this ledger
   */
  public @Nullable Message received(Subscriber subscriber, String topic, int qos, byte[] payload) {
    int number = Message.numberIn(payload);
    Message message = number >= 0 && number < messages.size() ? messages.get(number) : null;
    Receipts own = receipts(subscriber);
    if (message == null || !message.isCarriedBy(topic, payload)) {
      found(
          Fault.NEVER_SENT,
          subscriber.name(),
          payload.length + " bytes on " + topic + (message == null ? "" : ", unlike " + message));
      return null;
    }
    trace("received", subscriber.name(), message);
    if (!own.isWanted(message)) {
      found(Fault.NEVER_SENT, subscriber.name(), message + " does not match, or no longer");
    }
    if (qos != Math.min(message.qos(), subscriber.qos())) {
      found(Fault.WRONG_QOS, subscriber.name(), message + " at QoS " + qos);
    }
    if (own.received(message)) {
      received++;
    } else {
      repeated++;
    }
    return message;
  }

  /**
   * A PUBLISH under the packet identifier of an open QoS 2 exchange.
   *
   * @param open the message of that exchange, or null if it was none of this ledger
   */
  public void repeated(
      Subscriber subscriber, @Nullable Message open, String topic, byte[] payload) {
    repeated++;
    if (open != null && !open.isCarriedBy(topic, payload)) {
      int other = Message.numberIn(payload);
      found(Fault.REUSED_ID, subscriber.name(), "message " + other + " in the exchange of " + open);
    }
  }

  /** Begins to read the retained messages: what is acknowledged now must be among them. */
  public RetainedReading readRetained() {
    return new RetainedReading(this, retained);
  }

  /** The same messages, acknowledgements and subscriptions, of which nothing has been received. */
  public Ledger withoutReceipts() {
    Ledger copy = new Ledger(trace);
    copy.messages.addAll(messages);
    copy.retained.putAll(retained);
    copy.acknowledgedAt = acknowledgedAt.clone();
    copy.completedAt = completedAt.clone();
    copy.acknowledged = acknowledged;
    copy.now = now;
    receipts.forEach((name, own) -> copy.receipts.put(name, own.withoutDeliveries()));
    return copy;
  }

  // --- anybody ---

  public void found(Fault fault, String where, String what) {
    findings.add(fault, where, what);
    event(where, "FOUND " + fault + ": " + what);
  }

  /** For the trace only. */
  public void event(String where, String what) {
    trace.println(now + " " + where + " " + what);
  }

  @Override
  public void close() {
    trace.close();
  }

  // --- what is in it ---

  public boolean isAcknowledged(Message message) {
    return acknowledgedAt(message) != Receipts.NEVER;
  }

  boolean isCompleted(Message message) {
    return completedAt[message.number()] != Receipts.NEVER;
  }

  long acknowledgedAt(Message message) {
    return acknowledgedAt[message.number()];
  }

  List<Message> messages() {
    return messages;
  }

  Collection<Receipts> receipts() {
    return receipts.values();
  }

  /** What was found at once. */
  public Findings findings() {
    return findings;
  }

  public long sentCount() {
    return messages.size();
  }

  public long acknowledgedCount() {
    return acknowledged;
  }

  public long refusedCount() {
    return refused;
  }

  public long receivedCount() {
    return received;
  }

  public long repeatedCount() {
    return repeated;
  }

  private Receipts receipts(Subscriber subscriber) {
    return receipts.computeIfAbsent(subscriber.name(), unused -> new Receipts(subscriber));
  }

  private void trace(String what, String where, Message message) {
    trace.println(now + " " + where + " " + what + " " + message.number() + " " + message);
  }
}
