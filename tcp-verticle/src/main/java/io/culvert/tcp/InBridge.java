package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.runtime.bus.BridgeTrail;
import io.culvert.runtime.bus.JsonFields;
import io.culvert.runtime.bus.ReceivedMessage;
import io.culvert.tcp.config.BridgeRule;
import io.culvert.tcp.config.NamePattern;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;

/**
 * Sends what comes from a topic or an address to the subscribers of a URI. What this service itself
 * has carried out does not come in again, because its subscribers have it already.
 */
final class InBridge {
  private static final Set<String> FIELDS =
      Set.of("type", "peer", "uri", "uriBase64", "content", "contentBase64");

  private final TcpServer server;
  private final String service;

  InBridge(TcpServer server, String service) {
    this.server = server;
    this.service = service;
  }

  /** From a topic. */
  Future<Integer> carry(BridgeRule.FromTopic rule, ReceivedMessage received) {
    if (isEcho(BridgeTrail.of(received.message().properties()))) {
      return stopped();
    }
    String rest = NamePattern.of(rule.filter()).rest(received.message().topic());
    return send(
        Bytes.utf8(rule.uri().with(rest == null ? "" : rest)),
        Bytes.wrap(received.message().payload().getBytes()));
  }

  /** From an address: the body says what is sent, and may name a URI below that of the rule. */
  Future<JsonObject> carry(
      BridgeRule.FromAddress rule, io.vertx.core.eventbus.Message<Object> message) {
    JsonFields fields = JsonFields.of(message.body(), FIELDS);
    Bytes uri =
        fields.has("uri") || fields.has("uriBase64")
            ? MessageJson.uri(fields)
            : Bytes.utf8(rule.uri().with(""));
    String text = MessageJson.text(uri);
    if (text == null || rule.uri().rest(text) == null) {
      throw fields.wrong("uri", "must be of " + rule.uri() + ", or be left out");
    }
    Future<Integer> sent =
        isEcho(message.headers().getAll(BridgeTrail.KEY))
            ? stopped()
            : send(uri, MessageJson.content(fields));
    return sent.map(number -> new JsonObject().put("sent", number));
  }

  private Future<Integer> send(Bytes uri, Bytes content) {
    return server
        .notify(uri, Message.of(MessageType.NOTIFY_URI, uri, content))
        .onSuccess(sent -> server.counters().bridgedIn.increment());
  }

  private Future<Integer> stopped() {
    server.counters().bridgeLoops.increment();
    return Future.succeededFuture(0);
  }

  private boolean isEcho(List<String> trail) {
    return !BridgeTrail.permits(trail, mark -> mark.endsWith("@" + service));
  }
}
