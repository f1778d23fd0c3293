package io.culvert.broker;

import io.culvert.broker.auth.PasswordUsers;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.ConnectGate;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets clients of one shard in by user name and password. A password that is not known yet is
 * hashed on a worker thread, while the connection waits; its outcome comes back to the shard's
 * event loop, where everything else here happens.
 *
 * <p>Only so many may wait or run: a client beyond them is told that the server is busy.
 */
final class Logins {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");

  private final Broker broker;
  private final ServerLog log;
  private final ConnectGate gate;
  private final Context context;
  private @Nullable PasswordUsers users;
  private final int maximumPending;
  private final LongSupplier nowMillis;
  private int pending;

  /**
   * For one shard.
   *
   * @param users who have passwords, or null where nobody has
   * @param maximumPending passwords that may wait or be hashed
   */
  Logins(
      Broker broker,
      ServerLog log,
      ConnectGate gate,
      Context context,
      @Nullable PasswordUsers users,
      int maximumPending,
      LongSupplier nowMillis) {
    this.broker = broker;
    this.log = log;
    this.gate = gate;
    this.context = context;
    this.users = users;
    this.maximumPending = maximumPending;
    this.nowMillis = nowMillis;
  }

  /** Who has a password from now on. */
  void users(@Nullable PasswordUsers newest) {
    users = newest;
  }

  /**
   * Decides on a CONNECT without an Authentication Method.
   *
   * @param anonymous whether the listener lets clients without credentials in; where nobody has a
   *     password, it looks at none
   */
  void connect(
      ServerConnection connection, ServerEvent.ConnectRequested requested, boolean anonymous) {
    Connect connect = requested.connect();
    PasswordUsers among = users;
    boolean hasCredentials = connect.userName() != null || connect.password() != null;
    if (anonymous && (among == null || !hasCredentials)) {
      broker.connect(connection, connect, nowMillis.getAsLong());
    } else if (among == null || !hasCredentials) {
      refuse(connection, connect, ReasonCode.NOT_AUTHORIZED, "no credentials");
    } else if (connect.userName() == null || connect.password() == null) {
      refuse(connection, connect, ReasonCode.BAD_USERNAME_OR_PASSWORD, "only half of them");
    } else {
      check(connection, connect, among, connect.userName(), connect.password());
    }
  }

  private void check(
      ServerConnection connection,
      Connect connect,
      PasswordUsers among,
      String userName,
      Bytes password) {
    byte[] secret = password.toByteArray();
    if (among.isKnown(userName, secret)) {
      accept(connection, connect, userName);
    } else if (pending >= maximumPending) {
      log.notAuthenticated(connection, connect, "too many clients log in", nowMillis.getAsLong());
      gate.refuse(connection, nowMillis.getAsLong());
    } else {
      pending++;
      context
          .executeBlocking(() -> among.check(userName, secret), /* ordered= */ false)
          .onComplete(outcome -> checked(connection, connect, userName, outcome));
    }
  }

  private void checked(
      ServerConnection connection, Connect connect, String userName, AsyncResult<Boolean> outcome) {
    pending--;
    if (outcome.failed()) {
      LOG.error("A password could not be checked", outcome.cause());
      refuse(connection, connect, ReasonCode.UNSPECIFIED_ERROR, "the server failed");
    } else if (outcome.result()) {
      accept(connection, connect, userName);
    } else {
      refuse(connection, connect, ReasonCode.BAD_USERNAME_OR_PASSWORD, "wrong credentials");
    }
  }

  private void accept(ServerConnection connection, Connect connect, String userName) {
    connection.loggedIn(userName);
    broker.connect(connection, connect, nowMillis.getAsLong());
  }

  private void refuse(
      ServerConnection connection, Connect connect, ReasonCode reasonCode, String reason) {
    log.notAuthenticated(connection, connect, reason, nowMillis.getAsLong());
    broker.refuse(connection, reasonCode);
  }
}
