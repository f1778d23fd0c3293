package io.culvert.broker.bus;

import io.culvert.runtime.bus.JsonFields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A bounded part of a listing. */
final class Page {
  private static final int LARGEST = 1000;
  private static final int USUAL = 100;

  private Page() {}

  static int limit(JsonFields fields) {
    return (int) fields.number("limit", 1, LARGEST, USUAL);
  }

  /**
   * The reply.
   *
   * @param cursor what gives the next page, or null where there is none
   */
  static JsonObject of(List<JsonObject> items, @Nullable String cursor) {
    JsonObject page = new JsonObject().put("items", new JsonArray(items));
    return cursor == null ? page : page.put("cursor", cursor);
  }
}
