package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.runtime.bus.BusAction;
import io.culvert.runtime.bus.JsonFields;
import io.culvert.runtime.bus.TcpAddresses;
import io.culvert.runtime.bus.TcpFailure;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What others may do with a server over the event bus; see {@link TcpAddresses}. */
final class BusApi {
  private static final Set<String> MESSAGE = Set.of("uri", "content", "contentBase64");

  private static final Logger LOG = LoggerFactory.getLogger("culvert.tcp.server");

  private final TcpServer server;
  private final List<MessageConsumer<Object>> consumers;

  private BusApi(TcpServer server, EventBus bus) {
    this.server = server;
    this.consumers =
        List.of(
            consumer(bus, TcpAddresses.NOTIFY, this::notifySubscribers),
            consumer(bus, TcpAddresses.BROADCAST, this::broadcast),
            consumer(bus, TcpAddresses.PEERS, this::peers),
            consumer(bus, TcpAddresses.DISCONNECT, this::disconnect));
  }

  /** Serves from now on; completes when other nodes know it, too. */
  static Future<BusApi> start(TcpServer server, EventBus bus) {
    BusApi api = new BusApi(server, bus);
    return Future.all(api.consumers.stream().map(MessageConsumer::completion).toList()).map(api);
  }

  Future<Void> stop() {
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList()).mapEmpty();
  }

  private Future<JsonObject> notifySubscribers(Object body) {
    Message message = message(body);
    return sent(server.notify(message.uri(), message));
  }

  private Future<JsonObject> broadcast(Object body) {
    return sent(server.broadcast(message(body)));
  }

  private Future<JsonObject> peers(Object body) {
    JsonArray peers = new JsonArray();
    server.clients().stream()
        .sorted(Comparator.comparingLong(TcpPeer::id))
        .forEach(peer -> peers.add(MessageJson.of(peer)));
    return Future.succeededFuture(new JsonObject().put("peers", peers));
  }

  private Future<JsonObject> disconnect(Object body) {
    long id = JsonFields.of(body, Set.of("id")).number("id", 1, Long.MAX_VALUE, 0);
    return server.clients().stream()
        .filter(peer -> peer.id() == id)
        .findFirst()
        .map(
            peer -> {
              peer.close();
              return Future.succeededFuture(new JsonObject());
            })
        .orElseGet(
            () -> Future.failedFuture(TcpFailure.PEER_UNKNOWN.because("no peer has the id " + id)));
  }

  private static Future<JsonObject> sent(Future<Integer> number) {
    return number.map(sent -> new JsonObject().put("sent", sent));
  }

  private static Message message(Object body) {
    JsonFields fields = JsonFields.of(body, MESSAGE);
    byte[] bytes = fields.optionalBytes("contentBase64");
    String text = fields.optionalText("content");
    Bytes content = bytes != null ? Bytes.wrap(bytes) : Bytes.utf8(text == null ? "" : text);
    return Message.of(MessageType.NOTIFY_URI, Bytes.utf8(fields.text("uri")), content);
  }

  private static MessageConsumer<Object> consumer(
      EventBus bus, String address, Function<Object, Future<JsonObject>> action) {
    return BusAction.serve(bus, address, action, LOG);
  }
}
