package io.culvert.client;

import io.culvert.engine.Engine;
import io.culvert.mqtt.client.ServerTerms;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When and where a client connects: its attempts, the pauses between them, and who waits for one
 * that succeeds. On the event loop only.
 */
final class Attempts {
  private enum Phase {
    /** Nothing is wanted. */
    IDLE,
    /** An attempt is under way, or about to be. */
    CONNECTING,
    CONNECTED,
    /** The next attempt is due later. */
    WAITING,
    CLOSED
  }

  /** What an attempt leads to. */
  interface Owner {
    /** The client is told; never throws. */
    void changed(ConnectionChange change);

    /** A new deadline is to be looked at. */
    void deadlineChanged();
  }

  private final ReconnectPlan plan;
  private final ReconnectOptions options;
  private final Function<ServerAddress, Future<?>> opener;
  private final Owner owner;
  private final LongSupplier clock;

  private Phase phase = Phase.IDLE;
  private boolean wasConnected;
  private long nextMillis = Engine.NO_DEADLINE;
  private @Nullable Promise<ServerTerms> waiting;

  /** The number of the connection that is being opened, or 0. */
  private int opening;

  /** The one that is being opened is not wanted any more. */
  private boolean stale;

  private int lastOpening;

  /**
   * @param opener opens a connection, and asks {@link #take} about it; fails where the server
   *     cannot be reached
   */
  Attempts(
      ReconnectPlan plan,
      ReconnectOptions options,
      Function<ServerAddress, Future<?>> opener,
      Owner owner,
      LongSupplier clock) {
    this.plan = plan;
    this.options = options;
    this.opener = opener;
    this.owner = owner;
    this.clock = clock;
  }

  // ---- what is wanted

  /**
   * A connection is wanted.
   *
   * @param begin called when there was neither one nor an attempt; leads to {@link #attempt}
   */
  Future<ServerTerms> connect(Runnable begin) {
    Promise<ServerTerms> promise = waiting == null ? Promise.promise() : waiting;
    waiting = promise;
    if (phase == Phase.IDLE) {
      phase = Phase.CONNECTING;
      begin.run();
    }
    return promise.future();
  }

  /** Attempts now, unless that is not wanted any more. */
  void attempt() {
    if (phase != Phase.CONNECTING || opening != 0) {
      return; // one that is not wanted any more ends first
    }
    int number = ++lastOpening;
    opening = number;
    ServerAddress to = plan.address();
    opener.apply(to).onComplete(opened -> opened(number, to, opened.cause()));
  }

  /**
   * No connection is wanted until {@link #connect} is called again.
   *
   * @return whether one was
   */
  boolean stop(MqttClientException why) {
    boolean was = phase != Phase.IDLE;
    end(Phase.IDLE, why);
    return was;
  }

  /** No connection is wanted any more. */
  void close(MqttClientException why) {
    end(Phase.CLOSED, why);
  }

  // ---- what happens

  /** A connection is open. Returns whether it is wanted; otherwise it is to be closed. */
  boolean take() {
    boolean isWanted = phase == Phase.CONNECTING && !stale;
    if (isWanted) {
      opening = 0;
    }
    return isWanted;
  }

  /** CONNACK was good, and the server is trusted. */
  void connected(long nowMillis) {
    phase = Phase.CONNECTED;
    wasConnected = true;
    plan.connected(nowMillis);
  }

  /** Those who wait for a connection have one. */
  void tellConnected(ServerTerms terms) {
    Promise<ServerTerms> told = waiting;
    waiting = null;
    if (told != null) {
      Told.complete(told, terms);
    }
  }

  /** An attempt or a connection has ended; when that was wanted, nothing follows. */
  void ended(MqttClientException cause, Properties properties, long nowMillis) {
    if (phase == Phase.IDLE || phase == Phase.CLOSED) {
      return;
    }
    boolean first = waiting != null && !wasConnected;
    if (cause.reasonCode() == ReasonCode.SESSION_TAKEN_OVER && phase == Phase.CONNECTED) {
      plan.takenOver();
    }
    ServerAddress reference = Ending.reference(cause, properties, plan.address());
    long delay =
        reference == null
            ? plan.ended(nowMillis, Ending.retryAfterMillis(properties))
            : plan.referred(reference, cause.reasonCode() == ReasonCode.SERVER_MOVED, nowMillis);
    boolean goesOn = reference != null || !plan.isRoundOver(); // another server is tried now
    boolean firstOnly = first && !options.retryFirst();
    boolean more = firstOnly ? goesOn : Ending.isWorthRetrying(cause);
    if (!more || plan.isExhausted() || (!options.enabled() && !goesOn)) {
      giveUp(cause);
      return;
    }
    phase = Phase.WAITING;
    nextMillis = nowMillis + delay;
    owner.deadlineChanged();
    owner.changed(new ConnectionChange(ConnectionChange.State.RECONNECTING, false, cause, delay));
  }

  // ---- time

  long deadlineMillis() {
    return nextMillis;
  }

  void timeout(long nowMillis) {
    if (nowMillis < nextMillis) {
      return;
    }
    nextMillis = Engine.NO_DEADLINE;
    if (phase == Phase.WAITING) {
      phase = Phase.CONNECTING;
      attempt();
    }
  }

  // ---- queries

  /** Where the present connection or attempt is, or the next attempt goes. */
  ServerAddress address() {
    return plan.address();
  }

  boolean isConnected() {
    return phase == Phase.CONNECTED;
  }

  boolean isClosed() {
    return phase == Phase.CLOSED;
  }

  /** There was a connection before, so the server may have a session. */
  boolean wasConnected() {
    return wasConnected;
  }

  private void opened(int number, ServerAddress to, @Nullable Throwable failure) {
    if (opening != number) {
      return; // it was taken
    }
    boolean wasStale = stale;
    opening = 0;
    stale = false;
    if (wasStale) {
      attempt();
    } else if (failure != null) {
      ended(
          MqttClientException.of(
              MqttClientFailure.CONNECT_FAILED,
              to + " cannot be reached: " + Ending.reason(failure),
              failure),
          Properties.EMPTY,
          clock.getAsLong());
    }
  }

  private void giveUp(MqttClientException cause) {
    end(Phase.IDLE, cause);
    owner.changed(new ConnectionChange(ConnectionChange.State.DISCONNECTED, false, cause, -1));
  }

  private void end(Phase last, MqttClientException why) {
    phase = last;
    nextMillis = Engine.NO_DEADLINE;
    stale = opening != 0;
    Promise<ServerTerms> told = waiting;
    waiting = null;
    if (told != null) {
      Told.fail(told, why);
    }
  }
}
