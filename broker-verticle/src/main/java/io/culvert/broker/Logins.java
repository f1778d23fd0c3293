package io.culvert.broker;

import io.culvert.broker.auth.AuthChain;
import io.culvert.broker.auth.Authenticator;
import io.culvert.broker.auth.Grants;
import io.culvert.broker.auth.LoginRequest;
import io.culvert.broker.auth.Verdict;
import io.culvert.engine.Engine;
import io.culvert.mqtt.auth.ScramServer;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.ConnectGate;
import io.culvert.mqtt.server.Login;
import io.culvert.mqtt.server.Permissions;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.runtime.driver.Shard;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the plug-ins of a chain about the clients of one shard, one after the other, until one has
 * an opinion. What a plug-in answers comes back to the shard's event loop, where everything else
 * here happens; the client's connection waits meanwhile.
 *
 * <p>Bounded in number for each plug-in, so that one which is slow keeps nobody out whom others
 * know; and in time for each client.
 */
final class Logins {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");

  private static final Verdict BUSY =
      Verdict.refused(ReasonCode.SERVER_BUSY, "too many clients log in");
  private static final Verdict TOO_LATE =
      Verdict.refused(ReasonCode.SERVER_UNAVAILABLE, "nobody decided in time");
  private static final Verdict FAILED =
      Verdict.refused(ReasonCode.SERVER_UNAVAILABLE, "the server failed");
  private static final Verdict CHANGED =
      Verdict.refused(ReasonCode.SERVER_UNAVAILABLE, "users have changed meanwhile");
  private static final Verdict EXPIRED =
      Verdict.refused(ReasonCode.NOT_AUTHORIZED, "the login has expired before all had answered");
  private static final Permissions NOTHING =
      Grants.of(List.of(), List.of(), List.of(), ReasonCode.NOT_AUTHORIZED);
  private static final Verdict NO_CREDENTIALS =
      Verdict.refused(ReasonCode.NOT_AUTHORIZED, "no credentials");
  private static final Verdict ONLY_HALF =
      Verdict.refused(ReasonCode.BAD_USERNAME_OR_PASSWORD, "only half of them");
  private static final AuthChain PROVEN = new AuthChain(List.of(), false, true);
  private static final Verdict NOBODY = new Verdict.Accepted(null, null, Verdict.Accepted.FOR_EVER);

  private final Broker broker;
  private final ServerLog log;
  private final ConnectGate connects;
  private final Shard shard;
  private final int maximumPending;
  private final long timeoutMillis;
  private final boolean expiryEndsSession;
  private Map<String, Gate> gates;

  /**
   * For one shard.
   *
   * @param connects tells clients beyond the limits when to come back
   * @param plugins by their names
   * @param maximumPending answers that each plug-in may owe
   * @param timeoutMillis how long a client may wait
   * @param expiryEndsSession whether a session ends when the login of its client does
   */
  Logins(
      Broker broker,
      ServerLog log,
      ConnectGate connects,
      Shard shard,
      Map<String, Authenticator> plugins,
      int maximumPending,
      long timeoutMillis,
      boolean expiryEndsSession) {
    this.broker = broker;
    this.log = log;
    this.connects = connects;
    this.shard = shard;
    this.maximumPending = maximumPending;
    this.timeoutMillis = timeoutMillis;
    this.expiryEndsSession = expiryEndsSession;
    this.gates = gates(plugins, Map.of());
  }

  /** Clients that wait for the answer of a plug-in, of the one that has the most. */
  int pending() {
    return gates.values().stream().mapToInt(gate -> gate.pending).max().orElse(0);
  }

  /** Who is asked from now on, also about clients that wait. */
  void plugins(Map<String, Authenticator> newest) {
    gates = gates(newest, gates);
  }

  /** Decides on a CONNECT without an Authentication Method. */
  void connect(
      ServerConnection connection, Connect connect, LoginRequest request, AuthChain chain) {
    ask(new Waiting(connection, connect, request, chain), 0);
  }

  /**
   * Decides on the CONNECT of a client that has proven who it is by an Authentication Method: only
   * what it may do can be open.
   */
  void proven(ServerConnection connection, Connect connect, LoginRequest request, String userName) {
    Waiting login = new Waiting(connection, connect, request, PROVEN);
    decide(login, ScramServer.METHOD, Verdict.accepted(userName));
  }

  private void ask(Waiting login, int first) {
    List<String> names = login.names();
    for (int i = first; i < names.size(); i++) {
      Gate gate = gates.get(names.get(i));
      Verdict verdict;
      try {
        verdict = gate == null ? Verdict.NO_OPINION : gate.plugin.atOnce(login.request());
      } catch (RuntimeException failure) {
        log.pluginFailed(names.get(i), failure, shard.nowMillis());
        end(login, FAILED);
        return;
      }
      if (gate != null && verdict == null) {
        askLater(login, i, gate);
        return;
      }
      if (verdict != null && !(verdict instanceof Verdict.NoOpinion)) {
        decide(login, names.get(i), verdict);
        return;
      }
    }
    decide(login, "none", withoutOpinion(login));
  }

  /**
   * Ends the waiting, or goes on with what a client that is let in may do.
   *
   * @param by whose verdict it is
   */
  private void decide(Waiting login, String by, Verdict verdict) {
    Verdict.Accepted before = login.accepted;
    if (!(verdict instanceof Verdict.Accepted accepted)) {
      end(login, verdict);
      return;
    }
    login.lastsAtMost(accepted.validMillis(), shard.nowMillis());
    if (before != null) {
      end(login, before.with(accepted.granted()));
    } else {
      log.audit().proven(login.connection, by);
      if (accepted.granted() == null && asksForPermissions()) {
        login.accepted = accepted;
        ask(login, 0);
      } else {
        end(login, accepted);
      }
    }
  }

  private boolean asksForPermissions() {
    return Authenticators.PERMISSIONS.stream().anyMatch(gates::containsKey);
  }

  private void askLater(Waiting login, int index, Gate gate) {
    if (gate.pending >= maximumPending) {
      end(login, BUSY);
      return;
    }
    gate.pending++;
    login.asked = gates;
    if (login.timer < 0) {
      login.timer =
          vertx().setTimer(timeoutMillis, fired -> onShard(login, () -> end(login, TOO_LATE)));
    }
    Future.succeededFuture(login.request())
        .compose(
            request -> // what it throws is a failure
            Objects.requireNonNull(gate.plugin.authenticate(request), "it has answered nothing"))
        .onComplete(
            outcome ->
                onShard(
                    login,
                    () -> {
                      gate.pending--;
                      answered(login, index, outcome);
                    }));
  }

  private void answered(Waiting login, int index, AsyncResult<Verdict> outcome) {
    if (login.isOver) {
      return;
    }
    if (outcome.failed()) {
      log.pluginFailed(login.names().get(index), outcome.cause(), shard.nowMillis());
      end(login, FAILED);
    } else if (!gates.equals(login.asked) && login.chain.equals(PROVEN)) {
      end(login, CHANGED); // it has proven itself to users who may be others now
    } else if (!gates.equals(login.asked)) {
      login.startAgain(); // users have changed meanwhile
      ask(login, 0);
    } else if (outcome.result() instanceof Verdict.NoOpinion) {
      ask(login, index + 1);
    } else {
      decide(login, login.names().get(index), outcome.result());
    }
  }

  private static Verdict withoutOpinion(Waiting login) {
    if (login.accepted != null) { // nobody says that it may do something
      return new Verdict.Accepted(null, NOTHING, Verdict.Accepted.FOR_EVER);
    }
    LoginRequest request = login.asCame;
    if (login.chain.anonymous()
        && (!request.hasCredentials() || !login.chain.looksAtCredentials())) {
      return NOBODY;
    }
    if (!request.hasCredentials() || !login.chain.looksAtCredentials()) {
      return NO_CREDENTIALS;
    }
    return request.userName() == null || request.password() == null
        ? ONLY_HALF
        : Verdict.WRONG_CREDENTIALS;
  }

  private void end(Waiting login, Verdict verdict) {
    if (login.isOver) {
      return;
    }
    login.isOver = true;
    if (login.timer >= 0) {
      vertx().cancelTimer(login.timer);
    }
    ServerConnection connection = login.connection;
    boolean accepts = verdict instanceof Verdict.Accepted;
    Verdict last = accepts && login.endsAtMillis <= shard.nowMillis() ? EXPIRED : verdict;
    if (last instanceof Verdict.Accepted accepted) {
      accept(login, accepted);
    } else if (last instanceof Verdict.Refused refused) {
      log.notAuthenticated(connection, login.connect, refused.reason(), shard.nowMillis());
      if (last.equals(BUSY)) {
        connects.refuse(connection, shard.nowMillis());
      } else {
        broker.refuse(connection, refused.reasonCode());
      }
    } else {
      throw new IllegalStateException("no opinion is no end");
    }
  }

  private void accept(Waiting login, Verdict.Accepted accepted) {
    login.connection.loggedIn(
        new Login(accepted.userName(), accepted.granted(), login.endsAtMillis, expiryEndsSession));
    broker.connect(login.connection, login.connect, shard.nowMillis());
  }

  /** What fails there ends this connection only. */
  private void onShard(Waiting login, Runnable step) {
    if (shard.inThread()) {
      runFor(login, step);
    } else {
      shard.context().runOnContext(now -> runFor(login, step));
    }
  }

  private void runFor(Waiting login, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException failure) {
      LOG.error("A client could not be logged in", failure);
      login.isOver = true;
      broker.refuse(login.connection, ReasonCode.UNSPECIFIED_ERROR);
    }
  }

  private Vertx vertx() {
    return shard.context().owner();
  }

  /** A plug-in that goes on keeps what it owes. */
  private static Map<String, Gate> gates(
      Map<String, Authenticator> plugins, Map<String, Gate> before) {
    Map<String, Gate> gates = new HashMap<>();
    plugins.forEach(
        (name, plugin) -> {
          Gate known = before.get(name);
          boolean goesOn = known != null && known.plugin.equals(plugin);
          gates.put(name, goesOn ? known : new Gate(plugin));
        });
    return Map.copyOf(gates);
  }

  /** A plug-in and how many answers it owes to this shard. */
  private static final class Gate {
    private final Authenticator plugin;
    private int pending;

    Gate(Authenticator plugin) {
      this.plugin = plugin;
    }
  }

  /** A client that waits to be let in. */
  private static final class Waiting {
    private final ServerConnection connection;
    private final Connect connect;
    private final LoginRequest asCame;
    private final AuthChain chain;
    private Verdict.@Nullable Accepted accepted;
    private long endsAtMillis = Engine.NO_DEADLINE;
    private Map<String, Gate> asked = Map.of();
    private long timer = -1;
    private boolean isOver;

    Waiting(ServerConnection connection, Connect connect, LoginRequest request, AuthChain chain) {
      this.connection = connection;
      this.connect = connect;
      this.asCame = request;
      this.chain = chain;
    }

    /** One that was asked has answered now; whoever is asked after it must not make it longer. */
    void lastsAtMost(long validMillis, long nowMillis) {
      if (validMillis < Engine.NO_DEADLINE - Math.max(0, nowMillis)) {
        endsAtMillis = Math.min(endsAtMillis, nowMillis + validMillis);
      }
    }

    void startAgain() {
      accepted = null;
      endsAtMillis = Engine.NO_DEADLINE;
    }

    /** Who is asked: about the client, or what it may do. */
    List<String> names() {
      return accepted == null ? chain.plugins() : Authenticators.PERMISSIONS;
    }

    LoginRequest request() {
      return accepted == null ? asCame : asCame.provenAs(accepted.userName());
    }
  }
}
