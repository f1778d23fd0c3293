package io.culvert.mqtt.server;

/**
 * That a client was taken over lately, and how often: clients that share a Client Identifier by
 * mistake take it from each other for ever.
 *
 * @param count take-overs, until there were none for a while
 * @param sinceMillis the first of them
 * @param lastMillis the last of them
 * @param pauseMillis how long the connection that won last may keep it; 0 while this is no fight
 * @param quietUntilMillis when that is over; 0 when that connection has ended by itself
 * @param loser where the connection that lost last came from
 * @param loserBefore the one before; empty at the first take-over
 */
record Fight(
    int count,
    long sinceMillis,
    long lastMillis,
    long pauseMillis,
    long quietUntilMillis,
    String loser,
    String loserBefore) {

  boolean isFight() {
    return pauseMillis > 0;
  }

  Fight calmed() {
    return new Fight(count, sinceMillis, lastMillis, pauseMillis, 0, loser, loserBefore);
  }
}
