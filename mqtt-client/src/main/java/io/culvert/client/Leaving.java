package io.culvert.client;

import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ServerTerms;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection that the application has asked for, and whoever wants a new one behind
 * it: the server must not see two of one client. On the event loop only.
 */
final class Leaving {
  private @Nullable ClientConnection connection;
  private Promise<Void> gone = Promise.promise();
  private @Nullable Promise<ServerTerms> returning;

  /** This connection ends. */
  Future<Void> begin(ClientConnection ending) {
    connection = ending;
    gone = Promise.promise();
    return gone.future();
  }

  boolean isUnderWay() {
    return connection != null;
  }

  boolean isOf(ClientConnection other) {
    return connection == other;
  }

  /** Completes when the connection that is under way has ended. */
  Future<Void> gone() {
    return gone.future();
  }

  /** A new connection is wanted when this one has ended. */
  Future<ServerTerms> thenReturn() {
    Promise<ServerTerms> waiting = returning == null ? Promise.promise() : returning;
    returning = waiting;
    return waiting.future();
  }

  /** A new connection is not wanted any more. */
  void stayAway(MqttClientException why) {
    Promise<ServerTerms> unwanted = returning;
    returning = null;
    if (unwanted != null) {
      Told.fail(unwanted, why);
    }
  }

  /**
   * The connection has ended.
   *
   * @param tell called before anybody who waits is told
   * @param connect called if a new one is wanted
   */
  void ended(Runnable tell, Supplier<Future<ServerTerms>> connect) {
    Promise<Void> told = gone;
    connection = null;
    tell.run();
    Told.complete(told, null);
    Promise<ServerTerms> waiting = returning;
    returning = null;
    if (waiting != null) {
      connect.get().onComplete(waiting);
    }
  }
}
