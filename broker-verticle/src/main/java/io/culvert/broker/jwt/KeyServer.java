package io.culvert.broker.jwt;

import io.culvert.broker.remote.JsonServer;
import io.culvert.broker.remote.RemoteOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys from a server that changes them from time to time: it is asked at the start, every so often,
 * and when a token names a key that is not known, but then not too often. While it does not answer,
 * the keys that it gave last go on to count. May be used on any thread.
 */
final class KeyServer {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.audit");

  private final Vertx vertx;
  private final JsonServer server;
  private final RemoteOptions remote;
  private final long paceNanos;
  private final long timer;
  private TokenKeys keys = TokenKeys.NONE;
  private @Nullable Future<TokenKeys> asking;
  private long askedNanos;

  KeyServer(Vertx vertx, RemoteOptions remote, long refreshSeconds, long paceSeconds) {
    this.vertx = vertx;
    this.remote = remote;
    this.server = new JsonServer(vertx, remote);
    this.paceNanos = TimeUnit.SECONDS.toNanos(paceSeconds);
    ask();
    this.timer = vertx.setPeriodic(TimeUnit.SECONDS.toMillis(refreshSeconds), ignored -> ask());
  }

  /** The keys among which one of this name is, if there is one. */
  synchronized Future<TokenKeys> keys(@Nullable String keyId) {
    boolean isKnown = keyId == null ? !keys.isEmpty() : keys.knows(keyId);
    if (isKnown) {
      return Future.succeededFuture(keys);
    }
    boolean isTooSoon = asking == null && System.nanoTime() - askedNanos < paceNanos;
    return isTooSoon ? Future.succeededFuture(keys) : ask();
  }

  void close() {
    vertx.cancelTimer(timer);
    var unused = server.close();
  }

  private synchronized Future<TokenKeys> ask() {
    Future<TokenKeys> running = asking;
    if (running == null) {
      askedNanos = System.nanoTime();
      running =
          server
              .get()
              .map(TokenKeys::ofSet)
              .transform(outcome -> answered(outcome.result(), outcome.cause()));
      if (!running.isComplete()) {
        asking = running;
      }
    }
    return running;
  }

  private synchronized Future<TokenKeys> answered(
      @Nullable TokenKeys newest, @Nullable Throwable failure) {
    asking = null;
    if (newest == null) {
      LOG.error(
          "the keys of tokens could not be read from {}: {}",
          remote.shown(),
          failure == null ? "" : failure.getMessage());
    } else {
      keys = newest;
    }
    return Future.succeededFuture(keys);
  }
}
