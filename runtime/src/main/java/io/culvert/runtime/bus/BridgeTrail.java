package io.culvert.runtime.bus;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;

/**
 * The names of the bridges that a message came through, so that none carries it twice: one User
 * Property for each; on the event bus the last one, which carried it there, stands in a header.
 */
public final class BridgeTrail {
  /** Of the User Properties and of the header. */
  public static final String KEY = "culvert-bridge";

  /** Four brokers in a row, each with a bridge in and one out. */
  public static final int MOST_HOPS = 8;

  private BridgeTrail() {}

  /** Those of a message that came over the event bus. */
  public static List<String> of(MqttProperties properties, MultiMap headers) {
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
  public static boolean permits(List<String> names, String next) {
    return names.size() < MOST_HOPS && !names.contains(next);
  }

  /** The same properties with the names in the header, and one more. */
  public static MqttProperties marked(MqttProperties properties, MultiMap headers, String next) {
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
