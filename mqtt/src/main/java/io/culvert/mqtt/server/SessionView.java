package io.culvert.mqtt.server;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session as it was when somebody looked.
 *
 * @param userName who its client has proven to be, or null
 * @param expirySeconds how long it outlives its connection; 4 294 967 295 means for ever
 * @param connection null while there is none
 */
public record SessionView(
    String clientId,
    @Nullable String userName,
    long expirySeconds,
    int queuedMessages,
    long queuedBytes,
    int inFlight,
    List<Subscription> subscriptions,
    @Nullable ConnectionView connection) {

  static SessionView of(Session session, long nowMillis) {
    ServerConnection attached = session.connection();
    return new SessionView(
        session.clientId(),
        session.userName(),
        session.expirySeconds(),
        session.queuedMessages(),
        session.queuedBytes(),
        session.inFlight(),
        List.copyOf(session.subscriptions()),
        attached == null ? null : attached.view(nowMillis));
  }
}
