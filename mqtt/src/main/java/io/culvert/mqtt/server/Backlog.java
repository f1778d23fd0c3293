package io.culvert.mqtt.server;

import java.util.ArrayList;
import java.util.List;

/**
 * The publishers that one session holds up because more waits for it than it should: a slow reader
 * slows its publishers before anything is dropped. Nobody is held for longer than {@link
 * Limits#holdPublisherMillis()}; a session that has not drained by then holds nobody until it has,
 * so a dead reader cannot stop the living.
 */
final class Backlog {
  private List<ServerConnection> held = List.of();
  private boolean gaveUp;

  /** Holds up a publisher, unless this session is too slow for that to help; tells which. */
  boolean hold(ServerConnection publisher, long untilMillis) {
    if (gaveUp || !publisher.hold(this, untilMillis)) {
      return false;
    }
    if (held.isEmpty()) {
      held = new ArrayList<>(2);
    }
    held.add(publisher);
    return true;
  }

  /** Enough has been sent. */
  void drained() {
    gaveUp = false;
    release();
  }

  /** A publisher has waited for as long as it has to. */
  void expired() {
    gaveUp = true;
    release();
  }

  /** A held publisher has ended. */
  void forget(ServerConnection publisher) {
    held.remove(publisher);
  }

  private void release() {
    List<ServerConnection> free = held;
    held = List.of();
    free.forEach(ServerConnection::release);
  }
}
