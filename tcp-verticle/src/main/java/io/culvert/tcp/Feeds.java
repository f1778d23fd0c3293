package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.runtime.bus.JsonFields;
import io.culvert.runtime.bus.TcpFailure;
import io.culvert.tcp.wire.Message;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The subscribers on the event bus. Single-threaded. */
final class Feeds {
  private static final Set<String> FIELDS =
      Set.of("uri", "uriBase64", "address", "leaseSeconds", "maxOutstanding", "replyTimeoutMillis");

  private final Vertx vertx;
  private final String service;
  private final int maximum;
  private final TcpCounters counters;
  private final Map<String, Feed> byId = new LinkedHashMap<>();
  private final Map<Bytes, List<Feed>> byUri = new LinkedHashMap<>();
  private long lastId;

  /**
   * @param service names this one among all on the event bus
   * @param maximum subscribers
   */
  Feeds(Vertx vertx, String service, int maximum, TcpCounters counters) {
    this.vertx = vertx;
    this.service = service;
    this.maximum = maximum;
    this.counters = counters;
  }

  int size() {
    return byId.size();
  }

  JsonObject subscribe(Object body) {
    JsonFields fields = JsonFields.of(body, FIELDS);
    if (byId.size() >= maximum) {
      throw TcpFailure.BUSY.because(
          "there are %d subscribers on the event bus (tcp.max-bus-subscriptions)"
              .formatted(maximum));
    }
    long leaseSeconds = fields.number("leaseSeconds", 1, 3600, 30);
    Feed feed =
        new Feed(
            vertx,
            service + "." + ++lastId,
            MessageJson.uri(fields),
            fields.text("address"),
            (int) fields.number("maxOutstanding", 1, 1000, 64),
            leaseSeconds * 1000,
            fields.number("replyTimeoutMillis", 100, 600_000, 30_000));
    byId.put(feed.id, feed);
    byUri.computeIfAbsent(feed.uri, uri -> new ArrayList<>(1)).add(feed);
    lease(feed);
    return new JsonObject().put("subscription", feed.id).put("leaseSeconds", leaseSeconds);
  }

  JsonObject renew(Object body) {
    Feed feed = named(body);
    vertx.cancelTimer(feed.timer);
    lease(feed);
    return new JsonObject();
  }

  JsonObject unsubscribe(Object body) {
    remove(named(body));
    return new JsonObject();
  }

  /** Hands a published message to its subscribers; says how many took it. */
  int publish(Message message, @Nullable TcpPeer peer) {
    List<Feed> feeds = byUri.getOrDefault(message.uri(), List.of());
    if (feeds.isEmpty()) {
      return 0;
    }
    JsonObject json = MessageJson.of(message, peer);
    int taken = 0;
    for (Feed feed : feeds) {
      if (feed.offer(json)) {
        taken++;
      } else {
        counters.busDropped.increment();
      }
    }
    return taken;
  }

  void stop() {
    List.copyOf(byId.values()).forEach(this::remove);
  }

  private Feed named(Object body) {
    String id = JsonFields.of(body, Set.of("subscription")).text("subscription");
    Feed feed = byId.get(id);
    if (feed == null) {
      throw TcpFailure.SUBSCRIPTION_UNKNOWN.because("there is no subscription " + id);
    }
    return feed;
  }

  private void lease(Feed feed) {
    feed.timer = vertx.setTimer(feed.leaseMillis, over -> remove(feed));
  }

  private void remove(Feed feed) {
    vertx.cancelTimer(feed.timer);
    byId.remove(feed.id);
    List<Feed> feeds = byUri.get(feed.uri);
    if (feeds != null) {
      feeds.remove(feed);
      if (feeds.isEmpty()) {
        byUri.remove(feed.uri);
      }
    }
  }
}
