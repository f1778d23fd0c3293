package io.culvert.rpc;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What Vert.x has as JSON, as the plain values that bodies are. */
public final class RpcBodies {
  private RpcBodies() {}

  /** The same value without {@link JsonObject} and {@link JsonArray}, whatever stands in them. */
  public static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof JsonObject object) {
      Map<String, @Nullable Object> members = new LinkedHashMap<>();
      object.fieldNames().forEach(name -> members.put(name, plain(object.getValue(name))));
      return members;
    }
    if (value instanceof JsonArray array) {
      List<@Nullable Object> items = new ArrayList<>(array.size());
      array.forEach(item -> items.add(plain(item)));
      return items;
    }
    return value;
  }
}
