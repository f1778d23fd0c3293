package io.culvert.broker.bus;

import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.RetainedTree;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.runtime.bus.MqttFailure;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Lists retained messages, without payloads. The walk through the topics is kept between pages, for
 * the newest {@link #WALKS} listings; an older one begins again. Everything but the steps happens
 * on the broker's first event loop.
 */
final class RetainedListing {
  private static final int WALKS = 32;

  /** Topics that are looked at in one go: less than a millisecond's work. */
  private static final int STEPS = 1000;

  private final List<BusShard> shards;
  private final Map<String, Walk> walks =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Walk> eldest) {
          return size() > WALKS;
        }
      };

  RetainedListing(List<BusShard> shards) {
    this.shards = shards;
  }

  Future<JsonObject> page(TopicFilter filter, int limit, @Nullable String cursor) {
    Walk walk = cursor == null ? new Walk(filter) : walks.remove(cursor);
    if (walk == null || !walk.filter.equals(filter)) {
      throw MqttFailure.CURSOR_UNKNOWN.because("the listing is too old, or of another filter");
    }
    return go(walk, limit, new ArrayList<>());
  }

  private Future<JsonObject> go(Walk walk, int limit, List<JsonObject> items) {
    if (walk.shard == shards.size()) {
      return Future.succeededFuture(Page.of(items, null));
    }
    if (items.size() == limit) {
      String next = UUID.randomUUID().toString();
      walks.put(next, walk);
      return Future.succeededFuture(Page.of(items, next));
    }
    BusShard shard = shards.get(walk.shard);
    return shard
        .on(() -> step(walk, shard, limit - items.size()))
        .compose(
            found -> {
              items.addAll(found.items());
              if (found.isDone()) {
                walk.shard++;
                walk.cursor = null;
              }
              return go(walk, limit, items);
            });
  }

  private static Step step(Walk walk, BusShard shard, int limit) {
    RetainedTree.Cursor<Message> cursor = walk.cursor;
    if (cursor == null) {
      cursor = shard.broker().retained(walk.filter);
      walk.cursor = cursor;
    }
    long now = shard.shard().nowMillis();
    List<JsonObject> items = new ArrayList<>();
    for (int steps = 0; steps < STEPS && items.size() < limit && !cursor.isDone(); steps++) {
      Message message = cursor.next(1);
      if (message != null && !message.isExpired(now)) {
        items.add(json(message, now));
      }
    }
    return new Step(items, cursor.isDone());
  }

  private static JsonObject json(Message message, long nowMillis) {
    JsonObject json =
        new JsonObject()
            .put("topic", message.topic().toString())
            .put("qos", message.qos().value())
            .put("payloadBytes", message.payload().length());
    return message.expiresAtMillis() == Message.NEVER
        ? json
        : json.put("expirySeconds", (message.expiresAtMillis() - nowMillis) / 1000);
  }

  private record Step(List<JsonObject> items, boolean isDone) {}

  private static final class Walk {
    private final TopicFilter filter;
    private int shard;
    private RetainedTree.@Nullable Cursor<Message> cursor;

    private Walk(TopicFilter filter) {
      this.filter = filter;
    }
  }
}
