package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.engine.Wake;
import io.culvert.runtime.driver.Application;
import io.culvert.runtime.driver.Peer;
import io.culvert.runtime.driver.Shard;
import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.Frame;
import io.culvert.tcp.wire.FrameEngine;
import io.culvert.tcp.wire.FrameEvent;
import io.culvert.tcp.wire.FrameLimits;
import io.culvert.tcp.wire.FrameViolation;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.culvert.tcp.wire.ReceiveBudget;
import io.culvert.tcp.wire.Verdict;
import io.vertx.core.Future;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a server does with its connections: one message after the other of each. Everything here
 * runs on one event loop.
 */
final class ServerSide implements Application<FrameEvent, FrameEngine> {
  private final Dialect dialect;
  private final Framing framing;
  private final Handlers handlers;
  private final KeyExtractor keys;
  private final Function<String, Message> makeError;
  private final FrameLimits limits;
  private final FailureBudget budget;
  private final ReceiveBudget receiveBudget;
  private final FixedErrors fixedErrors;
  private final ServerLog log;
  private final Clients clients;
  private final Subscriptions subscriptions;
  private final int maximumRequests;
  private final TcpCounters counters = new TcpCounters();
  private long lastId;

  ServerSide(TcpServerOptions options, Handlers handlers) {
    this.dialect = options.dialect();
    this.framing = options.framing();
    this.handlers = handlers;
    this.keys = options.keys();
    this.makeError = options.makeError();
    this.limits = options.limits();
    this.budget = options.failureBudget();
    this.receiveBudget = new ReceiveBudget(options.maximumReceivedBytes());
    this.fixedErrors = new FixedErrors(framing);
    this.log = new ServerLog(options.logger());
    this.clients = new Clients(options.maximumConnectionsPerAddress());
    this.subscriptions = new Subscriptions(options.maximumSubscriptionsPerPeer());
    this.maximumRequests = options.maximumRequestsPerPeer();
  }

  @Override
  public FrameEngine open(Peer socket, Wake wake, Shard shard) {
    long nowMillis = shard.nowMillis();
    FrameEngine engine =
        new FrameEngine(framing.codec(), limits, receiveBudget, shard.buffers(), wake, nowMillis);
    TcpPeer peer = new TcpPeer(++lastId, socket, engine, shard, framing, maximumRequests);
    if (budget.isSpent(AddressKey.of(peer.remote()), nowMillis)) {
      refuse(peer, "its address has had too many failures", nowMillis);
    } else if (!clients.add(peer)) {
      refuse(peer, "its address has as many connections as it may", nowMillis);
    } else {
      counters.accepted.increment();
      log.connected(peer);
    }
    return engine;
  }

  private void refuse(TcpPeer peer, String why, long nowMillis) {
    counters.refused.increment();
    log.refused(peer, why, nowMillis);
    peer.gone();
  }

  @Override
  public void event(FrameEngine engine, FrameEvent event, long nowMillis) {
    TcpPeer peer = peerOf(engine);
    if (event instanceof FrameEvent.Received received) {
      received(peer, received.frame(), nowMillis);
    } else if (event instanceof FrameEvent.Broken broken) {
      broken(peer, broken.violation(), nowMillis);
    } else if (event instanceof FrameEvent.Overdue) {
      overdue(peer);
    }
  }

  @Override
  public void closed(FrameEngine engine, long nowMillis, @Nullable Throwable cause) {
    TcpPeer peer = peerOf(engine);
    boolean wasOpen = peer.isOpen();
    forget(peer);
    if (wasOpen) {
      log.disconnected(peer, cause);
    }
  }

  boolean subscribe(Object key, TcpPeer peer) {
    return subscriptions.add(key, peer);
  }

  void unsubscribe(Object key, TcpPeer peer) {
    subscriptions.remove(key, peer);
  }

  /** Sends to the subscribers of a key; says how many they were. */
  int notifySubscribers(Object key, Message message, boolean signed) {
    Set<TcpPeer> peers = subscriptions.of(key);
    return peers.isEmpty() ? 0 : sendToAll(peers, message, signed);
  }

  /** Sends to everybody who is connected; says how many they were. */
  int broadcast(Message message, boolean signed) {
    return sendToAll(clients.view(), message, signed);
  }

  Clients clients() {
    return clients;
  }

  Subscriptions subscriptions() {
    return subscriptions;
  }

  TcpCounters counters() {
    return counters;
  }

  ReceiveBudget receiveBudget() {
    return receiveBudget;
  }

  /** Signs once; who cannot take it is let go, because it would miss a message unknowingly. */
  private int sendToAll(Set<TcpPeer> peers, Message message, boolean signed) {
    Bytes frame = framing.encode(message, signed, null);
    int sent = 0;
    for (TcpPeer peer : peers) {
      if (peer.put(frame)) {
        sent++;
      } else {
        drop(peer);
      }
    }
    counters.messagesOut.add(sent);
    return sent;
  }

  private void drop(TcpPeer peer) {
    counters.slowReaders.increment();
    log.slow(peer);
    forget(peer);
  }

  private void forget(TcpPeer peer) {
    subscriptions.removeAll(peer);
    clients.remove(peer);
    peer.gone();
  }

  private void received(TcpPeer peer, Frame frame, long nowMillis) {
    counters.messagesIn.increment();
    if (!frame.intact()) {
      counters.damaged.increment();
      put(peer, fixedErrors.frame(makeError.apply("invalid message"), nowMillis));
      failed(peer, "a message whose checksum is wrong", nowMillis);
      return;
    }
    Verdict verdict = framing.check(frame);
    if (verdict != Verdict.VALID) {
      notAuthentic(peer, frame, verdict, Objects.requireNonNull(framing.auth()), nowMillis);
      return;
    }
    if (peer.completes(frame.message())) {
      peer.engine().proceed();
      return;
    }
    handle(peer, frame, nowMillis);
  }

  private void handle(TcpPeer peer, Frame frame, long nowMillis) {
    Message message = frame.message();
    Handlers.Found found = handlers.find(keys.keys(message, peer));
    AuthPlugin inner = found == null ? null : found.entry().auth();
    if (inner != null) {
      Verdict verdict = inner.check(message, frame.body());
      if (verdict != Verdict.VALID) {
        notAuthentic(peer, frame, verdict, inner, nowMillis);
        return;
      }
    }
    MessageHandler handler =
        found != null && handlers.claim(found) ? found.entry().handler() : handlers.otherwise();
    if (handler == null) {
      answer(peer, message, errorFor(message, makeError.apply("not found")), inner);
      return;
    }
    Reply reply;
    try {
      reply = handler.handle(message, peer);
    } catch (Throwable failure) { // must cost its peer no more than this answer
      handlerFailed(peer, message, failure);
      return;
    }
    await(peer, message, reply, inner);
  }

  /** Takes an answer now or later; what comes for an older message is nobody's any more. */
  private void await(TcpPeer peer, Message request, Reply reply, @Nullable AuthPlugin inner) {
    Future<Reply> later = reply.later();
    if (later == null) {
      answer(peer, request, reply.message(), inner);
      return;
    }
    TcpPeer.Awaited token = new TcpPeer.Awaited(request);
    peer.awaited = token;
    later.onComplete(
        done ->
            peer.onLoop(
                    () -> {
                      if (peer.awaited == token) {
                        peer.awaited = null;
                        if (done.succeeded()) {
                          await(peer, request, done.result(), inner);
                        } else {
                          handlerFailed(peer, request, done.cause());
                        }
                      }
                      return Future.<Void>succeededFuture();
                    })
                .onFailure(failure -> log.failed(peer, failure)));
  }

  private void handlerFailed(TcpPeer peer, Message request, Throwable failure) {
    counters.handlerFailures.increment();
    log.handlerFailed(peer, request, failure);
    answer(peer, request, errorFor(request, makeError.apply("internal error")), null);
  }

  private void overdue(TcpPeer peer) {
    TcpPeer.Awaited late = peer.awaited;
    peer.awaited = null;
    counters.handlerFailures.increment();
    log.overdue(peer);
    Message error = makeError.apply("no answer in time");
    send(peer, late == null ? error : errorFor(late.request, error), true, null);
    peer.engine().proceed();
  }

  private void answer(
      TcpPeer peer, Message request, @Nullable Message answer, @Nullable AuthPlugin inner) {
    if (answer != null) {
      try {
        send(peer, answer, true, inner);
      } catch (IllegalArgumentException tooLong) {
        counters.handlerFailures.increment();
        log.handlerFailed(peer, request, tooLong);
        send(peer, errorFor(request, makeError.apply("the answer is too long")), true, inner);
      }
    }
    peer.engine().proceed();
  }

  private void notAuthentic(
      TcpPeer peer, Frame frame, Verdict verdict, AuthPlugin plugin, long nowMillis) {
    counters.notAuthentic.increment();
    Message error = errorFor(frame.message(), plugin.error());
    if (dialect.signsAuthErrors() && framing.auth() != null) {
      put(peer, fixedErrors.frame(error, nowMillis));
    } else {
      send(peer, error, dialect.signsAuthErrors(), plugin);
    }
    if (verdict == Verdict.MALFORMED) {
      counters.violations.increment();
      log.broken(peer, "its authentication fields have types that nobody sends", nowMillis);
      budget.count(peer, nowMillis);
      peer.engine().close();
      return;
    }
    failed(peer, "a message that is " + words(verdict), nowMillis);
  }

  private void failed(TcpPeer peer, String what, long nowMillis) {
    log.failure(peer, what, nowMillis);
    budget.count(peer, nowMillis);
    if (budget.isSpentBy(peer, nowMillis)) {
      log.broken(peer, "it has had too many failures", nowMillis);
      peer.engine().close();
    } else {
      peer.engine().proceed();
    }
  }

  /**
   * The peer may learn what it did wrong; the connection is ending already. Not signed, so that
   * strangers with garbage cost no HMAC.
   */
  private void broken(TcpPeer peer, FrameViolation violation, long nowMillis) {
    counters.violations.increment();
    log.broken(peer, violation.detail(), nowMillis);
    budget.count(peer, nowMillis);
    send(
        peer,
        Message.of(MessageType.ERROR, Message.ERROR_URI, "invalid message: " + violation.detail()),
        false,
        null);
  }

  private void send(TcpPeer peer, Message message, boolean signed, @Nullable AuthPlugin inner) {
    if (peer.isOpen()) {
      put(peer, framing.encode(message, signed, inner));
    }
  }

  private void put(TcpPeer peer, Bytes frame) {
    if (!peer.isOpen()) {
      return;
    }
    if (peer.put(frame)) {
      counters.messagesOut.increment();
    } else if (!peer.isClosing()) {
      drop(peer);
    }
  }

  private Message errorFor(Message request, Message error) {
    return dialect.errorsCarryRequestUri() ? error.withUri(request.uri()) : error;
  }

  private static String words(Verdict verdict) {
    return switch (verdict) {
      case VALID -> "authentic";
      case INVALID -> "not authentic";
      case STALE -> "too old or too new";
      case REPLAYED -> "a repetition";
      case MALFORMED -> "malformed";
    };
  }

  private static TcpPeer peerOf(FrameEngine engine) {
    return (TcpPeer) Objects.requireNonNull(engine.owner());
  }
}
