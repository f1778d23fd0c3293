package io.culvert.mqtt.server;

import io.culvert.engine.Engine;
import java.util.List;

/** Lets the clients of one shard go, one after the other, evenly over a time. */
final class Draining {
  private final List<ServerConnection> clients;
  private final Farewell farewell;
  private final long startMillis;
  private final long spreadMillis;
  private final Runnable done;
  private int told;
  private boolean ended;

  /**
   * @param clients who are connected
   * @param spreadMillis over which they go; 0 for all at once
   * @param done called once, when the last was told
   */
  Draining(
      List<ServerConnection> clients,
      Farewell farewell,
      long spreadMillis,
      long nowMillis,
      Runnable done) {
    this.clients = clients;
    this.farewell = farewell;
    this.startMillis = nowMillis;
    this.spreadMillis = spreadMillis;
    this.done = done;
  }

  /** Clients that are still to be told. */
  int left() {
    return clients.size() - told;
  }

  /** When the next one goes. */
  long deadlineMillis() {
    if (ended) {
      return Engine.NO_DEADLINE;
    }
    return told == clients.size()
        ? startMillis
        : startMillis + -Math.floorDiv(-told * spreadMillis, (long) clients.size());
  }

  /** Those whose time has come. */
  void timeout(long nowMillis) {
    if (ended) {
      return;
    }
    int due = due(nowMillis);
    while (told < due) {
      farewell.say(clients.get(told++));
    }
    if (told == clients.size()) {
      ended = true;
      done.run();
    }
  }

  private int due(long nowMillis) {
    long passed = Math.max(0, nowMillis - startMillis);
    return passed >= spreadMillis
        ? clients.size()
        : (int) Math.min(clients.size(), passed * clients.size() / spreadMillis + 1);
  }
}
