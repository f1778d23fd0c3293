package io.culvert.mqtt.session;

import io.culvert.engine.Outbox;
import io.culvert.mqtt.wire.MqttEncoder;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.PublishFrame;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicFilter;
import org.jspecify.annotations.Nullable;

/**
 * A message in one shape: with the QoS, RETAIN flag and subscription identifiers that some targets
 * share. It is encoded once for all of them; a target adds its packet identifier and DUP. Immutable
 * but for the encoded frame that it remembers; single-threaded.
 */
public final class Delivery {
  private static final int[] NO_IDENTIFIERS = {};

  /** This object and its frame without bytes, roughly. */
  private static final int OVERHEAD_BYTES = 120;

  private final Message message;
  private final QoS qos;
  private final boolean retain;
  private final boolean single;
  private final int[] subscriptionIdentifiers;
  private final @Nullable TopicFilter sharedFilter;
  private final int sharedKey;

  /** What it looks like on the wire, where it is one session's own record of that; else null. */
  private final @Nullable Delivery shape;

  private final long number;
  private final long payloadId;
  private final int packetId;

  private @Nullable PublishFrame frame;
  private @Nullable MqttVersion frameVersion;
  private long frameExpirySeconds;

  /** Where sessions keep it; the business of {@link HeldBytes}. */
  int places;

  /** Known once it was asked for: when it is let go, the message is in no cache any more. */
  private int heldBytes;

  private Delivery(
      Message message,
      QoS qos,
      boolean retain,
      boolean single,
      int[] subscriptionIdentifiers,
      @Nullable TopicFilter sharedFilter,
      int sharedKey) {
    this.message = message;
    this.qos = qos;
    this.retain = retain;
    this.single = single;
    this.subscriptionIdentifiers = subscriptionIdentifiers;
    this.sharedFilter = sharedFilter;
    this.sharedKey = sharedKey;
    this.shape = null;
    this.number = 0;
    this.payloadId = 0;
    this.packetId = 0;
  }

  private Delivery(Delivery shape, long number, long payloadId, int packetId) {
    this.message = shape.message;
    this.qos = shape.qos;
    this.retain = shape.retain;
    this.single = shape.single;
    this.subscriptionIdentifiers = shape.subscriptionIdentifiers;
    this.sharedFilter = shape.sharedFilter;
    this.sharedKey = shape.sharedKey;
    this.shape = shape;
    this.number = number;
    this.payloadId = payloadId;
    this.packetId = packetId;
  }

  public static Delivery of(Message message, QoS qos, boolean retain) {
    return of(message, qos, retain, NO_IDENTIFIERS);
  }

  /** One that carries subscription identifiers, which the caller gives away. */
  public static Delivery of(Message message, QoS qos, boolean retain, int[] identifiers) {
    return new Delivery(message, qos, retain, false, identifiers, null, 0);
  }

  /** One that a single target gets: it is encoded to its outbox, and no frame is remembered. */
  public static Delivery single(Message message, QoS qos, boolean retain, int[] identifiers) {
    return new Delivery(message, qos, retain, true, identifiers, null, 0);
  }

  /**
   * One for a single member of a shared subscription, which another one may get instead.
   *
   * @param key what the choice of another one needs to know of the publisher
   */
  public static Delivery shared(
      Message message, QoS qos, boolean retain, int[] identifiers, TopicFilter filter, int key) {
    return new Delivery(message, qos, retain, false, identifiers, filter, key);
  }

  /**
   * One that a single session has a record of. It looks as this does, and is encoded with it.
   *
   * @param itsNumber where it stands among the records of its session, from 1
   * @param itsPayloadId under which its message is stored for several sessions, or 0
   * @param itsPacketId the identifier that was reserved for it, or 0
   */
  public Delivery stored(long itsNumber, long itsPayloadId, int itsPacketId) {
    return new Delivery(shape(), itsNumber, itsPayloadId, itsPacketId);
  }

  /** A session has a record of it. */
  public boolean isStored() {
    return number != 0;
  }

  /** What {@link #stored} was given, or 0. */
  public long number() {
    return number;
  }

  /** What {@link #stored} was given, or 0. */
  public long payloadId() {
    return payloadId;
  }

  /** What {@link #stored} was given, or 0. */
  public int packetId() {
    return packetId;
  }

  /** What it looks like, for all that look so: itself, where no session has a record of it. */
  public Delivery shape() {
    return shape == null ? this : shape;
  }

  public Message message() {
    return message;
  }

  public QoS qos() {
    return qos;
  }

  public boolean retain() {
    return retain;
  }

  /** In their order; not to be changed. */
  public int[] subscriptionIdentifiers() {
    return subscriptionIdentifiers;
  }

  /** The shared subscription that it came through, or null. */
  public @Nullable TopicFilter sharedFilter() {
    return sharedFilter;
  }

  /** What {@link #shared} was given. */
  public int sharedKey() {
    return sharedKey;
  }

  /** Roughly what it holds of memory, with its message and its frame. */
  int heldBytes() {
    if (heldBytes == 0) {
      int payload = message.payload().length();
      int copied = payload < Outbox.SHARE_FROM_BYTES ? payload : 0;
      int frameBytes = single ? 0 : message.topic().length() + copied;
      heldBytes = message.heapBytes() + OVERHEAD_BYTES + frameBytes;
    }
    return heldBytes;
  }

  /** Size of the whole packet in bytes, as {@link #writeTo} would write it. */
  public int sizeBytes(MqttVersion version, long nowMillis) {
    return frame(version, nowMillis).sizeBytes();
  }

  /** Writes the PUBLISH; {@code packetId} is ignored at QoS 0. */
  public void writeTo(Outbox out, MqttVersion version, int packetId, boolean dup, long nowMillis) {
    if (single && message.payload().length() < Outbox.SHARE_FROM_BYTES) {
      MqttEncoder.write(publish(version, packetId, dup, nowMillis), version, out);
    } else {
      frame(version, nowMillis).writeTo(out, packetId, dup);
    }
  }

  /** As {@link #writeTo} to an MQTT 5 peer that takes Topic Aliases. */
  void writeTo(
      Outbox out,
      OutboundAliases aliases,
      long maximumPacketSizeBytes,
      int packetId,
      boolean dup,
      long nowMillis) {
    PublishFrame encoded = frame(MqttVersion.MQTT_5, nowMillis);
    aliases.write(encoded, out, packetId, dup, maximumPacketSizeBytes);
  }

  private Publish publish(MqttVersion version, int packetId, boolean dup, long nowMillis) {
    boolean withId = qos != QoS.AT_MOST_ONCE;
    return new Publish(
        message.topic(),
        message.payload(),
        qos,
        retain,
        withId && dup, // [MQTT5-3.3.1-2]
        withId ? packetId : 0,
        version.isMqtt5() ? properties(remainingSeconds(nowMillis)) : Properties.EMPTY);
  }

  private PublishFrame frame(MqttVersion version, long nowMillis) {
    if (shape != null) {
      return shape.frame(version, nowMillis);
    }
    PublishFrame known = frame;
    long expirySeconds = remainingSeconds(nowMillis);
    if (known != null && frameVersion == version && frameExpirySeconds == expirySeconds) {
      return known;
    }
    PublishFrame encoded =
        PublishFrame.of(
            version,
            message.topic(),
            message.payload(),
            qos,
            retain,
            version.isMqtt5() ? properties(expirySeconds) : Properties.EMPTY);
    frame = encoded;
    frameVersion = version;
    frameExpirySeconds = expirySeconds;
    return encoded;
  }

  private long remainingSeconds(long nowMillis) {
    long expiresAt = message.expiresAtMillis();
    if (expiresAt == Message.NEVER) {
      return Message.NEVER;
    }
    return Math.max(1, (expiresAt - nowMillis + 999) / 1000);
  }

  private Properties properties(long expirySeconds) {
    Properties all = message.properties();
    if (expirySeconds != Message.NEVER) {
      all = all.with(Property.MESSAGE_EXPIRY_INTERVAL, expirySeconds); // [MQTT5-3.3.2-6]
    }
    if (subscriptionIdentifiers.length > 0) {
      all = all.withSubscriptionIdentifiers(subscriptionIdentifiers); // [MQTT5-3.3.4-3]
    }
    return all;
  }

  /**
   * How a message goes to a session.
   *
   * @param sharedFilter the shared subscription that it came through, or null
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Shape(
      QoS qos,
      boolean retain,
      int[] subscriptionIdentifiers,
      @Nullable TopicFilter sharedFilter,
      int sharedKey) {
    /** A delivery of this message that goes so. */
    public Delivery of(Message message) {
      return new Delivery(
          message, qos, retain, false, subscriptionIdentifiers, sharedFilter, sharedKey);
    }
  }
}
