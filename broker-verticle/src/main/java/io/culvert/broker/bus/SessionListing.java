package io.culvert.broker.bus;

import io.culvert.mqtt.server.SessionView;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.driver.Shards;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lists what sessions have, in the order of their Client Identifiers. For each page the event loops
 * copy their identifiers, a worker sorts those behind the cursor, and the sessions are looked at in
 * slices, so that clients wait for a few hundred sessions at most. What begins or ends meanwhile
 * may be missed; everything else comes exactly once.
 */
final class SessionListing {
  /** Sessions that are looked at in one go: about a millisecond's work. */
  private static final int SLICE = 200;

  private static final Comparator<Item> ORDER =
      Comparator.comparing(Item::clientId).thenComparing(Item::part);

  private final Vertx vertx;
  private final List<BusShard> shards;

  SessionListing(Vertx vertx, List<BusShard> shards) {
    this.vertx = vertx;
    this.shards = shards;
  }

  /**
   * One line of the listing.
   *
   * @param part tells those of one session apart
   */
  record Item(String clientId, String part, JsonObject json) {}

  /**
   * A page.
   *
   * @param clientIds whose sessions are looked at
   * @param cursor of the page before, or null
   * @param lines those of a session
   */
  Future<JsonObject> page(
      Future<List<String>> clientIds,
      int limit,
      @Nullable String cursor,
      Function<SessionView, List<Item>> lines) {
    Item after = cursor == null ? new Item("", "", new JsonObject()) : decode(cursor);
    return clientIds
        .compose(all -> vertx.executeBlocking(() -> sortedFrom(all, after), /* ordered= */ false))
        .compose(ids -> slice(ids, 0, new ArrayList<>(), limit, after, lines));
  }

  /** The session of a client; fails where it has none. */
  Future<SessionView> find(String clientId) {
    return views(List.of(clientId))
        .map(
            views -> {
              if (views.isEmpty()) {
                throw AdminApi.unknown(clientId);
              }
              return views.get(0);
            });
  }

  /** Those of all sessions. */
  Future<List<String>> clientIds() {
    return onAll(shard -> shard.broker().clientIds());
  }

  private Future<List<SessionView>> views(List<String> ids) {
    return onAll(
        shard -> {
          List<SessionView> found = new ArrayList<>();
          long now = shard.shard().nowMillis();
          for (String id : ids) {
            SessionView view = shard.broker().view(id, now);
            if (view != null) {
              found.add(view);
            }
          }
          return found;
        });
  }

  private <T> Future<List<T>> onAll(Function<BusShard, List<T>> question) {
    return Shards.all(shards.stream().map(shard -> shard.on(() -> question.apply(shard))).toList())
        .map(answers -> answers.stream().flatMap(List::stream).toList());
  }

  private Future<JsonObject> slice(
      List<String> ids,
      int from,
      List<Item> found,
      int limit,
      Item after,
      Function<SessionView, List<Item>> lines) {
    if (from >= ids.size() || found.size() > limit) {
      return Future.succeededFuture(page(found, limit));
    }
    int to = Math.min(ids.size(), from + SLICE);
    return views(ids.subList(from, to))
        .compose(
            views -> {
              views.stream()
                  .flatMap(view -> lines.apply(view).stream())
                  .filter(item -> ORDER.compare(item, after) > 0)
                  .sorted(ORDER)
                  .forEach(found::add);
              return slice(ids, to, found, limit, after, lines);
            });
  }

  private static JsonObject page(List<Item> found, int limit) {
    List<JsonObject> items = found.stream().limit(limit).map(Item::json).toList();
    return Page.of(items, found.size() > limit ? encode(found.get(limit - 1)) : null);
  }

  private static List<String> sortedFrom(List<String> ids, Item after) {
    return ids.stream().filter(id -> id.compareTo(after.clientId()) >= 0).sorted().toList();
  }

  private static String encode(Item last) {
    String text = new JsonArray().add(last.clientId()).add(last.part()).encode();
    return Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Item decode(String cursor) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      JsonArray parts = new JsonArray(text);
      return new Item(parts.getString(0), parts.getString(1), new JsonObject());
    } catch (RuntimeException wrong) {
      throw MqttFailure.CURSOR_UNKNOWN.because("the cursor is of no listing");
    }
  }
}
