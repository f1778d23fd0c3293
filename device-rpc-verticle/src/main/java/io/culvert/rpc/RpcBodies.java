package io.culvert.rpc;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Bodies as they come from the event bus, as plain values. */
final class RpcBodies {
  private RpcBodies() {}

  static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof JsonObject object) {
      return object.getMap();
    }
    return value instanceof JsonArray array ? array.getList() : value;
  }
}
