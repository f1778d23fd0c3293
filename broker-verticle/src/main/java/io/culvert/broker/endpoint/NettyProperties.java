package io.culvert.broker.endpoint;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.UserProperty;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Properties of MQTT 5 to and from the form that Netty gives them. */
final class NettyProperties {
  private NettyProperties() {}

  /**
   * Netty's in ours.
   *
   * @throws IllegalArgumentException for what the table of properties does not have
   */
  static Properties from(@Nullable MqttProperties properties) {
    if (properties == null || properties.isEmpty()) {
      return Properties.EMPTY;
    }
    Properties.Builder builder = Properties.builder();
    for (MqttProperties.MqttProperty<?> each : properties.listAll()) {
      put(builder, each.propertyId(), each.value());
    }
    return builder.build();
  }

  /** Ours in Netty's. */
  static MqttProperties of(Properties properties) {
    if (properties.isEmpty()) {
      return MqttProperties.NO_PROPERTIES;
    }
    MqttProperties netty = new MqttProperties();
    properties.forEach((property, value) -> netty.add(one(property.id(), value)));
    return netty;
  }

  private static void put(Properties.Builder builder, int id, Object value) {
    if (value instanceof Collection<?> pairs) {
      for (Object each : pairs) {
        MqttProperties.StringPair pair = (MqttProperties.StringPair) each;
        builder.userProperty(pair.key, pair.value);
      }
      return;
    }
    Property property = Property.ofId(id);
    if (property == null) {
      throw new IllegalArgumentException("no property " + id);
    }
    if (value instanceof Integer number) {
      builder.put(property, number & 0xffff_ffffL); // unsigned on the wire
    } else if (value instanceof String text) {
      builder.put(property, text);
    } else if (value instanceof byte[] binary) {
      builder.put(property, Bytes.wrap(binary));
    } else {
      throw new IllegalArgumentException(property + " as " + value.getClass());
    }
  }

  private static MqttProperties.MqttProperty<?> one(int id, Object value) {
    if (value instanceof Long number) {
      return new MqttProperties.IntegerProperty(id, number.intValue());
    } else if (value instanceof String text) {
      return new MqttProperties.StringProperty(id, text);
    } else if (value instanceof Bytes binary) {
      return new MqttProperties.BinaryProperty(id, binary.toByteArray());
    } else if (value instanceof UserProperty pair) {
      return new MqttProperties.UserProperty(pair.name(), pair.value());
    }
    throw new IllegalStateException(id + " as " + value.getClass());
  }
}
