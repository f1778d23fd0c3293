package io.culvert.broker.bus;

import io.culvert.mqtt.server.ConnectionView;
import io.culvert.mqtt.server.SessionView;
import io.culvert.mqtt.server.Subscription;
import io.culvert.runtime.driver.Peer;
import io.vertx.core.json.JsonObject;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the administration tells of sessions. */
final class AdminJson {
  private AdminJson() {}

  static List<SessionListing.Item> session(SessionView view) {
    return List.of(new SessionListing.Item(view.clientId(), "", of(view)));
  }

  static List<SessionListing.Item> connected(SessionView view) {
    return view.connection() == null ? List.of() : session(view);
  }

  static List<SessionListing.Item> subscriptions(SessionView view) {
    return view.subscriptions().stream()
        .map(
            each ->
                new SessionListing.Item(
                    view.clientId(), each.filter().toString(), subscription(view, each)))
        .toList();
  }

  static JsonObject of(SessionView view) {
    JsonObject json = new JsonObject().put("clientId", view.clientId());
    if (view.userName() != null) {
      json.put("user", view.userName());
    }
    json.put("expirySeconds", view.expirySeconds())
        .put("queuedMessages", view.queuedMessages())
        .put("queuedBytes", view.queuedBytes())
        .put("inFlight", view.inFlight())
        .put("subscriptions", view.subscriptions().size());
    ConnectionView connection = view.connection();
    return connection == null ? json : json.put("connection", of(connection));
  }

  private static JsonObject of(ConnectionView view) {
    JsonObject json =
        new JsonObject()
            .put("version", view.version().toString())
            .put("openSeconds", view.openSeconds())
            .put("keepAliveSeconds", view.keepAliveSeconds())
            .put("outboxBytes", view.outboxBytes());
    if (view.peer() instanceof Peer peer) {
      json.put("transport", peer.transport());
      put(json, "address", peer.remote());
      put(json, "listener", peer.local());
    }
    return json;
  }

  private static JsonObject subscription(SessionView view, Subscription each) {
    JsonObject json =
        new JsonObject()
            .put("clientId", view.clientId())
            .put("filter", each.filter().toString())
            .put("qos", each.options().qos().value())
            .put("noLocal", each.options().noLocal())
            .put("retainAsPublished", each.options().retainAsPublished())
            .put("retainHandling", each.options().retainHandling().value());
    return each.identifier() == 0 ? json : json.put("identifier", each.identifier());
  }

  private static void put(JsonObject json, String field, @Nullable SocketAddress address) {
    if (address != null) {
      json.put(field, Peer.text(address));
    }
  }
}
