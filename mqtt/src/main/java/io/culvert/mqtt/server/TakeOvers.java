package io.culvert.mqtt.server;

import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Notices clients with one Client Identifier that take it from each other again and again, and says
 * how long a newcomer has to leave the others in peace: 1, 2, 4, … at most 60 seconds after the
 * last take-over. A connection that is lost and comes back a few times is no fight.
 *
 * <p>One for all shards of a broker. Each change is one operation of the map, so with a concurrent
 * map all shards may use it at the same time. It holds the clients that were taken over lately, at
 * most {@link #MOST_CLIENTS}; of more, some are forgotten that do not fight.
 */
public final class TakeOvers {
  /** A storm of clients whose old connections are half open brings as many entries. */
  static final int MOST_CLIENTS = 10_000;

  static final long FIRST_PAUSE_MILLIS = 1000;
  static final long LONGEST_PAUSE_MILLIS = 60_000;

  /** Entries that are looked at to make room for one. */
  private static final int LOOKED_AT = 16;

  private final Map<String, Fight> fights;
  private final int normal;
  private final long windowMillis;

  private TakeOvers(Map<String, Fight> fights, int normal, long windowMillis) {
    this.fights = fights;
    this.normal = normal;
    this.windowMillis = windowMillis;
  }

  /**
   * None yet.
   *
   * @param map empty, and used by nobody else; a concurrent one where the shards have threads of
   *     their own
   * @param normal take-overs of one client within the window that are no fight; 0 for any number
   */
  @SuppressWarnings("unchecked") // its values are this package's own
  public static TakeOvers of(Map<String, ?> map, int normal, long windowMillis) {
    return new TakeOvers((Map<String, Fight>) map, normal, windowMillis);
  }

  /** How long a newcomer may not take the client over yet; 0 where nobody fights. */
  long waitMillis(String clientId, long nowMillis) {
    Fight fight = fights.isEmpty() ? null : fights.get(clientId);
    return fight == null ? 0 : Math.max(0, fight.quietUntilMillis() - nowMillis);
  }

  /**
   * A connection has lost its session to a newer one.
   *
   * @param loser where it came from
   * @return the fight that this belongs to, or null
   */
  @Nullable Fight lost(String clientId, String loser, long nowMillis) {
    if (normal == 0) {
      return null;
    }
    if (fights.size() >= MOST_CLIENTS && !fights.containsKey(clientId)) {
      makeRoom(nowMillis);
    }
    Fight now = fights.compute(clientId, (id, before) -> next(before, loser, nowMillis));
    return now.isFight() ? now : null;
  }

  /** The connection of a client has ended by itself: whoever comes takes nothing from it. */
  void left(String clientId) {
    if (!fights.isEmpty()) {
      fights.computeIfPresent(clientId, (id, fight) -> fight.calmed());
    }
  }

  /** Whether this is the take-over by which it became a fight. */
  boolean hasBegun(Fight fight) {
    return fight.count() == normal + 1;
  }

  /** Clients that fight now. */
  public int fights(long nowMillis) {
    return (int)
        fights.values().stream()
            .filter(fight -> fight.isFight() && !isOver(fight, nowMillis))
            .count();
  }

  private Fight next(@Nullable Fight before, String loser, long nowMillis) {
    if (before == null || isForgotten(before, nowMillis)) {
      return new Fight(1, nowMillis, nowMillis, 0, 0, loser, "");
    }
    int count = Math.min(before.count() + 1, Integer.MAX_VALUE - 1);
    long pause = 0;
    if (count > normal) {
      pause =
          Math.max(FIRST_PAUSE_MILLIS, Math.min(before.pauseMillis() * 2, LONGEST_PAUSE_MILLIS));
    }
    return new Fight(
        count, before.sinceMillis(), nowMillis, pause, nowMillis + pause, loser, before.loser());
  }

  private boolean isForgotten(Fight before, long nowMillis) {
    return isOver(before, nowMillis)
        || (!before.isFight() && nowMillis - before.sinceMillis() > windowMillis);
  }

  /** Nobody was taken over for so long that what comes next is something new. */
  private boolean isOver(Fight fight, long nowMillis) {
    return nowMillis - fight.lastMillis() > windowMillis + fight.pauseMillis();
  }

  private void makeRoom(long nowMillis) {
    Iterator<Fight> all = fights.values().iterator();
    for (int looked = 0; looked < LOOKED_AT && all.hasNext(); looked++) {
      Fight fight = all.next();
      boolean isLast = looked == LOOKED_AT - 1;
      if (isLast || !fight.isFight() || isOver(fight, nowMillis)) {
        all.remove();
        return;
      }
    }
  }
}
