package io.culvert.mqtt.session;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The QoS 1 and 2 messages that one side has sent and the other has not acknowledged, with their
 * packet identifiers. An identifier is the number of a slot; free ones wait in a line, so that one
 * just given back is used last. Allocates nothing per message. Bounded by its capacity, which is at
 * most 65 535.
 *
 * <p>On a new connection all that is unacknowledged is sent again, in its order, before anything
 * new, as the peer's Receive Maximum allows: {@link #resume}, {@link #nextToResend}.
 */
public final class OutboundWindow {
  /** There are no more packet identifiers. */
  public static final int MAXIMUM_CAPACITY = 65_535;

  /** A slot in all four arrays. */
  private static final int SLOT_BYTES = 9;

  private static final int FIRST_SLOTS = 8;

  private static final byte RESERVED = -1;
  private static final byte FREE = 0;
  private static final byte PUBLISH_NEW = 1;
  private static final byte PUBLISH_UNSENT = 2;
  private static final byte PUBLISH_SENT = 3;
  private static final byte PUBREL_UNSENT = 4;
  private static final byte PUBREL_SENT = 5;

  // Index 0 is unused: a slot's number is its packet identifier.
  private @Nullable Delivery[] deliveries = {};
  private byte[] states = {};
  private char[] next = {};
  private char[] previous = {};
  private int oldest;
  private int newest;
  private int freeFirst;
  private int freeLast;

  private final int capacity;
  private final InFlight total;
  private final HeldBytes held;
  private int limit;
  private int size;
  private int reserved;
  private int sent;
  private int resendNext;
  private boolean first;

  /**
   * @param capacity how many messages may be unacknowledged at most, 1…65 535
   */
  public OutboundWindow(int capacity) {
    this(capacity, new InFlight(), new HeldBytes());
  }

  /**
   * As above, one of several.
   *
   * @param total what all of them hold
   * @param held where the memory of what it keeps is counted
   */
  public OutboundWindow(int capacity, InFlight total, HeldBytes held) {
    if (capacity < 1 || capacity > MAXIMUM_CAPACITY) {
      throw new IllegalArgumentException("capacity " + capacity);
    }
    this.capacity = capacity;
    this.total = total;
    this.held = held;
    this.limit = capacity;
  }

  /** No more may be sent until something is acknowledged. */
  public boolean isFull() {
    return !hasQuota() || !hasFreeId();
  }

  /** The peer takes another message now, and nothing older must be sent again before. */
  public boolean hasQuota() {
    return resendNext == 0 && sent < limit;
  }

  /** How many more may be sent until something is acknowledged. */
  public int room() {
    return hasQuota() ? Math.min(limit - sent, capacity - size - reserved) : 0;
  }

  /** A message that comes now could be sent as soon as it may, with an identifier of now. */
  public boolean canReserve() {
    return resendNext == 0 && sent + reserved < limit && hasFreeId();
  }

  public boolean hasFreeId() {
    return size + reserved < capacity;
  }

  /** Messages that are not acknowledged. */
  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** Takes a packet identifier for a QoS 1 or 2 delivery that is sent now. */
  public int open(Delivery delivery) {
    if (isFull()) {
      throw new IllegalStateException("window is full");
    }
    int id = takeFree();
    link(id, delivery);
    return id;
  }

  /**
   * Takes a packet identifier for something else that shares them, such as a SUBSCRIBE, or for a
   * message that is sent later. It counts as in use [MQTT5-2.2.1-3].
   */
  public int reserve() {
    if (!hasFreeId()) {
      throw new IllegalStateException("all packet identifiers are in use");
    }
    int id = takeFree();
    states[id] = RESERVED;
    reserved++;
    return id;
  }

  /** As above, this one: an earlier process has used it for a message that is restored later. */
  public void reserve(int id) {
    growTo(id);
    takeFree(id);
    states[id] = RESERVED;
    reserved++;
  }

  /** Sends now what its identifier was reserved for. */
  public void openReserved(int id, Delivery delivery) {
    if (!hasQuota()) {
      throw new IllegalStateException("window is full");
    }
    checkReserved(id);
    reserved--;
    link(id, delivery);
  }

  /** Keeps, for {@link #nextToResend}, what its identifier was reserved for and is not sent yet. */
  public void enterReserved(int id, Delivery delivery) {
    checkReserved(id);
    reserved--;
    enter(id, delivery, PUBLISH_NEW);
  }

  /** Gives back an identifier that was reserved. */
  public void giveBack(int id) {
    checkReserved(id);
    reserved--;
    states[id] = FREE;
    giveFree(id);
  }

  /** What is under this identifier: a delivery whose PUBLISH is not answered yet, or null. */
  public @Nullable Delivery published(int id) {
    return isPublish(id) ? deliveries[id] : null;
  }

  /** The PUBREL of this identifier waits for its PUBCOMP. */
  public boolean isReleased(int id) {
    return id < states.length && states[id] >= PUBREL_UNSENT;
  }

  /** Ends the exchange of a message: PUBACK, PUBCOMP, or PUBREC with an error. */
  public void close(int id) {
    if (id >= states.length || states[id] <= FREE) {
      throw new IllegalArgumentException("identifier " + id + " is not in use");
    }
    if (states[id] == PUBLISH_SENT || states[id] == PUBREL_SENT) {
      sent--;
    }
    if (resendNext == id) {
      resendNext = next[id];
    }
    unlink(id);
    forget(id);
    states[id] = FREE;
    size--;
    total.add(-1);
    giveFree(id);
  }

  /** PUBREC has come: the message is forgotten, its identifier waits for PUBCOMP. */
  public void release(int id) {
    if (!isPublish(id)) {
      throw new IllegalArgumentException("identifier " + id + " waits for no PUBREC");
    }
    forget(id);
    states[id] = states[id] == PUBLISH_SENT ? PUBREL_SENT : PUBREL_UNSENT;
  }

  /**
   * A new connection of the same session: nothing counts as sent.
   *
   * @param receiveMaximum how many the peer takes at a time on this connection
   */
  public void resume(int receiveMaximum) {
    limit = Math.min(capacity, receiveMaximum);
    sent = 0;
    resendNext = oldest;
    for (int id = oldest; id != 0; id = next[id]) {
      states[id] = unsent(states[id]);
    }
  }

  private static byte unsent(byte state) {
    if (state == PUBLISH_NEW) {
      return PUBLISH_NEW;
    }
    return state <= PUBLISH_SENT ? PUBLISH_UNSENT : PUBREL_UNSENT;
  }

  /**
   * Marks the next identifier as sent again, or returns 0 when there is none or the peer takes no
   * more now. {@link #published} tells what to send for it: a PUBLISH with DUP, or a PUBREL.
   */
  public int nextToResend() {
    if (resendNext == 0 || sent >= limit) {
      return 0;
    }
    int id = resendNext;
    resendNext = next[id];
    first = states[id] == PUBLISH_NEW;
    states[id] = states[id] <= PUBLISH_UNSENT ? PUBLISH_SENT : PUBREL_SENT;
    sent++;
    return id;
  }

  /** What {@link #nextToResend} has just given was never sent before. */
  public boolean isFirstTime() {
    return first;
  }

  /** The identifier of the oldest message, or 0. */
  public int oldest() {
    return oldest;
  }

  /** The identifier of the message behind this one, or 0. */
  public int after(int id) {
    return next[id];
  }

  /**
   * Adds the next of those that were unacknowledged when they were written down, in their order;
   * {@link #resume} follows.
   *
   * @param delivery null when PUBREC had come
   */
  public void restore(int id, @Nullable Delivery delivery) {
    growTo(id);
    takeFree(id);
    link(id, delivery);
    states[id] = delivery == null ? PUBREL_SENT : PUBLISH_SENT;
  }

  /**
   * As {@link #restore}, for what its identifier was reserved for, while the session has a
   * connection: {@link #nextToResend} gives it.
   *
   * @param delivery whose PUBLISH may have been sent
   */
  public void restoreReserved(int id, Delivery delivery) {
    checkReserved(id);
    reserved--;
    enter(id, delivery, PUBLISH_UNSENT);
  }

  /** Whether nothing has this identifier. */
  public boolean isFree(int id) {
    return id >= states.length || states[id] == FREE;
  }

  public boolean isReserved(int id) {
    return id < states.length && states[id] == RESERVED;
  }

  /** The identifiers that are reserved, in rising order. */
  public IntStream reserved() {
    return IntStream.range(1, states.length).filter(id -> states[id] == RESERVED);
  }

  /** Forgets everything. */
  public void clear() {
    for (int id = oldest; id != 0; id = next[id]) {
      forget(id);
    }
    held.add(-(long) SLOT_BYTES * states.length);
    deliveries = new Delivery[0];
    states = new byte[0];
    next = new char[0];
    previous = new char[0];
    oldest = newest = freeFirst = freeLast = 0;
    total.add(-size);
    size = reserved = sent = resendNext = 0;
  }

  private void checkReserved(int id) {
    if (id >= states.length || states[id] != RESERVED) {
      throw new IllegalArgumentException("identifier " + id + " is not reserved");
    }
  }

  private void link(int id, @Nullable Delivery delivery) {
    deliveries[id] = delivery;
    if (delivery != null) {
      held.keep(delivery);
    }
    states[id] = PUBLISH_SENT;
    previous[id] = (char) newest;
    next[id] = 0;
    if (newest == 0) {
      oldest = id;
    } else {
      next[newest] = (char) id;
    }
    newest = id;
    size++;
    sent++;
    total.add(1);
  }

  private void enter(int id, Delivery delivery, byte state) {
    link(id, delivery);
    states[id] = state;
    sent--;
    if (resendNext == 0) {
      resendNext = id;
    }
  }

  private void forget(int id) {
    Delivery delivery = deliveries[id];
    if (delivery != null) {
      deliveries[id] = null;
      held.letGo(delivery);
    }
  }

  private boolean isPublish(int id) {
    return id < states.length && states[id] >= PUBLISH_NEW && states[id] <= PUBLISH_SENT;
  }

  private void unlink(int id) {
    int before = previous[id];
    int after = next[id];
    if (before == 0) {
      oldest = after;
    } else {
      next[before] = (char) after;
    }
    if (after == 0) {
      newest = before;
    } else {
      previous[after] = (char) before;
    }
  }

  private int takeFree() {
    if (freeFirst == 0) {
      grow();
    }
    int id = freeFirst;
    takeFree(id);
    return id;
  }

  /** Takes this identifier out of the line of free ones. */
  private void takeFree(int id) {
    if (states[id] != FREE) {
      throw new IllegalArgumentException("identifier " + id + " is in use");
    }
    int before = previous[id];
    int after = next[id];
    if (before == 0) {
      freeFirst = after;
    } else {
      next[before] = (char) after;
    }
    if (after == 0) {
      freeLast = before;
    } else {
      previous[after] = (char) before;
    }
  }

  private void giveFree(int id) {
    next[id] = 0;
    previous[id] = (char) freeLast;
    if (freeLast == 0) {
      freeFirst = id;
    } else {
      next[freeLast] = (char) id;
    }
    freeLast = id;
  }

  private void grow() {
    int slots = Math.max(1, states.length) - 1;
    growTo(Math.min(capacity, Math.max(FIRST_SLOTS, slots * 2)));
  }

  /** There is a slot for this identifier, even if the capacity was larger when it was given. */
  private void growTo(int id) {
    int from = Math.max(1, states.length);
    int length = id + 1;
    if (length <= from) {
      return;
    }
    held.add((long) SLOT_BYTES * (length - states.length));
    deliveries = Arrays.copyOf(deliveries, length);
    states = Arrays.copyOf(states, length);
    next = Arrays.copyOf(next, length);
    previous = Arrays.copyOf(previous, length);
    for (int slot = from; slot < length; slot++) {
      giveFree(slot);
    }
  }
}
