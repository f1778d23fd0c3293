package io.culvert.broker;

import io.culvert.broker.auth.LoginRequest;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.auth.AuthStep;
import io.culvert.mqtt.auth.ScramServer;
import io.culvert.mqtt.auth.ScramUsers;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads the clients of one shard through SCRAM-SHA-256. Each step runs on a worker thread, and its
 * outcome comes back to the shard's event loop, where everything else here happens. A connection
 * that has ended meanwhile is not in the map any more, so nobody misses the outcome.
 *
 * <p>Only so many steps may wait or run: a client beyond them is told that the server is busy.
 * Exchanges between steps are not counted, so that silent clients keep nobody out; the connections
 * themselves and their time limit bound them.
 */
final class ScramExchanges {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");

  private final Broker broker;
  private final Logins logins;
  private final ServerLog log;
  private final Context context;
  private ScramUsers users;
  private final int maximumSteps;
  private final LongSupplier random;
  private final LongSupplier nowMillis;
  private final Map<ServerConnection, Exchange> exchanges = new HashMap<>();
  private int steps;

  /**
   * For one shard.
   *
   * @param logins go on with a client that has proven who it is
   * @param maximumSteps that may wait or run
   * @param random chance that nobody can foresee
   */
  ScramExchanges(
      Broker broker,
      Logins logins,
      ServerLog log,
      Context context,
      ScramUsers users,
      int maximumSteps,
      LongSupplier random,
      LongSupplier nowMillis) {
    this.broker = broker;
    this.logins = logins;
    this.log = log;
    this.context = context;
    this.users = users;
    this.maximumSteps = maximumSteps;
    this.random = random;
    this.nowMillis = nowMillis;
  }

  /** Steps that wait or run. */
  int steps() {
    return steps;
  }

  /** Who may authenticate from now on. */
  void users(ScramUsers newest) {
    users = newest;
  }

  /** Begins with a CONNECT; false if it names another method, which others decide on. */
  boolean begin(
      ServerConnection connection, ServerEvent.AuthRequested requested, LoginRequest request) {
    boolean isOurs = requested.method().equals(ScramServer.METHOD);
    if (isOurs) {
      begin(connection, requested.connect(), request, requested.data());
    }
    return isOurs;
  }

  /** Whether the event goes on with it, or does it again; what else it is, others decide. */
  boolean handle(ServerConnection connection, ServerEvent event) {
    if (event instanceof ServerEvent.ReauthRequested requested) {
      begin(connection, null, null, requested.data());
      return true;
    }
    if (event instanceof ServerEvent.AuthContinued continued) {
      Exchange exchange = exchanges.get(connection);
      if (exchange != null) {
        step(connection, exchange, continued.data());
      }
      return exchange != null;
    }
    return false;
  }

  /** The connection has ended. */
  void forget(ServerConnection connection) {
    exchanges.remove(connection);
  }

  private void begin(
      ServerConnection connection,
      @Nullable Connect connect,
      @Nullable LoginRequest request,
      @Nullable Bytes data) {
    Exchange exchange = new Exchange(ScramServer.create(users, random), users, connect, request);
    exchanges.put(connection, exchange);
    step(connection, exchange, data);
  }

  private void step(ServerConnection connection, Exchange exchange, @Nullable Bytes data) {
    if (steps >= maximumSteps) {
      reject(connection, exchange, ReasonCode.SERVER_BUSY, "too many clients authenticate");
      return;
    }
    steps++;
    context
        .executeBlocking(() -> exchange.server.receive(data), /* ordered= */ false)
        .onComplete(outcome -> decided(connection, exchange, outcome));
  }

  private void decided(
      ServerConnection connection, Exchange exchange, AsyncResult<AuthStep> outcome) {
    steps--;
    if (!exchange.equals(exchanges.get(connection))) {
      return; // it has ended meanwhile
    }
    if (outcome.failed()) {
      LOG.error("A step of SCRAM failed", outcome.cause());
      reject(connection, exchange, ReasonCode.UNSPECIFIED_ERROR, "the server failed");
      return;
    }
    AuthStep step = outcome.result();
    if (step instanceof AuthStep.Continue next) {
      connection.continueAuth(next.data());
    } else if (step instanceof AuthStep.Accepted && !exchange.users.equals(users)) {
      reject(connection, exchange, ReasonCode.SERVER_BUSY, "the users have changed meanwhile");
    } else if (step instanceof AuthStep.Accepted accepted) {
      exchanges.remove(connection);
      connection.acceptAuth(accepted.userName(), accepted.data());
      if (exchange.connect != null && exchange.request != null) {
        logins.proven(connection, exchange.connect, exchange.request, accepted.userName());
      }
    } else if (step instanceof AuthStep.Rejected rejected) {
      reject(connection, exchange, ReasonCode.NOT_AUTHORIZED, rejected.reason());
    }
  }

  private void reject(
      ServerConnection connection, Exchange exchange, ReasonCode reasonCode, String reason) {
    exchanges.remove(connection);
    log.notAuthenticated(connection, exchange.connect, reason, nowMillis.getAsLong());
    broker.refuseAuth(connection, reasonCode, reason);
  }

  /**
   * One that goes on.
   *
   * @param connect that waits for it, with what it asks for; null where the client is connected
   *     already
   */
  private record Exchange(
      ScramServer server,
      ScramUsers users,
      @Nullable Connect connect,
      @Nullable LoginRequest request) {}
}
