package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.runtime.bus.TcpFailure;
import io.culvert.runtime.driver.Peer;
import io.culvert.runtime.driver.Shard;
import io.culvert.tcp.wire.FrameEngine;
import io.culvert.tcp.wire.Message;
import io.vertx.core.Future;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The other end of one connection. Its public methods may be called from any thread; on the event
 * loop of the connection they take effect at once.
 */
public final class TcpPeer {
  private final long id;
  private final Peer socket;
  private final @Nullable SocketAddress remote;
  private final FrameEngine engine;
  private final Shard shard;
  private final Framing framing;

  /** The keys that it is subscribed to; the business of {@link Subscriptions}. */
  final Set<Object> subscribedTo = new HashSet<>();

  /** What the present message waits for, or null: an answer to an older one comes too late. */
  @Nullable Awaited awaited;

  /** Messages that were not authentic or not intact. */
  int failures;

  private final int maximumRequests;
  private @Nullable PendingRequests requests;
  private volatile boolean open = true;

  /**
   * @param maximumRequests that may wait for their answers
   */
  TcpPeer(
      long id, Peer socket, FrameEngine engine, Shard shard, Framing framing, int maximumRequests) {
    this.id = id;
    this.socket = socket;
    this.remote = socket.remote();
    this.engine = engine;
    this.shard = shard;
    this.framing = framing;
    this.maximumRequests = maximumRequests;
    engine.owner(this);
  }

  /** Counted from 1 in its server or client; never used again. */
  public long id() {
    return id;
  }

  /** Its address, null where that is not known. */
  public @Nullable SocketAddress remote() {
    return remote;
  }

  /** The TLS session, with the peer's certificates if it has shown some; null without TLS. */
  public @Nullable SSLSession tlsSession() {
    return socket.tlsSession();
  }

  /** The subject of the certificate that it has shown and that was checked; null without one. */
  public @Nullable String certificateSubject() {
    SSLSession tls = tlsSession();
    try {
      return tls == null ? null : tls.getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException none) {
      return null;
    }
  }

  public boolean isOpen() {
    return open;
  }

  /** Sends a message, signed where the server or client signs. */
  public Future<Void> send(Message message) {
    return send(message, true);
  }

  /**
   * Sends a message.
   *
   * @param signed whether it gets authentication fields
   * @return fails with {@link TcpFailure#CLOSED}, {@link TcpFailure#QUEUE_FULL} or {@link
   *     TcpFailure#TOO_LONG}; success means that it is on its way
   */
  public Future<Void> send(Message message, boolean signed) {
    return onLoop(() -> sent(message, signed));
  }

  /**
   * Sends a message and waits for its answer, which has the same URI; an error may have the URI
   * {@code ERROR} and answers the oldest request then. While requests wait, two of the same URI
   * cannot be told apart but by their order. A peer whose own message is not answered yet is not
   * read from, so its handler must not wait for this.
   *
   * @return the answer, also where it is an error such as NOT_FOUND; fails with {@link
   *     TcpFailure#TIMEOUT}, {@link TcpFailure#BUSY} or what {@link #send(Message)} fails with
   */
  public Future<Message> request(Message message, long timeoutMillis) {
    return onLoop(
        () -> {
          PendingRequests pending = pending();
          return pending
              .room()
              .compose(free -> sent(message, true))
              .compose(sent -> pending.add(message, timeoutMillis));
        });
  }

  /** Sends what waits, then closes. */
  public void close() {
    onLoop(
            () -> {
              engine.close();
              return Future.<Void>succeededFuture();
            })
        .onFailure(failure -> {}); // the event loop has ended, and the connection with it
  }

  private Future<Void> sent(Message message, boolean signed) {
    Bytes frame;
    try {
      frame = framing.encode(message, signed, null);
    } catch (IllegalArgumentException tooLong) {
      return Future.failedFuture(TcpFailure.TOO_LONG.because(String.valueOf(tooLong.getMessage())));
    }
    if (put(frame)) {
      return Future.succeededFuture();
    }
    return Future.failedFuture(
        open ? TcpFailure.QUEUE_FULL.because(this + " reads too slowly") : hasEnded());
  }

  /** Puts a frame behind what waits; on the event loop. */
  boolean put(Bytes frame) {
    return open && engine.send(frame);
  }

  /** Whether the message is an answer that somebody waits for, and now has. */
  boolean completes(Message message) {
    PendingRequests pending = requests;
    return pending != null && pending.complete(message);
  }

  /** Whether a request waited, which has failed now. */
  boolean failsOldest(Throwable failure) {
    PendingRequests pending = requests;
    return pending != null && pending.failOldest(failure);
  }

  private PendingRequests pending() {
    PendingRequests pending = requests;
    if (pending == null) {
      pending = new PendingRequests(shard.context().owner(), maximumRequests);
      requests = pending;
    }
    return pending;
  }

  FrameEngine engine() {
    return engine;
  }

  /** The connection is gone. */
  void gone() {
    open = false;
    awaited = null;
    engine.abort();
    PendingRequests pending = requests;
    if (pending != null) {
      pending.failAll(hasEnded());
    }
  }

  private RuntimeException hasEnded() {
    return TcpFailure.CLOSED.because("the connection with " + this + " has ended");
  }

  boolean isClosing() {
    return engine.status() != Engine.Status.OPEN;
  }

  <T> Future<T> onLoop(Supplier<Future<T>> action) {
    return shard.inThread() ? action.get() : shard.ask(action);
  }

  /** A message that a handler has not answered yet. Each is equal to itself only. */
  static final class Awaited {
    final Message request;

    Awaited(Message request) {
      this.request = request;
    }
  }

  /** Its address and number, for logs. */
  @Override
  public String toString() {
    return Peer.text(remote) + " #" + id;
  }
}
