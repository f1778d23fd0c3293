package io.culvert.tcp;

import io.culvert.runtime.bus.TcpFailure;
import io.culvert.runtime.driver.EngineServer;
import io.culvert.runtime.driver.ServingShard;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.StreamServer;
import io.culvert.runtime.driver.TcpFront;
import io.culvert.runtime.driver.TcpOptions;
import io.culvert.tcp.wire.FrameEngine;
import io.culvert.tcp.wire.FrameEvent;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.ReceiveBudget;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.ServerSSLOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * A server of the message service. It belongs to the event loop on which it was made; its methods
 * may be called from any thread, and take effect at once when called there, as from a handler.
 */
public final class TcpServer {
  /** How long TLS may take until the first message. */
  private static final long HANDSHAKE_MILLIS = 10_000;

  private final Shard shard;
  private final TcpServerOptions options;
  private final Handlers handlers;
  private final ServerSide side;
  private final StreamServer<FrameEvent, FrameEngine> attached;
  private final List<EngineServer> listeners = new ArrayList<>();

  private TcpServer(Shard shard, TcpServerOptions options, Handlers handlers) {
    this.shard = shard;
    this.options = options;
    this.handlers = handlers;
    this.side = new ServerSide(options, handlers);
    this.attached = new StreamServer<>(shard, side);
  }

  /** One without handlers yet. */
  public static TcpServer create(Vertx vertx, TcpServerOptions options) {
    return create(vertx, options, new Handlers());
  }

  /** One with handlers, which may be those of other servers, too. */
  public static TcpServer create(Vertx vertx, TcpServerOptions options, Handlers handlers) {
    return new TcpServer(Shard.current(vertx), options, handlers);
  }

  /** Where handlers are added and removed. */
  public Handlers handlers() {
    return handlers;
  }

  /**
   * Listens; may be called for several addresses.
   *
   * @param port 0 takes any
   * @return the port; fails as the bind fails, or if a certificate cannot be used
   */
  public Future<Integer> listen(String host, int port) {
    return onLoop(
        () -> {
          TcpOptions where =
              TcpOptions.of(host, port)
                  .withMaxConnections(options.maximumConnections())
                  .withConnectsPerSecond(options.connectsPerSecond());
          List<ServingShard<FrameEvent, FrameEngine>> serving =
              List.of(new ServingShard<>(shard, side));
          ServerSSLOptions tls = options.tls();
          Future<EngineServer> listening =
              tls == null
                  ? EngineServer.listenTcp(serving, where)
                  : EngineServer.listenTcp(
                      serving, where, new TcpFront(List.of(), tls, HANDSHAKE_MILLIS));
          return listening.map(
              listener -> {
                listeners.add(listener);
                return listener.port();
              });
        });
  }

  /** Serves a socket that somebody else has accepted; called on this server's event loop. */
  public void attach(NetSocket socket) {
    attached.attach(socket, socket, () -> closeQuietly(socket));
  }

  /**
   * From now on the peer gets what is sent to the subscribers of the key; any object with equals
   * and hashCode, such as a URI.
   *
   * @return false if the peer has as many subscriptions as it may
   */
  public Future<Boolean> subscribe(Object key, TcpPeer peer) {
    return onLoop(() -> Future.succeededFuture(side.subscribe(key, peer)));
  }

  /** Does nothing where there is no such subscription. */
  public Future<Void> unsubscribe(Object key, TcpPeer peer) {
    return onLoop(
        () -> {
          side.unsubscribe(key, peer);
          return Future.succeededFuture();
        });
  }

  /** Sends to all subscribers of a key, signed where this server signs. */
  public Future<Integer> notify(Object key, Message message) {
    return notify(key, message, true);
  }

  /**
   * Sends to all subscribers of a key. Who has no room for it is disconnected.
   *
   * @param signed whether it gets authentication fields; it is signed once for all
   * @return how many they are; fails with {@link TcpFailure#TOO_LONG}
   */
  public Future<Integer> notify(Object key, Message message, boolean signed) {
    return sent(() -> side.notifySubscribers(key, message, signed));
  }

  /** Sends to everybody who is connected, signed where this server signs. */
  public Future<Integer> broadcast(Message message) {
    return broadcast(message, true);
  }

  /** As {@link #notify(Object, Message, boolean)}, for everybody who is connected. */
  public Future<Integer> broadcast(Message message, boolean signed) {
    return sent(() -> side.broadcast(message, signed));
  }

  /** Those who are connected: a view. */
  public Set<TcpPeer> clients() {
    return side.clients().view();
  }

  /** Who has subscribed to what: a view. */
  public Map<Object, Set<TcpPeer>> subscriptions() {
    return side.subscriptions().view();
  }

  public TcpCounters counters() {
    return side.counters();
  }

  /** What all connections keep of frames that are not complete; asked on the event loop. */
  ReceiveBudget receiveBudget() {
    return side.receiveBudget();
  }

  /**
   * Reads certificates and keys again, for handshakes that begin from now on; fails, and changes
   * nothing, when one cannot be used, or where there is no TLS.
   */
  public Future<Void> reload(ServerSSLOptions newest) {
    return onLoop(
        () -> Future.join(listeners.stream().map(each -> each.reload(newest)).toList()).mapEmpty());
  }

  /** Accepts no more, sends what waits, and closes everything. */
  public Future<Void> close() {
    return onLoop(
        () ->
            Future.join(listeners.stream().map(EngineServer::close).toList())
                .eventually(attached::close)
                .mapEmpty());
  }

  private <T> Future<T> onLoop(Supplier<Future<T>> action) {
    return shard.inThread() ? action.get() : shard.ask(action);
  }

  /** Fails if the message is too long. */
  private Future<Integer> sent(IntSupplier sending) {
    return onLoop(
        () -> {
          try {
            return Future.succeededFuture(sending.getAsInt());
          } catch (IllegalArgumentException tooLong) {
            return Future.failedFuture(
                TcpFailure.TOO_LONG.because(String.valueOf(tooLong.getMessage())));
          }
        });
  }

  private void closeQuietly(NetSocket socket) {
    socket
        .close()
        .onFailure(failure -> options.logger().debug("a socket cannot be closed", failure));
  }
}
