package io.culvert.rpc;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Devices that were asked, the one seen last at the end; bounded. On one thread. */
final class DeviceDirectory {
  private final int maximum;
  private final Map<String, Seen> devices = new LinkedHashMap<>();

  /**
   * @param maximum 0 for none
   */
  DeviceDirectory(int maximum) {
    this.maximum = maximum;
  }

  /** It has answered, whatever it was. */
  void answered(String tag, long nowMillis) {
    Seen seen = devices.remove(tag);
    if (seen == null) {
      seen = new Seen();
    }
    seen.millis = nowMillis;
    seen.answers++;
    devices.put(tag, seen);
    if (devices.size() > maximum) {
      devices.remove(devices.keySet().iterator().next());
    }
  }

  /** It has not answered in time. Who has never answered is no device. */
  void timedOut(String tag) {
    Seen seen = devices.get(tag);
    if (seen != null) {
      seen.timeouts++;
    }
  }

  /** It has listed its resources. */
  void resources(String tag, List<String> paths) {
    Seen seen = devices.get(tag);
    if (seen != null) {
      seen.resources = List.copyOf(paths);
    }
  }

  /** As docs/event-bus.md says, but for what the broker knows. */
  List<JsonObject> list(int limit) {
    List<Map.Entry<String, Seen>> all = new ArrayList<>(devices.entrySet());
    Collections.reverse(all);
    return all.stream().limit(limit).map(each -> each.getValue().json(each.getKey())).toList();
  }

  private static final class Seen {
    private long millis;
    private long answers;
    private long timeouts;
    private List<String> resources = List.of();

    JsonObject json(String tag) {
      JsonObject json =
          new JsonObject()
              .put("tag", tag)
              .put("seenMillis", millis)
              .put("answers", answers)
              .put("timeouts", timeouts);
      return resources.isEmpty() ? json : json.put("resources", new JsonArray(resources));
    }
  }
}
