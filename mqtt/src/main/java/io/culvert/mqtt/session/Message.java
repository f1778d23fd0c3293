package io.culvert.mqtt.session;

import io.culvert.engine.Bytes;
import io.culvert.engine.HeapBytes;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Will;

/**
 * An Application Message. Stateless: it knows nothing of who gets it; DUP, packet identifier,
 * granted QoS and aliases belong to a {@link Delivery}. Owns its bytes.
 *
 * @param qos the QoS that it was published with
 * @param retain the RETAIN flag that it was published with
 * @param properties those to be forwarded, in their order; without alias and subscription
 *     identifiers
 * @param expiresAtMillis when it is worth nothing any more, or {@link #NEVER}
 */
public record Message(
    TopicName topic,
    Bytes payload,
    QoS qos,
    boolean retain,
    Properties properties,
    long expiresAtMillis) {
  /** The expiry of a message without Message Expiry Interval. */
  public static final long NEVER = Long.MAX_VALUE;

  /** What an object of this kind costs beyond its bytes, roughly; for budgets. */
  private static final int OVERHEAD_BYTES = 160;

  /** The message of a PUBLISH whose topic is known, with bytes of its own. */
  public static Message of(Publish publish, TopicName topic, long nowMillis) {
    return of(
        topic,
        publish.payload(),
        publish.qos(),
        publish.retain(),
        forwarded(publish.properties()),
        nowMillis);
  }

  /**
   * As {@link #of(Publish, TopicName, long)}, but payload and properties are borrowed: who keeps it
   * keeps a {@link #copy}.
   */
  public static Message borrowed(Publish publish, TopicName topic, long nowMillis) {
    Properties properties = forwarded(publish.properties());
    return new Message(
        topic.copy(),
        publish.payload(),
        publish.qos(),
        publish.retain(),
        properties,
        expiry(properties, nowMillis));
  }

  private static Properties forwarded(Properties published) {
    return published.isEmpty()
        ? Properties.EMPTY
        : published.without(
            Property.TOPIC_ALIAS, Property.SUBSCRIPTION_IDENTIFIER); // [MQTT5-3.3.2-6]
  }

  /** The message that a Will becomes when it is published at {@code nowMillis}. */
  public static Message of(Will will, long nowMillis) {
    return of(
        will.topic(),
        will.payload(),
        will.qos(),
        will.retain(),
        will.properties().without(Property.WILL_DELAY_INTERVAL),
        nowMillis);
  }

  /** A message with bytes of its own; an expiry interval among the properties starts now. */
  public static Message of(
      TopicName topic,
      Bytes payload,
      QoS qos,
      boolean retain,
      Properties properties,
      long nowMillis) {
    return owning(topic, payload, qos, retain, properties, expiry(properties, nowMillis));
  }

  private static long expiry(Properties properties, long nowMillis) {
    long seconds = properties.integer(Property.MESSAGE_EXPIRY_INTERVAL, -1);
    return seconds < 0 ? NEVER : nowMillis + seconds * 1000;
  }

  private static Message owning(
      TopicName topic,
      Bytes payload,
      QoS qos,
      boolean retain,
      Properties properties,
      long expiresAtMillis) {
    int topicLength = topic.length();
    byte[] own = new byte[topicLength + payload.length()];
    topic.utf8().copyTo(own, 0);
    payload.copyTo(own, topicLength);
    return new Message(
        TopicName.trusted(Bytes.wrap(own, 0, topicLength)),
        payload.isEmpty() ? Bytes.EMPTY : Bytes.wrap(own, topicLength, payload.length()),
        qos,
        retain,
        properties.copy(),
        expiresAtMillis);
  }

  /** The same with bytes that nothing else keeps. */
  public Message copy() {
    return owning(topic, payload, qos, retain, properties, expiresAtMillis);
  }

  public boolean isExpired(long nowMillis) {
    return expiresAtMillis <= nowMillis;
  }

  /** Roughly what it holds of memory. */
  public int heldBytes() {
    return topic.length() + payload.length() + properties.contentLength() + OVERHEAD_BYTES;
  }

  /** The same with what its array wastes where it is large: so much less is there for others. */
  public int heapBytes() {
    int array = topic.length() + payload.length();
    return heldBytes() + (int) (HeapBytes.of(array) - array);
  }

  /** Never the payload: this may stand in a log. */
  @Override
  public String toString() {
    return "Message["
        + topic
        + ", "
        + qos
        + (retain ? ", retain, " : ", ")
        + payload.length()
        + " bytes]";
  }
}
