package io.culvert.mqtt.server;

import java.util.ArrayList;
import java.util.List;

/**
 * The publishers that one session holds up because more waits for it than it should: a slow reader
 * slows its publishers before anything is dropped. They wait for {@link
 * Limits#holdPublisherMillis()}, and again while the reader takes messages, {@link #MOST_ROUNDS}
 * times in all. A session that has not drained by then holds nobody until it has, so a dead reader
 * cannot stop the living.
 */
final class Backlog implements Holder {
  /** Long enough for a reader that is merely slow, and an end to it for everybody else. */
  static final int MOST_ROUNDS = 10;

  private final long holdMillis;
  private List<Publisher> held = List.of();
  private boolean moved;
  private int rounds;
  private boolean gaveUp;

  Backlog(long holdMillis) {
    this.holdMillis = holdMillis;
  }

  /** Holds up a publisher, unless this session is too slow for that to help; tells which. */
  boolean hold(Publisher publisher, long nowMillis) {
    Publisher stopped = gaveUp ? null : publisher.hold(this, nowMillis + holdMillis);
    if (stopped == null) {
      return false;
    }
    if (held.isEmpty()) {
      held = new ArrayList<>(2);
    }
    held.add(stopped);
    return true;
  }

  /** Enough has been sent. */
  void drained() {
    gaveUp = false;
    release();
  }

  /** The reader has taken a message. */
  void moved() {
    moved = true;
  }

  @Override
  public void expired(long nowMillis) {
    rounds++;
    if (moved && rounds < MOST_ROUNDS) {
      moved = false;
      held.forEach(publisher -> publisher.holdUntil(nowMillis + holdMillis));
    } else {
      gaveUp = true;
      release();
    }
  }

  @Override
  public void forget(Publisher publisher) {
    held.remove(publisher);
  }

  private void release() {
    List<Publisher> free = held;
    held = List.of();
    free.forEach(Publisher::release);
  }
}
