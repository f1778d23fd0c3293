package io.culvert.runtime.bus;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The same request to many devices.
 *
 * @param targets tags, 1…1000
 * @param call its target means nothing
 */
public record RpcBatch(List<String> targets, RpcCall call) {
  private static final int MOST_TARGETS = 1000;
  private static final Set<String> FIELDS = fields();

  public RpcBatch {
    targets = List.copyOf(targets);
  }

  /**
   * From the body of a request.
   *
   * @throws ReplyException naming the field that is wrong
   */
  public static RpcBatch fromJson(@Nullable Object body) {
    JsonFields fields = JsonFields.of(body, FIELDS);
    List<String> targets = fields.texts("targets").stream().distinct().toList();
    if (targets.isEmpty() || targets.size() > MOST_TARGETS) {
      throw fields.wrong("targets", "must have 1 to " + MOST_TARGETS + " tags");
    }
    return new RpcBatch(targets, RpcCall.from(fields, targets.get(0)));
  }

  public JsonObject toJson() {
    JsonObject json = call.toJson();
    json.remove("target");
    return json.put("targets", new JsonArray(targets));
  }

  private static Set<String> fields() {
    Set<String> fields = new HashSet<>(RpcCall.FIELDS);
    fields.remove("target");
    fields.add("targets");
    return Set.copyOf(fields);
  }
}
