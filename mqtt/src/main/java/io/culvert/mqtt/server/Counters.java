package io.culvert.mqtt.server;

import java.util.Collection;

/** What one broker has counted since it was made. Read and written on its own thread. */
public final class Counters {
  private final long[] dropped = new long[DropReason.values().length];
  private final long[] refusedForMemory = new long[MemoryRefusal.values().length];
  private long received;
  private long delivered;
  private long refused;
  private long violations;
  private long takeovers;
  private long retainedRefused;
  private long held;
  private long handedOver;
  private long denied;
  private long pauses;
  private long paused;

  /** The sum of what several have counted, as it is now. */
  public static Counters total(Collection<Counters> all) {
    Counters total = new Counters();
    for (Counters each : all) {
      total.received += each.received;
      total.delivered += each.delivered;
      total.refused += each.refused;
      total.violations += each.violations;
      total.takeovers += each.takeovers;
      total.retainedRefused += each.retainedRefused;
      total.held += each.held;
      total.handedOver += each.handedOver;
      total.denied += each.denied;
      total.pauses += each.pauses;
      total.paused += each.paused;
      for (int i = 0; i < total.refusedForMemory.length; i++) {
        total.refusedForMemory[i] += each.refusedForMemory[i];
      }
      for (int i = 0; i < total.dropped.length; i++) {
        total.dropped[i] += each.dropped[i];
      }
    }
    return total;
  }

  void countReceived() {
    received++;
  }

  void countDelivered() {
    delivered++;
  }

  void countRefused() {
    refused++;
  }

  void countViolation() {
    violations++;
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

  void countRefusedForMemory(MemoryRefusal what) {
    refusedForMemory[index(what)]++;
  }

  void pauseBegins() {
    pauses++;
    paused++;
  }

  void pauseEnds() {
    paused--;
  }

  void countDropped(DropReason reason, int messages) {
    dropped[index(reason)] += messages;
  }

  /** Application Messages that came from clients, repetitions not counted. */
  public long received() {
    return received;
  }

  /** Messages handed to a connection for the first time. */
  public long delivered() {
    return delivered;
  }

  /** Publishes and connections refused with a reason code, or dropped without one. */
  public long refused() {
    return refused;
  }

  /** Connections closed because the client broke the protocol. */
  public long violations() {
    return violations;
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

  /** Messages that did not reach a matching session, for this reason. */
  public long dropped(DropReason reason) {
    return dropped[index(reason)];
  }

  /** What was refused because the node holds as much as it may. */
  public long refusedForMemory(MemoryRefusal what) {
    return refusedForMemory[index(what)];
  }

  @SuppressWarnings("EnumOrdinal") // an array in the order of the enum, never stored
  private static int index(MemoryRefusal what) {
    return what.ordinal();
  }

  @SuppressWarnings("EnumOrdinal") // an array in the order of the enum, never stored
  private static int index(DropReason reason) {
    return reason.ordinal();
  }
}
