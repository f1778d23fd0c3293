package io.culvert.mqtt.server;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who has a session: each CONNECT of a client claims it for its shard, with a number that no other
 * claim has. The next claim asks exactly this one for the session, so however many connections
 * fight for it, each gets it from the one before.
 *
 * @param userName whose client it is, or null where that had nothing to prove
 */
record Owner(int shard, long claim, @Nullable String userName) {
  /** Where there is one shard only, nobody asks. */
  static final Owner ONLY_SHARD = new Owner(0, 0, null);

  boolean isSameUser(Owner other) {
    return Objects.equals(userName, other.userName);
  }
}
