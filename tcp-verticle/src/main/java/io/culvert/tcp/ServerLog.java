package io.culvert.tcp;

import io.culvert.runtime.log.Printable;
import io.culvert.tcp.wire.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What a server logs: connections and messages at DEBUG, what peers do wrong as warnings, of which
 * there are so many in a second and no more. Never contents or secrets. Single-threaded.
 */
final class ServerLog {
  /** Whoever reads warnings reads no more than these, and a flood must not fill the disk. */
  private static final int WARNINGS_PER_SECOND = 10;

  private final Logger log;
  private long second = Long.MIN_VALUE;
  private int warned;

  ServerLog(Logger log) {
    this.log = log;
  }

  void connected(TcpPeer peer) {
    log.debug("{} has connected", peer);
  }

  void disconnected(TcpPeer peer, @Nullable Throwable cause) {
    log.debug("{} has gone{}", peer, cause == null ? "" : ": " + cause);
  }

  void refused(TcpPeer peer, String why, long nowMillis) {
    warn(peer, "is refused: " + why, nowMillis);
  }

  void broken(TcpPeer peer, String why, long nowMillis) {
    warn(peer, "is disconnected: " + why, nowMillis);
  }

  void failure(TcpPeer peer, String what, long nowMillis) {
    warn(peer, "has sent " + what, nowMillis);
  }

  void slow(TcpPeer peer) {
    log.info("{} is disconnected: it reads too slowly", peer);
  }

  void overdue(TcpPeer peer) {
    log.warn("a handler has not answered {} in time", peer);
  }

  void handlerFailed(TcpPeer peer, Message request, Throwable failure) {
    log.error(
        "the handler of {} {} of {} has failed",
        request.type(),
        Printable.name(request.uri().toUtf8()),
        peer,
        failure);
  }

  void failed(TcpPeer peer, Throwable failure) {
    log.error("an answer to {} was lost", peer, failure);
  }

  private void warn(TcpPeer peer, String what, long nowMillis) {
    long now = Math.floorDiv(nowMillis, 1000L);
    if (now != second) {
      if (warned > WARNINGS_PER_SECOND) {
        log.warn("{} more such warnings were suppressed", warned - WARNINGS_PER_SECOND);
      }
      second = now;
      warned = 0;
    }
    if (++warned <= WARNINGS_PER_SECOND) {
      log.warn("{} {}", peer, what);
    }
  }
}
