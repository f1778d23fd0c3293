package io.culvert.runtime.bus;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The names of the bridges that a message came through, so that none carries it twice: one User
 * Property for each; on the event bus the last one, which carried it there, stands in a header.
 */
public final class BridgeTrail {
  /** Of the User Properties and of the header. */
  public static final String KEY = "culvert-bridge";

  /** Four brokers in a row, each with a bridge in and one out. */
  private static final int MOST_HOPS = 8;

  private BridgeTrail() {}

  /** Those of a message. */
  public static List<String> of(MqttProperties properties) {
    return properties.userProperties().stream()
        .filter(pair -> pair.name().equals(KEY))
        .map(MqttProperties.UserProperty::value)
        .toList();
  }

  /** Those of a message that came over the event bus. */
  public static List<String> of(MqttProperties properties, MultiMap headers) {
    List<String> names = new ArrayList<>(of(properties));
    names.addAll(headers.getAll(KEY));
    return names;
  }

  /** Whether the bridge of this name may carry what came this way. */
  public static boolean permits(List<String> names, String next) {
    return permits(names, next::equals);
  }

  /**
   * Whether another bridge may carry what came this way.
   *
   * @param stops the names of those that must not have carried it before
   */
  public static boolean permits(List<String> names, Predicate<String> stops) {
    return names.size() < MOST_HOPS && names.stream().noneMatch(stops);
  }

  /** The same properties with the names in the header, and one more. */
  public static MqttProperties marked(MqttProperties properties, MultiMap headers, String next) {
    List<MqttProperties.UserProperty> pairs = new ArrayList<>(properties.userProperties());
    headers.getAll(KEY).forEach(name -> pairs.add(mark(name)));
    pairs.add(mark(next));
    return new MqttProperties(
        properties.contentType(),
        properties.responseTopic(),
        properties.correlationData(),
        pairs,
        properties.payloadFormat());
  }

  /** Of a message that begins at a bridge. */
  public static MqttProperties begun(String name) {
    return new MqttProperties(null, null, null, List.of(mark(name)), null);
  }

  private static MqttProperties.UserProperty mark(String name) {
    return new MqttProperties.UserProperty(KEY, name);
  }
}
