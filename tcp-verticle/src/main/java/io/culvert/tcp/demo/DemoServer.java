package io.culvert.tcp.demo;

import io.culvert.engine.Bytes;
import io.culvert.tcp.PublishSubscribe;
import io.culvert.tcp.Reply;
import io.culvert.tcp.TcpPeer;
import io.culvert.tcp.TcpServer;
import io.culvert.tcp.TcpServerOptions;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A small server that shows what handlers can do. Its resources: {@code echo}, {@code async},
 * {@code none}, {@code blob}, {@code broadcast} and {@code boom}; every other URI is a key of a map
 * with values that peers create, request, update and delete.
 */
public final class DemoServer {
  /** Nobody shall fill the memory by trying things out. */
  private static final int MAXIMUM_ENTRIES = 1_000;

  private static final long ASYNC_MILLIS = 50;
  private static final int PATTERN = 251;
  private static final String NOT_FOUND = "not found";

  private final Vertx vertx;
  private final TcpServer server;
  private final Map<Bytes, Bytes> values = new LinkedHashMap<>();

  private DemoServer(Vertx vertx, TcpServer server) {
    this.vertx = vertx;
    this.server = server;
  }

  /** One that does not listen yet. */
  public static TcpServer create(Vertx vertx, TcpServerOptions options) {
    TcpServer server = TcpServer.create(vertx, options);
    new DemoServer(vertx, server).addHandlers();
    return server;
  }

  private void addHandlers() {
    PublishSubscribe.addTo(server);
    server
        .handlers()
        .on(MessageType.REQUEST_URI, "echo", DemoServer::echo)
        .on(MessageType.REQUEST_URI, "async", this::async)
        .on(MessageType.REQUEST_URI, "none", (message, peer) -> Reply.none())
        .on(MessageType.REQUEST_URI, "blob", DemoServer::blob)
        .on(MessageType.REQUEST_URI, "broadcast", this::broadcast)
        .on(MessageType.REQUEST_URI, "boom", DemoServer::boom)
        .on(MessageType.REQUEST_URI, this::read)
        .on(MessageType.CREATE_URI, this::create)
        .on(MessageType.UPDATE_URI, this::update)
        .on(MessageType.DELETE_URI, this::delete);
  }

  /** Answers at once. */
  private static Reply echo(Message message, TcpPeer peer) {
    return Reply.of(message.reply(MessageType.RESPOND_URI, message.content()));
  }

  /** Answers later: until then nothing more is read from this peer, and all others are served. */
  private Reply async(Message message, TcpPeer peer) {
    return Reply.later(
        vertx
            .timer(ASYNC_MILLIS, TimeUnit.MILLISECONDS)
            .map(done -> Reply.of(message.reply(MessageType.OK, "async"))));
  }

  private static Reply blob(Message message, TcpPeer peer) {
    int length;
    try {
      length = Integer.parseUnsignedInt(message.content().toUtf8(), 10);
    } catch (NumberFormatException e) {
      length = -1;
    }
    if (length < 0 || length > 0xffff) {
      return Reply.of(message.reply(MessageType.ERROR, "a number of bytes up to 65535 is needed"));
    }
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i % PATTERN);
    }
    return Reply.of(message.reply(MessageType.RESPOND_URI, Bytes.wrap(bytes)));
  }

  /** Sends something else than its answer, and to others than the peer that asks. */
  private Reply broadcast(Message message, TcpPeer peer) {
    return Reply.later(
        server
            .broadcast(message.reply(MessageType.NOTIFY_URI, message.content()))
            .map(sent -> Reply.of(message.reply(MessageType.OK, String.valueOf(sent)))));
  }

  /** Fails: the peer gets an error, and its connection stays. */
  private static Reply boom(Message message, TcpPeer peer) {
    throw new IllegalStateException("this handler fails, as it was asked to");
  }

  private Reply read(Message message, TcpPeer peer) {
    Bytes value = values.get(message.uri());
    return Reply.of(
        value == null
            ? message.reply(MessageType.NOT_FOUND, NOT_FOUND)
            : message.reply(MessageType.RESPOND_URI, value));
  }

  private Reply create(Message message, TcpPeer peer) {
    if (values.containsKey(message.uri())) {
      return Reply.of(message.reply(MessageType.ERROR, "cannot overwrite"));
    }
    if (values.size() >= MAXIMUM_ENTRIES) {
      return Reply.of(message.reply(MessageType.ERROR, "the map is full"));
    }
    values.put(message.uri().copy(), message.content().copy());
    return Reply.of(message.reply(MessageType.OK, "stored"));
  }

  private Reply update(Message message, TcpPeer peer) {
    if (values.replace(message.uri(), message.content().copy()) == null) {
      return Reply.of(message.reply(MessageType.NOT_FOUND, NOT_FOUND));
    }
    return Reply.of(message.reply(MessageType.OK, "stored"));
  }

  private Reply delete(Message message, TcpPeer peer) {
    return Reply.of(
        values.remove(message.uri()) == null
            ? message.reply(MessageType.NOT_FOUND, NOT_FOUND)
            : message.reply(MessageType.OK, "deleted"));
  }
}
