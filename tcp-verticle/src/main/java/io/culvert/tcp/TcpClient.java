package io.culvert.tcp;

import io.culvert.runtime.bus.TcpFailure;
import io.culvert.runtime.driver.EngineClient;
import io.culvert.runtime.driver.Shard;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of the message service, with connections to any number of servers. What names no server
 * goes to the default one: the first, unless another was chosen. It belongs to the event loop on
 * which it was made; its methods may be called from any thread.
 */
public final class TcpClient {
  private final Vertx vertx;
  private final Shard shard;
  private final TcpClientOptions options;
  private final Handlers handlers;
  private final EngineClient sockets;
  private final Map<Host, ClientLink> links = new LinkedHashMap<>();
  private final Set<Host> hosts = ConcurrentHashMap.newKeySet();
  private @Nullable Host defaultHost;
  private volatile Consumer<Host> connected = host -> {};

  private TcpClient(Vertx vertx, TcpClientOptions options, Handlers handlers) {
    this.vertx = vertx;
    this.shard = Shard.current(vertx);
    this.options = options;
    this.handlers = handlers;
    this.sockets = EngineClient.create(shard, options.net());
  }

  /** One without handlers yet. */
  public static TcpClient create(Vertx vertx, TcpClientOptions options) {
    return create(vertx, options, new Handlers());
  }

  public static TcpClient create(Vertx vertx, TcpClientOptions options, Handlers handlers) {
    return new TcpClient(vertx, options, handlers);
  }

  /** Where handlers are added and removed. */
  public Handlers handlers() {
    return handlers;
  }

  /**
   * Told of each connection when it is there, also after a reconnect: the place to subscribe again.
   */
  public TcpClient onConnected(Consumer<Host> told) {
    connected = told;
    return this;
  }

  /** Connects to one more server; fails as the connect fails, and then forgets it. */
  public Future<TcpPeer> connect(String name, int port) {
    Host host = new Host(name, port);
    return onLoop(
        () -> {
          if (links.containsKey(host)) {
            return Future.failedFuture(
                new IllegalStateException("this client has a connection with " + host));
          }
          ClientLink link =
              new ClientLink(vertx, host, options, handlers, sockets, () -> connected.accept(host));
          links.put(host, link);
          hosts.add(host);
          if (defaultHost == null) {
            defaultHost = host;
          }
          return link.connect().onFailure(failure -> forget(host));
        });
  }

  /** The servers that it has connections with, or tries to have again: a view. */
  public Set<Host> hosts() {
    return Collections.unmodifiableSet(hosts);
  }

  /** Which server is meant where none is named. */
  public Future<Void> defaultHost(Host host) {
    return onLink(
        host,
        link -> {
          defaultHost = host;
          return Future.succeededFuture();
        });
  }

  /** Sends to the default server, signed where this client signs. */
  public Future<Void> send(Message message) {
    return send(message, null, true);
  }

  /**
   * Sends a message.
   *
   * @param host or null for the default one
   * @param signed whether it gets authentication fields
   * @return fails with a {@link TcpFailure}; success means that it is on its way
   */
  public Future<Void> send(Message message, @Nullable Host host, boolean signed) {
    return onLink(host, link -> link.send(message, signed));
  }

  /** Asks the default server for a URI. */
  public Future<Message> request(String uri, String content) {
    return request(Message.of(MessageType.REQUEST_URI, uri, content));
  }

  public Future<Message> create(String uri, String content) {
    return request(Message.of(MessageType.CREATE_URI, uri, content));
  }

  public Future<Message> update(String uri, String content) {
    return request(Message.of(MessageType.UPDATE_URI, uri, content));
  }

  public Future<Message> delete(String uri) {
    return request(Message.of(MessageType.DELETE_URI, uri));
  }

  public Future<Message> subscribe(String uri) {
    return request(Message.of(MessageType.SUBSCRIBE_URI, uri));
  }

  public Future<Message> unsubscribe(String uri) {
    return request(Message.of(MessageType.UNSUBSCRIBE_URI, uri));
  }

  /** Asks the default server; waits as long as the options say. */
  public Future<Message> request(Message message) {
    return request(message, null, options.timeoutMillis());
  }

  /**
   * Sends a message and waits for its answer, which has the same URI; an error may have the URI
   * {@code ERROR} and answers the oldest request then. While requests wait, two of the same URI
   * cannot be told apart but by their order.
   *
   * @param host or null for the default one
   * @return the answer, also where it is an error such as NOT_FOUND; fails with {@link
   *     TcpFailure#TIMEOUT}, {@link TcpFailure#CLOSED}, {@link TcpFailure#AUTH_FAILED}, {@link
   *     TcpFailure#BUSY} or what {@link #send(Message)} fails with
   */
  public Future<Message> request(Message message, @Nullable Host host, long timeoutMillis) {
    return onLink(host, link -> link.request(message, timeoutMillis));
  }

  /** Receives from the default server. */
  public Future<Optional<Message>> receiveOnce() {
    return receiveOnce(null);
  }

  /**
   * The next message that is no answer to a request: what its handler makes of it, else itself.
   * Empty if it was damaged or not authentic. Fails with {@link TcpFailure#CLOSED} when the
   * connection ends before.
   */
  public Future<Optional<Message>> receiveOnce(@Nullable Host host) {
    return onLink(host, ClientLink::receiveOnce);
  }

  /** From now on handlers get all that comes, from all present servers, until {@code false}. */
  public Future<Void> receiveAll(boolean on) {
    return onLoop(
        () -> {
          links.values().forEach(link -> link.loop(on));
          return Future.succeededFuture();
        });
  }

  /** From now on handlers get all that comes from one server, until {@code false}. */
  public Future<Void> receiveAll(@Nullable Host host, boolean on) {
    return onLink(
        host,
        link -> {
          link.loop(on);
          return Future.succeededFuture();
        });
  }

  /** Ends the connection with one server, after what waits was sent. */
  public Future<Void> close(Host host) {
    return onLink(
        host,
        link -> {
          link.close();
          forget(host);
          return Future.succeededFuture();
        });
  }

  /** Ends all connections at once. */
  public Future<Void> close() {
    return onLoop(
        () -> {
          List<Host> all = new ArrayList<>(links.keySet());
          links.values().forEach(ClientLink::close);
          all.forEach(this::forget);
          return sockets.close();
        });
  }

  private void forget(Host host) {
    links.remove(host);
    hosts.remove(host);
    if (host.equals(defaultHost)) {
      defaultHost = links.isEmpty() ? null : links.keySet().iterator().next();
    }
  }

  private <T> Future<T> onLink(@Nullable Host host, Function<ClientLink, Future<T>> action) {
    return onLoop(
        () -> {
          Host wanted = host == null ? defaultHost : host;
          ClientLink link = wanted == null ? null : links.get(wanted);
          return link == null
              ? Future.<T>failedFuture(
                  TcpFailure.CLOSED.because(
                      wanted == null
                          ? "this client has no server"
                          : "this client has no connection with " + wanted))
              : action.apply(link);
        });
  }

  private <T> Future<T> onLoop(Supplier<Future<T>> action) {
    return shard.inThread() ? action.get() : shard.ask(action);
  }
}
