package io.culvert.runtime.driver;

import io.culvert.engine.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What one shard has for one other.
 *
 * <p>A batch is in one of three places: with the sender, who fills it; in {@code crossing}, from
 * where the receiver takes it, or the sender takes it back to add to it; with the receiver. The
 * list goes back through {@code empty}. Both count what they have sent and received since the
 * start; the difference waits. Each field belongs to the side that its comment names.
 */
final class LinkLane {
  /** Whether the sender waits for room. */
  private static final int NOT_FULL = 0;

  /** The sender sets it after a refusal; whoever takes it away has to make the room known. */
  private static final int ROOM_WANTED = 1;

  /** The receiver sets it; the sender's next turn tells its receiver. */
  private static final int ROOM_DUE = 2;

  private final int maximumWaitingFrames;
  private final long maximumWaitingBytes;

  private final AtomicReference<@Nullable List<Bytes>> crossing = new AtomicReference<>();
  private final AtomicReference<@Nullable List<Bytes>> empty = new AtomicReference<>();
  private final AtomicInteger room = new AtomicInteger(NOT_FULL);

  // the sender's
  private List<Bytes> filling = new ArrayList<>();
  private long sentFrames;
  private long sentBytes;
  private long knownFrames;
  private long knownBytes;
  private boolean refused;

  // the receiver's
  private long uncountedFrames;
  private long uncountedBytes;

  // written by the receiver, read by both
  private volatile long receivedFrames;
  private volatile long receivedBytes;

  // written by the sender before it wants room, read by both
  private volatile long refusedAtFrames;
  private volatile long refusedAtBytes;

  LinkLane(int maximumWaitingFrames, long maximumWaitingBytes) {
    this.maximumWaitingFrames = maximumWaitingFrames;
    this.maximumWaitingBytes = maximumWaitingBytes;
  }

  // ---- the sender

  /** Takes a frame, or wants room. */
  boolean add(Bytes frame) {
    if (refused || (isFull() && !hasRoomAgain())) {
      return false;
    }
    sentFrames++;
    sentBytes += frame.length();
    filling.add(frame);
    return true;
  }

  /** Lets the receiver take what was added; false if there is nothing. */
  boolean flush() {
    if (filling.isEmpty()) {
      return false;
    }
    List<Bytes> batch = filling;
    List<Bytes> waiting = crossing.getAndSet(null);
    if (waiting != null) { // the receiver has not come: one batch again
      for (int i = 0; i < batch.size(); i++) {
        waiting.add(batch.get(i));
      }
      batch.clear();
      crossing.set(waiting);
    } else {
      List<Bytes> next = empty.getAndSet(null);
      filling = next == null ? new ArrayList<>() : next;
      crossing.set(batch);
    }
    return true;
  }

  /** Whether the room that the sender wanted has come; it is told once. */
  boolean takeRoom() {
    if (room.get() != ROOM_DUE) {
      return false;
    }
    room.set(NOT_FULL);
    refused = false;
    return true;
  }

  private boolean isFull() {
    if (isFullAsKnown()) {
      knownFrames = receivedFrames;
      knownBytes = receivedBytes;
    }
    return isFullAsKnown();
  }

  private boolean isFullAsKnown() {
    return sentFrames - knownFrames >= maximumWaitingFrames
        || sentBytes - knownBytes >= maximumWaitingBytes;
  }

  /**
   * Wants room. The receiver looks at that after it has counted, and we look at its count after we
   * have wanted: one of us sees the other, so the room cannot be forgotten.
   */
  private boolean hasRoomAgain() {
    refusedAtFrames = sentFrames;
    refusedAtBytes = sentBytes;
    room.set(ROOM_WANTED);
    refused = !(isHalfEmpty() && room.compareAndSet(ROOM_WANTED, NOT_FULL));
    return !refused;
  }

  private boolean isHalfEmpty() {
    return refusedAtFrames - receivedFrames <= maximumWaitingFrames / 2
        && refusedAtBytes - receivedBytes <= maximumWaitingBytes / 2;
  }

  // ---- the receiver

  /** What has crossed since the last call, or null. It goes back with {@link #received}. */
  @Nullable List<Bytes> take() {
    return crossing.get() == null ? null : crossing.getAndSet(null);
  }

  /** All frames of a batch were received; {@link #countReceived} tells the sender. */
  void received(List<Bytes> batch) {
    for (int i = 0; i < batch.size(); i++) {
      uncountedBytes += batch.get(i).length();
    }
    uncountedFrames += batch.size();
    batch.clear();
    empty.set(batch);
  }

  /** What was received waits no longer. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // by the receiver only
  void countReceived() {
    if (uncountedFrames > 0) {
      receivedBytes += uncountedBytes;
      receivedFrames += uncountedFrames;
      uncountedBytes = 0;
      uncountedFrames = 0;
    }
  }

  /** True if the sender is to be woken, because there is room and it waits for that. */
  boolean offersRoom() {
    return room.get() == ROOM_WANTED && isHalfEmpty() && room.compareAndSet(ROOM_WANTED, ROOM_DUE);
  }
}
