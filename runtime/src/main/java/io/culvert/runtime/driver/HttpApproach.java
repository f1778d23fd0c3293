package io.culvert.runtime.driver;

import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpConnection;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP connection of a WebSocket listener until it is upgraded. One that is not in time is
 * closed, whatever it has sent meanwhile: no byte that comes puts the end off. What it has taken of
 * the listener it gives back when it ends, whether or not Vert.x tells what became of a handshake.
 */
final class HttpApproach {
  private final Endpoint<?, ?> endpoint;
  private final ScheduledFuture<?> timeout;
  private boolean admitted;
  private boolean answered;
  private boolean over;

  HttpApproach(Endpoint<?, ?> endpoint, HttpConnection connection, long timeoutMillis) {
    this.endpoint = endpoint;
    this.timeout =
        endpoint
            .shard()
            .eventLoop()
            .schedule(() -> late(connection), timeoutMillis, TimeUnit.MILLISECONDS);
  }

  /** Has got a place, which an upgrade keeps. */
  void admitted() {
    admitted = true;
  }

  /** Its handshake has failed. */
  void failed() {
    if (admitted) {
      admitted = false;
      endpoint.notOpened();
    }
  }

  /** Has got an answer that is counted. */
  void answered() {
    answered = true;
  }

  /** Is a WebSocket now; false if it has ended before. */
  boolean pass() {
    boolean passes = !over;
    over = true;
    timeout.cancel(false);
    return passes;
  }

  /** Its socket is closed. */
  void ended() {
    if (pass()) {
      if (!answered) {
        endpoint.counters().unopened++;
      }
      failed();
    }
  }

  private void late(HttpConnection connection) {
    Shard.LOG.debug("{} is closed: it was no WebSocket in time", connection.remoteAddress());
    var unused = connection.close(); // which tells by its handler
  }
}
