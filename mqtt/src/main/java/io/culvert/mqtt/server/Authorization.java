package io.culvert.mqtt.server;

import org.jspecify.annotations.Nullable;

/** Who may do what. Asked on the threads of all shards. */
@FunctionalInterface
public interface Authorization {
  /** Everybody may do everything. */
  Authorization NONE = (clientId, userName) -> Permissions.EVERYTHING;

  /**
   * What a client may do; asked at its CONNECT, and again for all sessions when this is replaced.
   *
   * @param clientId its own, or the one that was assigned
   * @param userName who it has proven to be, or null
   * @return one for this session alone
   */
  Permissions of(String clientId, @Nullable String userName);
}
