package io.culvert.mqtt.server;

import org.jspecify.annotations.Nullable;

/** Who may do what. Asked on the threads of all shards. */
@FunctionalInterface
public interface Authorization {
  /** Everybody may do everything, except who has come with permissions: those count. */
  Authorization NONE =
      (clientId, userName, granted) -> granted == null ? Permissions.EVERYTHING : granted;

  /**
   * What a client may do; asked at its CONNECT, and again for all sessions when this is replaced.
   *
   * @param clientId its own, or the one that was assigned
   * @param userName who it has proven to be, or null
   * @param granted what whoever let it in says of it, or null where that has no opinion at all
   * @return one for this session alone
   */
  Permissions of(String clientId, @Nullable String userName, @Nullable Permissions granted);
}
