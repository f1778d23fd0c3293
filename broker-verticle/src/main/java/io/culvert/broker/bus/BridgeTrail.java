package io.culvert.broker.bus;

import io.culvert.mqtt.wire.Publish;
import io.culvert.runtime.bus.MqttProperties;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;

/**
 * The names of the bridges that a message came through, so that none carries it twice: one User
 * Property for each; on the event bus the last one, which carried it there, stands in a header.
 */
final class BridgeTrail {
  static final String KEY = "culvert-bridge";

  /** Four brokers in a row, each with a bridge in and one out. */
  static final int MOST_HOPS = 8;

  private BridgeTrail() {}

  static List<String> of(Publish publish) {
    if (publish.properties().isEmpty()) {
      return List.of();
    }
    return publish.properties().userProperties().stream()
        .filter(pair -> pair.name().equals(KEY))
        .map(pair -> pair.value())
        .toList();
  }

  static List<String> of(MqttProperties properties, MultiMap headers) {
    List<String> names = new ArrayList<>();
    for (MqttProperties.UserProperty pair : properties.userProperties()) {
      if (pair.name().equals(KEY)) {
        names.add(pair.value());
      }
    }
    names.addAll(headers.getAll(KEY));
    return names;
  }

  /** Whether the bridge of this name may carry what came this way. */
  static boolean permits(List<String> names, String next) {
    return names.size() < MOST_HOPS && !names.contains(next);
  }

  /** The same properties with the names in the header, and one more. */
  static MqttProperties marked(MqttProperties properties, MultiMap headers, String next) {
    List<MqttProperties.UserProperty> pairs = new ArrayList<>(properties.userProperties());
    headers.getAll(KEY).forEach(name -> pairs.add(new MqttProperties.UserProperty(KEY, name)));
    pairs.add(new MqttProperties.UserProperty(KEY, next));
    return new MqttProperties(
        properties.contentType(),
        properties.responseTopic(),
        properties.correlationData(),
        pairs,
        properties.payloadFormat());
  }
}
