package io.culvert.tcp;

import io.culvert.engine.Wake;
import io.culvert.runtime.bus.TcpFailure;
import io.culvert.runtime.driver.Application;
import io.culvert.runtime.driver.EngineClient;
import io.culvert.runtime.driver.Peer;
import io.culvert.runtime.driver.Shard;
import io.culvert.tcp.wire.AuthPlugin;
import io.culvert.tcp.wire.Frame;
import io.culvert.tcp.wire.FrameEngine;
import io.culvert.tcp.wire.FrameEvent;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.culvert.tcp.wire.Verdict;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A client's connection with one server, and the next one when that is lost. Single-threaded. */
final class ClientLink implements Application<FrameEvent, FrameEngine> {
  private static final long LONGEST_PAUSE_MILLIS = 30_000;

  private final Vertx vertx;
  private final Host host;
  private final TcpClientOptions options;
  private final Framing framing;
  private final Handlers handlers;
  private final KeyExtractor keys;
  private final EngineClient sockets;
  private final Runnable connected;
  private final ArrayDeque<Arrived> unread = new ArrayDeque<>();
  private final ArrayDeque<Promise<Optional<Message>>> receivers = new ArrayDeque<>();
  private @Nullable TcpPeer server;
  private long lastId;
  private long pauseMillis;
  private boolean looping;
  private boolean full;
  private boolean closing;

  /**
   * @param connected told each time when there is a new connection
   */
  ClientLink(
      Vertx vertx,
      Host host,
      TcpClientOptions options,
      Handlers handlers,
      EngineClient sockets,
      Runnable connected) {
    this.vertx = vertx;
    this.host = host;
    this.options = options;
    this.framing = options.framing();
    this.handlers = handlers;
    this.keys = options.keys();
    this.sockets = sockets;
    this.connected = connected;
    this.pauseMillis = options.reconnectMillis();
  }

  Future<TcpPeer> connect() {
    return sockets
        .connect(host.name(), host.port(), this)
        .map(
            engine -> {
              pauseMillis = options.reconnectMillis();
              connected.run();
              return (TcpPeer) Objects.requireNonNull(engine.owner());
            });
  }

  Future<Void> send(Message message, boolean signed) {
    TcpPeer open = server;
    return open == null ? Future.failedFuture(notConnected()) : open.send(message, signed);
  }

  Future<Message> request(Message message, long timeoutMillis) {
    TcpPeer open = server;
    return open == null
        ? Future.failedFuture(notConnected())
        : open.request(message, timeoutMillis);
  }

  Future<Optional<Message>> receiveOnce() {
    if (server == null && unread.isEmpty()) {
      return Future.failedFuture(notConnected());
    }
    Promise<Optional<Message>> receiver = Promise.promise();
    receivers.add(receiver);
    drain();
    return receiver.future();
  }

  void loop(boolean on) {
    looping = on;
    drain();
  }

  void close() {
    closing = true;
    TcpPeer open = server;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public FrameEngine open(Peer socket, Wake wake, Shard shard) {
    FrameEngine engine =
        new FrameEngine(
            framing.codec(), options.limits(), shard.buffers(), wake, shard.nowMillis());
    server = new TcpPeer(++lastId, socket, engine, shard, framing, options.maximumRequests());
    if (closing) {
      engine.abort();
    }
    return engine;
  }

  @Override
  public void event(FrameEngine engine, FrameEvent event, long nowMillis) {
    if (event instanceof FrameEvent.Received received) {
      arrived(engine, received.frame());
    } else if (event instanceof FrameEvent.Broken broken) {
      options.logger().warn("{} is disconnected: {}", host, broken.violation().detail());
    } else if (event instanceof FrameEvent.Overdue) {
      options.logger().debug("nobody receives what comes from {}", host);
    }
  }

  @Override
  public void closed(FrameEngine engine, long nowMillis, @Nullable Throwable cause) {
    TcpPeer lost = (TcpPeer) Objects.requireNonNull(engine.owner());
    lost.gone();
    server = null;
    full = false;
    options.logger().debug("the connection with {} has ended", host, cause);
    while (!receivers.isEmpty()) {
      receivers.poll().tryFail(notConnected());
    }
    reconnect();
  }

  private void reconnect() {
    if (closing || options.reconnectMillis() == 0) {
      return;
    }
    long pause = pauseMillis;
    pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
    vertx.setTimer(
        pause,
        id -> {
          if (!closing) {
            connect()
                .onFailure(
                    failure -> {
                      options.logger().info("{} is not there: {}", host, failure.getMessage());
                      reconnect();
                    });
          }
        });
  }

  private void arrived(FrameEngine engine, Frame frame) {
    TcpPeer peer = (TcpPeer) Objects.requireNonNull(engine.owner());
    Message message = frame.message();
    boolean fine = frame.intact() && framing.check(frame) == Verdict.VALID;
    if (fine && peer.completes(message)) {
      engine.proceed();
      return;
    }
    if (!fine && isAuthError(message) && peer.failsOldest(authFailed(message))) {
      engine.proceed();
      return;
    }
    if (!fine) {
      options.logger().warn("{} has sent a message that is damaged or not authentic", host);
    }
    unread.add(new Arrived(frame, fine));
    full = unread.size() >= options.maximumUnread();
    drain();
    if (!full) {
      engine.proceed();
    }
  }

  private void drain() {
    while (!unread.isEmpty() && (looping || !receivers.isEmpty())) {
      Arrived next = unread.remove();
      Promise<Optional<Message>> receiver = receivers.poll();
      Future<Optional<Message>> result = handle(next);
      if (receiver != null) {
        result.onComplete(receiver);
      } else {
        result.onFailure(
            failure -> options.logger().error("a handler for {} has failed", host, failure));
      }
    }
    TcpPeer open = server;
    if (full && unread.size() < options.maximumUnread()) {
      full = false;
      if (open != null) {
        open.engine().proceed();
      }
    }
  }

  /** The handler's result, else the message; nothing where that is not to be trusted. */
  private Future<Optional<Message>> handle(Arrived arrived) {
    TcpPeer open = server;
    Message message = arrived.frame().message();
    if (!arrived.fine() || open == null) {
      return Future.succeededFuture(
          arrived.fine() ? Optional.of(message) : Optional.<Message>empty());
    }
    Handlers.Found found = handlers.find(keys.keys(message, open));
    AuthPlugin inner = found == null ? null : found.entry().auth();
    if (inner != null && inner.check(message, arrived.frame().body()) != Verdict.VALID) {
      return Future.succeededFuture(Optional.empty());
    }
    MessageHandler handler =
        found != null && handlers.claim(found) ? found.entry().handler() : handlers.otherwise();
    if (handler == null) {
      return Future.succeededFuture(Optional.of(message));
    }
    try {
      return result(handler.handle(message, open), message);
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
  }

  private static Future<Optional<Message>> result(Reply reply, Message message) {
    Future<Reply> later = reply.later();
    if (later != null) {
      return later.compose(done -> result(done, message));
    }
    Message made = reply.message();
    return Future.succeededFuture(Optional.of(made == null ? message : made));
  }

  private RuntimeException notConnected() {
    return TcpFailure.CLOSED.because("there is no connection with " + host);
  }

  private RuntimeException authFailed(Message message) {
    return TcpFailure.AUTH_FAILED.because(
        "%s answers \"%s\", and what it says is not signed with our secret"
            .formatted(host, message.content().toUtf8()));
  }

  private static boolean isAuthError(Message message) {
    return message.type().equals(MessageType.AUTH_ERROR);
  }

  private record Arrived(Frame frame, boolean fine) {}
}
