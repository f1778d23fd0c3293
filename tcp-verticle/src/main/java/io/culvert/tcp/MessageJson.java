package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.runtime.driver.Peer;
import io.culvert.tcp.wire.Message;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.Locale;

/**
 * Messages as JSON for the event bus: URI and content as text where they are UTF-8, else in {@code
 * uriBase64} and {@code contentBase64}.
 */
final class MessageJson {
  private MessageJson() {}

  static JsonObject of(Message message, TcpPeer peer) {
    JsonObject json =
        new JsonObject()
            .put("type", message.type().name().toLowerCase(Locale.ROOT).replace("_uri", ""))
            .put("peer", of(peer));
    put(json, "uri", message.uri());
    put(json, "content", message.content());
    return json;
  }

  static JsonObject of(TcpPeer peer) {
    return new JsonObject().put("id", peer.id()).put("address", Peer.text(peer.remote()));
  }

  private static void put(JsonObject json, String name, Bytes bytes) {
    String text = bytes.toUtf8();
    if (Bytes.utf8(text).equals(bytes)) {
      json.put(name, text);
    } else {
      json.put(name + "Base64", Base64.getEncoder().encodeToString(bytes.toByteArray()));
    }
  }
}
