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

/**
 * Reads what {@link FrameWriter} of another shard has written. Messages keep the frame's bytes,
 * which never change.
 */
final class FrameReader {
  private final ByteReader in = new ByteReader();

  /** Starts with a frame; gives its type. */
  FrameType begin(Bytes frame) {
    in.reset(frame);
    return FrameType.of(in.u8());
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
    long expiresAtMillis = i64();
    TopicName topic = TopicName.trusted(block());
    Properties properties = Properties.trusted(block());
    return new Message(
        topic, block(), QoS.of(flags & 3), (flags & 4) != 0, properties, expiresAtMillis);
  }

  Delivery delivery() {
    QoS qos = QoS.of(in.u8());
    boolean retain = flag();
    int[] identifiers = new int[i32()];
    for (int i = 0; i < identifiers.length; i++) {
      identifiers[i] = i32();
    }
    if (flag()) {
      TopicFilter filter = filter();
      int key = i32();
      return Delivery.shared(message(), qos, retain, identifiers, filter, key);
    }
    return Delivery.of(message(), qos, retain, identifiers);
  }

  Subscription subscription(Session session) {
    TopicFilter filter = filter();
    SubscriptionOptions options =
        new SubscriptionOptions(QoS.of(u8()), flag(), flag(), RetainHandling.of(u8()));
    return new Subscription(session, filter, options, i32());
  }
}
