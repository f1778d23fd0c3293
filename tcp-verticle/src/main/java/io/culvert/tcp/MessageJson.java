package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.runtime.bus.JsonFields;
import io.culvert.runtime.driver.Peer;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Messages as JSON for the event bus: URI and content as text where they are UTF-8, else in {@code
 * uriBase64} and {@code contentBase64}.
 */
final class MessageJson {
  private MessageJson() {}

  /**
   * What an application is told.
   *
   * @param peer who has sent it; null where it came over the event bus
   */
  static JsonObject of(Message message, @Nullable TcpPeer peer) {
    JsonObject json = of(message);
    return peer == null ? json : json.put("peer", of(peer));
  }

  static JsonObject of(Message message) {
    JsonObject json =
        new JsonObject()
            .put("type", message.type().name().toLowerCase(Locale.ROOT).replace("_uri", ""));
    put(json, "uri", message.uri());
    put(json, "content", message.content());
    return json;
  }

  static JsonObject of(TcpPeer peer) {
    JsonObject json =
        new JsonObject().put("id", peer.id()).put("address", Peer.text(peer.remote()));
    String subject = peer.certificateSubject();
    return subject == null ? json : json.put("certificate", subject);
  }

  /**
   * A message whose URI and content a request has.
   *
   * @throws io.vertx.core.eventbus.ReplyException if one is wrong
   */
  static Message message(MessageType type, JsonFields fields) {
    return Message.of(type, uri(fields), content(fields));
  }

  static Bytes uri(JsonFields fields) {
    if (!fields.has("uri") && !fields.has("uriBase64")) {
      throw fields.wrong("uri", "is needed, or uriBase64");
    }
    return Bytes.wrap(fields.octets("uri"));
  }

  static Bytes content(JsonFields fields) {
    return Bytes.wrap(fields.octets("content"));
  }

  /** The text that is written in these bytes; null where they are not UTF-8. */
  static @Nullable String text(Bytes bytes) {
    String text = bytes.toUtf8();
    return Bytes.utf8(text).equals(bytes) ? text : null;
  }

  private static void put(JsonObject json, String name, Bytes bytes) {
    String text = text(bytes);
    if (text != null) {
      json.put(name, text);
    } else {
      json.put(name + "Base64", Base64.getEncoder().encodeToString(bytes.toByteArray()));
    }
  }
}
