package io.culvert.mqtt.server;

/**
 * Who has a session: each CONNECT of a client claims it for its shard, with a number that no other
 * claim has. The next claim asks exactly this one for the session, so however many connections
 * fight for it, each gets it from the one before.
 */
record Owner(int shard, long claim) {
  /** Where there is one shard only, nobody asks. */
  static final Owner ONLY_SHARD = new Owner(0, 0);
}
