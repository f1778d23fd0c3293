package io.culvert.rpc;

import io.culvert.rpc.protocol.Presence;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Devices that have answered or said that they are there, the one heard of last at the end;
 * bounded. On one thread.
 */
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
    Seen seen = last(tag);
    seen.millis = nowMillis;
    seen.answers++;
    if (Boolean.FALSE.equals(seen.online)) {
      seen.online = null; // it is there, and does not say so any more
    }
  }

  /**
   * It has said whether it is there, or the server has for it. One that is gone takes nobody's
   * place.
   */
  void said(Presence presence, long nowMillis) {
    if (!presence.online() && devices.size() >= maximum && !devices.containsKey(presence.tag())) {
      return;
    }
    Long millis = presence.saidMillis();
    Seen seen = last(presence.tag());
    seen.online = presence.online();
    seen.millis = Math.max(seen.millis, millis == null ? nowMillis : Math.min(millis, nowMillis));
  }

  /** Nothing is known any more of what it has said. */
  void hasSaidNothing(String tag) {
    Seen seen = devices.get(tag);
    if (seen != null && seen.answers == 0) {
      devices.remove(tag);
    } else if (seen != null) {
      seen.online = null;
    }
  }

  /** How many are known. */
  int size() {
    return devices.size();
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

  /** As docs/event-bus.md says, but for what the broker knows of those who have said nothing. */
  List<JsonObject> list(int limit) {
    List<Map.Entry<String, Seen>> all = new ArrayList<>(devices.entrySet());
    Collections.reverse(all);
    return all.stream().limit(limit).map(each -> each.getValue().json(each.getKey())).toList();
  }

  /** This device, behind all others; the first one goes where there is no room. */
  private Seen last(String tag) {
    Seen known = devices.remove(tag);
    Seen seen = known == null ? new Seen() : known;
    devices.put(tag, seen);
    if (devices.size() > maximum) {
      devices.remove(devices.keySet().iterator().next());
    }
    return seen;
  }

  private static final class Seen {
    private long millis;
    private @Nullable Boolean online;
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
      if (online != null) {
        json.put("online", online);
      }
      return resources.isEmpty() ? json : json.put("resources", new JsonArray(resources));
    }
  }
}
