package io.culvert.broker.auth;

import io.culvert.mqtt.server.Permissions;
import org.jspecify.annotations.Nullable;

/**
 * Says who may do what: one of several, of which the first that has an opinion counts. Asked on the
 * event loops of all shards, so it must not block.
 */
@FunctionalInterface
public interface Authorizer {
  /**
   * What a client may do; asked at its CONNECT, and again for all sessions when users and
   * permissions are read again.
   *
   * @param clientId its own, or the one that was assigned
   * @param userName who it has proven to be, or null
   * @return for this session alone
   */
  Permissions of(String clientId, @Nullable String userName);
}
