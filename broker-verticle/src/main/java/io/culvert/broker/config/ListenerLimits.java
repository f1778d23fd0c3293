package io.culvert.broker.config;

import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a listener bounds otherwise than the broker does. Null where it is as everywhere.
 *
 * @param versions as in {@code mqtt.versions}
 * @param packetBytes as in {@code limits.packet-bytes}
 * @param connectTimeoutSeconds as in {@code limits.connect-timeout-seconds}
 */
public record ListenerLimits(
    @Nullable List<String> versions,
    @Nullable Long packetBytes,
    @Nullable Long connectTimeoutSeconds) {

  /** As everywhere. */
  public static final ListenerLimits NONE = new ListenerLimits(null, null, null);

  public ListenerLimits {
    versions = versions == null ? null : List.copyOf(versions);
  }

  static ListenerLimits from(Configuration section) {
    return new ListenerLimits(
        section.isPresent("versions") ? section.texts("versions") : null,
        section.isPresent("packet-bytes") ? section.number("packet-bytes") : null,
        section.isPresent("connect-timeout-seconds")
            ? section.number("connect-timeout-seconds")
            : null);
  }

  /**
   * Adds what is wrong with it.
   *
   * @param path of the listener's section
   */
  void check(String path, List<Problem> problems) {
    if (versions != null && versions.isEmpty()) {
      problems.add(
          new Problem("", path + ".versions", "names no version, so no client could connect"));
    }
  }

  /** Those of the broker, with these in their place. */
  public Limits within(Limits general) {
    if (equals(NONE)) {
      return general;
    }
    Limits.Builder limits = general.toBuilder();
    if (versions != null) {
      limits.versions(versions(versions));
    }
    if (packetBytes != null) {
      limits.maximumPacketSizeBytes(packetBytes);
    }
    if (connectTimeoutSeconds != null) {
      limits.connectTimeoutMillis(TimeUnit.SECONDS.toMillis(connectTimeoutSeconds));
    }
    return limits.build();
  }

  void addTo(JsonObject section) {
    if (versions != null) {
      section.put("versions", new JsonArray(versions));
    }
    if (packetBytes != null) {
      section.put("packet-bytes", packetBytes);
    }
    if (connectTimeoutSeconds != null) {
      section.put("connect-timeout-seconds", connectTimeoutSeconds);
    }
  }

  static Set<MqttVersion> versions(List<String> texts) {
    Set<MqttVersion> versions = EnumSet.noneOf(MqttVersion.class);
    for (String text : texts) {
      versions.add(
          switch (text) {
            case "3.1" -> MqttVersion.MQTT_3_1;
            case "3.1.1" -> MqttVersion.MQTT_3_1_1;
            default -> MqttVersion.MQTT_5;
          });
    }
    return versions;
  }
}
