package io.culvert.tcp;

import io.culvert.runtime.bus.BusAction;
import io.culvert.runtime.bus.JsonFields;
import io.culvert.runtime.bus.TcpAddresses;
import io.culvert.runtime.bus.TcpFailure;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.culvert.tcp.wire.MessageTypes;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What others may do with a server over the event bus; see {@link TcpAddresses}. */
final class BusApi {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.tcp.server");
  private static final Set<String> MESSAGE = Set.of("uri", "uriBase64", "content", "contentBase64");
  private static final Set<String> REQUEST =
      Set.of("id", "type", "uri", "uriBase64", "content", "contentBase64", "timeoutMillis");
  private static final long TIMEOUT_MILLIS = 10_000;
  private static final long LONGEST_MILLIS = 600_000;

  private final EventBus bus;
  private final TcpServer server;
  private final MessageTypes types;
  private final Publications publications;
  private final List<MessageConsumer<Object>> consumers = new ArrayList<>();

  private BusApi(EventBus bus, TcpServer server, MessageTypes types, Publications publications) {
    this.bus = bus;
    this.server = server;
    this.types = types;
    this.publications = publications;
  }

  /**
   * Serves from now on; completes when other nodes know it, too.
   *
   * @param service names this one among all on the event bus
   * @param types that may be asked for
   * @param status what the service has done
   */
  static Future<BusApi> start(
      EventBus bus,
      TcpServer server,
      String service,
      MessageTypes types,
      Publications publications,
      Feeds feeds,
      Supplier<JsonObject> status) {
    BusApi api = new BusApi(bus, server, types, publications);
    api.answer(TcpAddresses.REQUEST, api::request);
    api.answer(TcpAddresses.PUBLISH, api::publish);
    api.answer(TcpAddresses.NOTIFY, api::notifySubscribers);
    api.answer(TcpAddresses.BROADCAST, api::broadcast);
    api.answer(TcpAddresses.PEERS, api::peers);
    api.answer(TcpAddresses.DISCONNECT, api::disconnect);
    api.answer(TcpAddresses.STATUS, body -> Future.succeededFuture(status.get()));
    api.answer(TcpAddresses.SUBSCRIBE, body -> Future.succeededFuture(feeds.subscribe(body)));
    for (String at : List.of(TcpAddresses.RENEW, TcpAddresses.at(service, TcpAddresses.RENEW))) {
      api.answer(at, body -> Future.succeededFuture(feeds.renew(body)));
    }
    for (String at :
        List.of(TcpAddresses.UNSUBSCRIBE, TcpAddresses.at(service, TcpAddresses.UNSUBSCRIBE))) {
      api.answer(at, body -> Future.succeededFuture(feeds.unsubscribe(body)));
    }
    return Future.all(api.consumers.stream().map(MessageConsumer::completion).toList()).map(api);
  }

  Future<Void> stop() {
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList()).mapEmpty();
  }

  private void answer(String address, Function<Object, Future<JsonObject>> verb) {
    consumers.add(BusAction.serve(bus, address, verb, LOG));
  }

  private Future<JsonObject> request(Object body) {
    JsonFields fields = JsonFields.of(body, REQUEST);
    String name = fields.has("type") ? fields.text("type") : "request";
    MessageType type = types.find(name);
    if (type == null) {
      throw fields.wrong("type", "is no message type of this dialect");
    }
    long timeoutMillis = fields.number("timeoutMillis", 1, LONGEST_MILLIS, TIMEOUT_MILLIS);
    return peer(fields)
        .compose(peer -> peer.request(MessageJson.message(type, fields), timeoutMillis))
        .map(MessageJson::of);
  }

  private Future<JsonObject> publish(Object body) {
    return sent(
        publications.publish(
            MessageJson.message(MessageType.PUBLISH_URI, JsonFields.of(body, MESSAGE)), null));
  }

  private Future<JsonObject> notifySubscribers(Object body) {
    Message message = notification(body);
    return sent(server.notify(message.uri(), message));
  }

  private Future<JsonObject> broadcast(Object body) {
    return sent(server.broadcast(notification(body)));
  }

  private Future<JsonObject> peers(Object body) {
    JsonArray peers = new JsonArray();
    server.clients().stream()
        .sorted(Comparator.comparingLong(TcpPeer::id))
        .forEach(peer -> peers.add(MessageJson.of(peer)));
    return Future.succeededFuture(new JsonObject().put("peers", peers));
  }

  private Future<JsonObject> disconnect(Object body) {
    return peer(JsonFields.of(body, Set.of("id")))
        .map(
            peer -> {
              peer.close();
              return new JsonObject();
            });
  }

  private Future<TcpPeer> peer(JsonFields fields) {
    long id = fields.number("id", 1, Long.MAX_VALUE, 0);
    return server.clients().stream()
        .filter(peer -> peer.id() == id)
        .findFirst()
        .map(Future::succeededFuture)
        .orElseGet(
            () -> Future.failedFuture(TcpFailure.PEER_UNKNOWN.because("no peer has the id " + id)));
  }

  private static Future<JsonObject> sent(Future<Integer> number) {
    return number.map(sent -> new JsonObject().put("sent", sent));
  }

  private static Message notification(Object body) {
    return MessageJson.message(MessageType.NOTIFY_URI, JsonFields.of(body, MESSAGE));
  }
}
