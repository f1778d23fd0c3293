package io.culvert.mqtt.server;

import io.culvert.mqtt.session.InFlight;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.Collection;

/**
 * What one broker has counted since it was made, and what waits in it now. Read and written on its
 * own thread.
 */
public final class Counters {
  private final CountBy<QoS> received = new CountBy<>(QoS.class);
  private final CountBy<QoS> delivered = new CountBy<>(QoS.class);
  private final CountBy<DropReason> dropped = new CountBy<>(DropReason.class);
  private final CountBy<MqttVersion> connects = new CountBy<>(MqttVersion.class);
  private final CountBy<DisconnectCause> ended = new CountBy<>(DisconnectCause.class);
  private final CountBy<ReasonCode> refusedConnects = new CountBy<>(ReasonCode.class);
  private final CountBy<ReasonCode> refusedPublishes = new CountBy<>(ReasonCode.class);
  private final CountBy<ReasonCode> refusedSubscriptions = new CountBy<>(ReasonCode.class);
  private final CountBy<ReasonCode> violations = new CountBy<>(ReasonCode.class);
  private final CountBy<MemoryRefusal> refusedForMemory = new CountBy<>(MemoryRefusal.class);
  private final InFlight inFlight = new InFlight();
  private long receivedBytes;
  private long deliveredBytes;
  private long queuedMessages;
  private long queuedBytes;
  private long expiredSessions;
  private long takeovers;
  private long retainedRefused;
  private long held;
  private long handedOver;
  private long denied;
  private long fights;
  private long damped;
  private long waited;
  private long turnedAway;
  private long pauses;
  private long paused;

  /** The sum of what several have counted, as it is now. */
  public static Counters total(Collection<Counters> all) {
    Counters total = new Counters();
    for (Counters each : all) {
      total.received.addAll(each.received);
      total.delivered.addAll(each.delivered);
      total.dropped.addAll(each.dropped);
      total.connects.addAll(each.connects);
      total.ended.addAll(each.ended);
      total.refusedConnects.addAll(each.refusedConnects);
      total.refusedPublishes.addAll(each.refusedPublishes);
      total.refusedSubscriptions.addAll(each.refusedSubscriptions);
      total.violations.addAll(each.violations);
      total.inFlight.add(each.inFlight.messages());
      total.receivedBytes += each.receivedBytes;
      total.deliveredBytes += each.deliveredBytes;
      total.queuedMessages += each.queuedMessages;
      total.queuedBytes += each.queuedBytes;
      total.expiredSessions += each.expiredSessions;
      total.takeovers += each.takeovers;
      total.retainedRefused += each.retainedRefused;
      total.held += each.held;
      total.handedOver += each.handedOver;
      total.denied += each.denied;
      total.fights += each.fights;
      total.damped += each.damped;
      total.waited += each.waited;
      total.turnedAway += each.turnedAway;
      total.pauses += each.pauses;
      total.paused += each.paused;
      total.refusedForMemory.addAll(each.refusedForMemory);
    }
    return total;
  }

  void countReceived(QoS qos, int payloadBytes) {
    received.count(qos);
    receivedBytes += payloadBytes;
  }

  void countDelivered(QoS qos, Message message) {
    delivered.count(qos);
    deliveredBytes += message.payload().length();
  }

  void countConnect(MqttVersion version) {
    connects.count(version);
  }

  void countEnded(DisconnectCause cause) {
    ended.count(cause);
  }

  void countRefusedConnect(ReasonCode reasonCode) {
    refusedConnects.count(reasonCode);
  }

  void countRefusedPublish(ReasonCode reasonCode) {
    refusedPublishes.count(reasonCode);
  }

  void countRefusedSubscription(ReasonCode reasonCode) {
    refusedSubscriptions.count(reasonCode);
  }

  void countViolation(ReasonCode reasonCode) {
    violations.count(reasonCode);
  }

  void countExpiredSession() {
    expiredSessions++;
  }

  void countTakeover() {
    takeovers++;
  }

  void countRetainedRefused() {
    retainedRefused++;
  }

  void countHeld() {
    held++;
  }

  void countHandedOver() {
    handedOver++;
  }

  void countDenied() {
    denied++;
  }

  void countFight() {
    fights++;
  }

  void countDamped() {
    damped++;
  }

  void countWaited() {
    waited++;
  }

  void countTurnedAway() {
    turnedAway++;
  }

  void countRefusedForMemory(MemoryRefusal what) {
    refusedForMemory.count(what);
  }

  void pauseBegins() {
    pauses++;
    paused++;
  }

  void pauseEnds() {
    paused--;
  }

  void countDropped(DropReason reason, int messages) {
    dropped.count(reason, messages);
  }

  /** So many more wait in a session's queue, or less. */
  void queued(int messages, long bytes) {
    queuedMessages += messages;
    queuedBytes += bytes;
  }

  InFlight inFlight() {
    return inFlight;
  }

  /** Application Messages that came from clients, repetitions not counted. */
  public long received() {
    return received.sum();
  }

  /** As above, by the QoS that they were published with. */
  public CountBy<QoS> receivedByQos() {
    return received;
  }

  /** Bytes of their payloads. */
  public long receivedBytes() {
    return receivedBytes;
  }

  /** Messages handed to a connection for the first time. */
  public long delivered() {
    return delivered.sum();
  }

  /** As above, by the QoS that they were sent with. */
  public CountBy<QoS> deliveredByQos() {
    return delivered;
  }

  /** Bytes of their payloads. */
  public long deliveredBytes() {
    return deliveredBytes;
  }

  /** Connections whose CONNECT was accepted. */
  public CountBy<MqttVersion> connects() {
    return connects;
  }

  /** Connections that have ended, whether they were accepted before or not. */
  public CountBy<DisconnectCause> ended() {
    return ended;
  }

  /** Publishes and connections refused with a reason code, or dropped without one. */
  public long refused() {
    return refusedConnects.sum() + refusedPublishes.sum();
  }

  /** Connections that CONNACK has refused, but for those that broke the protocol. */
  public CountBy<ReasonCode> refusedConnects() {
    return refusedConnects;
  }

  /** Messages that PUBACK or PUBREC has refused, or that were dropped without one. */
  public CountBy<ReasonCode> refusedPublishes() {
    return refusedPublishes;
  }

  /** Topic Filters that SUBACK has refused. */
  public CountBy<ReasonCode> refusedSubscriptions() {
    return refusedSubscriptions;
  }

  /** Connections closed because the client broke the protocol. */
  public CountBy<ReasonCode> violations() {
    return violations;
  }

  /** Sessions that have ended because their client did not come back in time. */
  public long expiredSessions() {
    return expiredSessions;
  }

  /** Connections that lost their session to a newer connection. */
  public long takeovers() {
    return takeovers;
  }

  /** Messages that were not retained because the limit was reached. */
  public long retainedRefused() {
    return retainedRefused;
  }

  /** How often a publisher was held up because a subscriber was slow. */
  public long held() {
    return held;
  }

  /** Messages that another member of their shared subscription gets than was chosen at first. */
  public long handedOver() {
    return handedOver;
  }

  /** Messages, subscriptions and Wills that a client tried without permission. */
  public long denied() {
    return denied;
  }

  /** How often a client was not read for a while because it sent faster than it may. */
  public long pauses() {
    return pauses;
  }

  /** Clients that are not read now because they have sent faster than they may. */
  public long paused() {
    return paused;
  }

  /** What was refused because the node holds as much as it may. */
  public CountBy<MemoryRefusal> refusedForMemory() {
    return refusedForMemory;
  }

  /** How often clients with one Client Identifier were found to take it from each other. */
  public long fights() {
    return fights;
  }

  /** CONNECTs that had to wait, or were refused, because of such a fight. */
  public long damped() {
    return damped;
  }

  /** CONNECTs that had to wait because the event loop was busy. */
  public long waited() {
    return waited;
  }

  /**
   * CONNECTs that were refused because the server was busy; MQTT 5 clients were told for how long.
   */
  public long turnedAway() {
    return turnedAway;
  }

  /** Messages that did not reach a matching session, for this reason. */
  public long dropped(DropReason reason) {
    return dropped.of(reason);
  }

  /** As above, for all reasons. */
  public CountBy<DropReason> dropped() {
    return dropped;
  }

  /** Messages that wait in sessions' queues now. */
  public long queuedMessages() {
    return queuedMessages;
  }

  /** Memory that they hold, in bytes; one that waits in several queues counts in each. */
  public long queuedBytes() {
    return queuedBytes;
  }

  /** QoS 1 and 2 messages that were sent and are not acknowledged now. */
  public long messagesInFlight() {
    return inFlight.messages();
  }
}
