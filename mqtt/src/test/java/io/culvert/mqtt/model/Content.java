package io.culvert.mqtt.model;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.Will;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as its publisher sent it.
 *
 * @param source the session that published it; null when that is over
 * @param seconds the Message Expiry Interval, or -1
 */
record Content(
    String topic,
    String payload,
    int qos,
    boolean retain,
    Properties properties,
    long seconds,
    long bornMillis,
    boolean isWill,
    @Nullable ModelSession source) {

  static Content of(Publish publish, String topic, @Nullable ModelSession source, long nowMillis) {
    return of(
        topic,
        publish.payload(),
        publish.qos().value(),
        publish.retain(),
        publish.properties(),
        false,
        source,
        nowMillis);
  }

  static Content of(Will will, ModelSession source, long nowMillis) {
    return of(
        will.topic().toString(),
        will.payload(),
        will.qos().value(),
        will.retain(),
        will.properties(),
        true,
        source,
        nowMillis);
  }

  private static Content of(
      String topic,
      Bytes payload,
      int qos,
      boolean retain,
      Properties properties,
      boolean isWill,
      @Nullable ModelSession source,
      long nowMillis) {
    return new Content(
        topic,
        payload.toHex(),
        qos,
        retain,
        properties.without(Property.TOPIC_ALIAS, Property.WILL_DELAY_INTERVAL),
        properties.integer(Property.MESSAGE_EXPIRY_INTERVAL, -1),
        nowMillis,
        isWill,
        source);
  }

  boolean isExpired(long nowMillis) {
    return seconds >= 0 && nowMillis >= bornMillis + seconds * 1000;
  }

  /** The seconds that are left; -1 when it does not expire. */
  long secondsLeft(long nowMillis) {
    return seconds < 0 ? -1 : Math.max(0, (bornMillis + seconds * 1000 - nowMillis + 999) / 1000);
  }

  boolean isOf(Publish publish) {
    return topic.equals(publish.topic().toString()) && payload.equals(publish.payload().toHex());
  }

  /** What a server forwards unaltered: user properties in their order, the others in any. */
  static List<String> forwarded(Properties properties) {
    List<String> users = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (Map.Entry<Property, Object> entry : properties.entries()) {
      Object value = entry.getValue();
      String text = entry.getKey() + "=" + (value instanceof Bytes b ? b.toHex() : value);
      switch (entry.getKey()) {
        case USER_PROPERTY -> users.add(text);
        case MESSAGE_EXPIRY_INTERVAL, SUBSCRIPTION_IDENTIFIER, TOPIC_ALIAS -> {}
        default -> others.add(text);
      }
    }
    Collections.sort(others);
    others.addAll(users);
    return others;
  }

  @Override
  public String toString() {
    return topic + " " + payload + " QoS " + qos + (retain ? " retain" : "");
  }
}
