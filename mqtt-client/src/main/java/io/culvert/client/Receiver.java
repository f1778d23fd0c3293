package io.culvert.client;

import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One who takes messages of a filter, at a pace of its own: messages that it does not want yet wait
 * in its line. Single-threaded.
 *
 * <p>What waits is of two kinds. Messages that the server has not been answered wait for nothing:
 * the server bounds them. Messages of QoS 0, those that were answered early so that others are not
 * held up, and those of a session that the server has lost are kept in memory: those are counted
 * and bounded.
 */
final class Receiver {
  /** Takes one message; what it throws is its owner's business. */
  @FunctionalInterface
  interface Taker {
    void take(Arrival arrival);
  }

  private final Inbox inbox;
  private final TopicFilter filter;
  private final Deque<Arrival> line = new ArrayDeque<>();
  private boolean manual;
  private @Nullable Taker taker;
  private long demand = Long.MAX_VALUE;
  private int keptMessages;
  private long keptBytes;
  private long dropped;
  private boolean draining;
  private boolean closed;

  Receiver(Inbox inbox, TopicFilter filter, boolean manual, @Nullable Taker taker) {
    this.inbox = inbox;
    this.filter = filter;
    this.manual = manual;
    this.taker = taker;
  }

  TopicFilter filter() {
    return filter;
  }

  boolean isManual() {
    return manual;
  }

  void manual(boolean value) {
    manual = value;
  }

  /** Messages for which there was no more room: of QoS 0, and what a lost session has left. */
  long dropped() {
    return dropped;
  }

  void taker(@Nullable Taker next) {
    taker = next;
    drain();
  }

  void pause() {
    demand = 0;
  }

  void resume() {
    demand = Long.MAX_VALUE;
    drain();
  }

  void fetch(long amount) {
    demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
    drain();
  }

  /** A message for it has come; it is drained afterwards. */
  void offer(Arrival arrival) {
    if (arrival.qos == QoS.AT_MOST_ONCE && !line.isEmpty() && !hasRoomFor(arrival)) {
      dropped++;
      arrival.removeReceiver(this);
      return;
    }
    line.add(arrival);
    if (arrival.isAnswered()) {
      keep(arrival);
    }
  }

  /** Hands out what is wanted. A taker may pause, close or fetch meanwhile. */
  void drain() {
    if (draining) {
      return;
    }
    draining = true;
    try {
      Arrival next;
      while (!closed && demand > 0 && (next = line.peek()) != null && !inbox.holdsBack(next)) {
        Taker current = taker;
        if (current == null) {
          return;
        }
        line.remove();
        next.taken(this);
        if (demand != Long.MAX_VALUE) {
          demand--;
        }
        if (next.isAnswered()) {
          unkeep(next);
        }
        boolean ownersBusiness = manual; // that may change while it takes
        current.take(next);
        if (!ownersBusiness) {
          inbox.settled(next, ReasonCode.SUCCESS);
        }
      }
    } finally {
      draining = false;
    }
  }

  /** Whether the server may be answered although the message still waits here. */
  boolean canKeep(Arrival arrival) {
    return !manual && taker != null && hasRoomFor(arrival);
  }

  /** The server has been answered. */
  void keep(Arrival arrival) {
    keptMessages++;
    keptBytes += arrival.heldBytes();
  }

  /** Takes out what comes again. */
  void forgetUnanswered() {
    removeIf(arrival -> !arrival.isAnswered());
  }

  /**
   * The session of what waits unanswered is lost, so that the server bounds it no more: it is kept.
   * There is room for what one session can leave; what others have left before may use that up.
   */
  void keepUnanswered() {
    int most = Math.max(inbox.bufferMessages(), inbox.receiveMaximum());
    int before = line.size();
    removeIf(
        arrival -> {
          if (arrival.isAnswered()) {
            return false;
          }
          boolean hasRoom =
              keptMessages < most && keptBytes + arrival.heldBytes() <= inbox.bufferBytes();
          if (hasRoom) {
            keep(arrival);
          }
          return !hasRoom;
        });
    dropped += before - line.size();
  }

  /** Takes out what another filter matches. */
  List<Arrival> giveUp(TopicFilter to) {
    List<Arrival> given = line.stream().filter(arrival -> to.matches(arrival.topic)).toList();
    for (Arrival arrival : given) {
      line.remove(arrival);
      arrival.removeReceiver(this);
      if (arrival.isAnswered()) {
        unkeep(arrival);
      }
    }
    return given;
  }

  /** It wants no more; what waits is thrown away, and counts as taken. */
  void close() {
    closed = true;
    Arrival waiting;
    while ((waiting = line.poll()) != null) {
      waiting.taken(this);
      inbox.settled(waiting, ReasonCode.SUCCESS);
    }
    keptMessages = 0;
    keptBytes = 0;
  }

  private void removeIf(Predicate<Arrival> which) {
    line.removeIf(
        arrival -> {
          boolean removed = which.test(arrival);
          if (removed) {
            arrival.removeReceiver(this);
          }
          return removed;
        });
  }

  private boolean hasRoomFor(Arrival arrival) {
    return keptMessages < inbox.bufferMessages()
        && keptBytes + arrival.heldBytes() <= inbox.bufferBytes();
  }

  private void unkeep(Arrival arrival) {
    keptMessages--;
    keptBytes -= arrival.heldBytes();
  }
}
