package io.culvert.broker.auth;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * A plug-in that knows clients: one link of a chain whose first opinion counts. Clients that come
 * with an authentication method (AUTH) are not its business.
 *
 * <p>One object serves all event loops of a broker, so it may be called on several threads at once.
 * It must not block: what takes long belongs behind {@link #authenticate}. While it has not
 * answered, the client's connection is not read and nobody else waits. Each event loop lets {@code
 * limits.pending-authentications} of its answers be outstanding; clients beyond that are told that
 * the server is busy. So each question must be answered in the end, also that of a client that has
 * gone.
 */
public interface Authenticator {
  /**
   * What can be said without asking anybody, on the event loop and within microseconds.
   *
   * @return null where {@link #authenticate} must be asked
   */
  default @Nullable Verdict atOnce(LoginRequest request) {
    return null;
  }

  /**
   * Decides in its own time; called where {@link #atOnce} had no answer. Called on the event loop
   * of the client's connection, with its context current; may complete on any thread.
   *
   * @return one that fails when the plug-in cannot do its work: the client is then refused with
   *     0x88 (before MQTT 5 return code 3), whatever the rest of the chain would say
   */
  Future<Verdict> authenticate(LoginRequest request);
}
