package io.culvert.mqtt.server;

import io.culvert.engine.ByteReader;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.RetainHandling;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Will;

/**
 * Reads what {@link FrameWriter} of another shard, or of an earlier process, has written. Messages
 * keep its bytes, which never change.
 */
final class FrameReader {
  private final ByteReader in = new ByteReader();
  private long offsetMillis;

  /** Starts with a frame; gives its type. */
  FrameType begin(Bytes frame) {
    in.reset(frame);
    return FrameType.of(in.u8());
  }

  /**
   * Starts with a record.
   *
   * @param itsOffsetMillis as {@link FrameWriter#record} has it, in this process
   * @return false when it cannot be read: it is damaged, or of a later version
   */
  boolean beginRecord(Bytes record, long itsOffsetMillis) {
    in.reset(record);
    offsetMillis = itsOffsetMillis;
    return !record.isEmpty() && in.u8() == FrameWriter.RECORD_FORMAT;
  }

  long time() {
    long atMillis = i64();
    return atMillis == Long.MAX_VALUE ? atMillis : atMillis - offsetMillis;
  }

  int u8() {
    return in.u8();
  }

  boolean flag() {
    return in.u8() != 0;
  }

  int u16() {
    return in.u16();
  }

  int i32() {
    return (int) in.u32();
  }

  long i64() {
    long high = in.u32();
    return high << 32 | in.u32();
  }

  Bytes block() {
    return in.take(i32());
  }

  String text() {
    return block().toUtf8();
  }

  TopicFilter filter() {
    return TopicFilter.parse(text());
  }

  Message message() {
    int flags = in.u8();
    long expiresAtMillis = time();
    TopicName topic = TopicName.trusted(block());
    Properties properties = Properties.trusted(block());
    return new Message(
        topic, block(), QoS.of(flags & 3), (flags & 4) != 0, properties, expiresAtMillis);
  }

  Delivery delivery() {
    long number = i64();
    long payloadId = number == 0 ? 0 : i64();
    int packetId = number == 0 ? 0 : u16();
    Delivery.Shape shape = shape();
    Delivery delivery = shape.of(message());
    return number == 0 ? delivery : delivery.stored(number, payloadId, packetId);
  }

  /** How a message that is still to come goes to a session. */
  Delivery.Shape shape() {
    QoS qos = QoS.of(in.u8());
    boolean retain = flag();
    int[] identifiers = new int[i32()];
    for (int i = 0; i < identifiers.length; i++) {
      identifiers[i] = i32();
    }
    boolean isShared = flag();
    return new Delivery.Shape(
        qos, retain, identifiers, isShared ? filter() : null, isShared ? i32() : 0);
  }

  Will will() {
    QoS qos = QoS.of(in.u8());
    boolean retain = flag();
    TopicName topic = TopicName.trusted(block());
    Properties properties = Properties.trusted(block());
    return new Will(topic, block(), qos, retain, properties);
  }

  Subscription subscription(Session session) {
    TopicFilter filter = filter();
    SubscriptionOptions options =
        new SubscriptionOptions(QoS.of(u8()), flag(), flag(), RetainHandling.of(u8()));
    return new Subscription(session, filter, options, i32());
  }
}
