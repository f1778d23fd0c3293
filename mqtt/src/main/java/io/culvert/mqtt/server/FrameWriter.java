package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.Will;
import java.util.Arrays;

/** Writes one frame for another shard, or one durable record; {@link FrameReader} reads it. */
final class FrameWriter {
  private static final int FIRST_BYTES = 64;

  /** Flags of a message. */
  private static final int RETAIN = 4;

  /** How records look. One of a later version of the broker may begin with another number. */
  static final int RECORD_FORMAT = 1;

  private byte[] bytes;
  private int size;
  private long offsetMillis;

  FrameWriter(FrameType type) {
    this(type, FIRST_BYTES);
  }

  /** A frame of which the size is known, roughly. */
  FrameWriter(FrameType type, int expectedBytes) {
    bytes = new byte[expectedBytes];
    u8(type.number());
  }

  private FrameWriter(int expectedBytes) {
    bytes = new byte[expectedBytes];
  }

  /**
   * One for a record.
   *
   * @param offsetMillis what makes a time of this process one that another process can read
   */
  static FrameWriter record(int expectedBytes, long offsetMillis) {
    FrameWriter record = new FrameWriter(expectedBytes + 1);
    record.offsetMillis = offsetMillis;
    return record.u8(RECORD_FORMAT);
  }

  FrameWriter u8(int value) {
    need(1);
    bytes[size++] = (byte) value;
    return this;
  }

  FrameWriter flag(boolean value) {
    return u8(value ? 1 : 0);
  }

  FrameWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  FrameWriter i32(int value) {
    return u16(value >>> 16).u16(value);
  }

  FrameWriter i64(long value) {
    return i32((int) (value >>> 32)).i32((int) value);
  }

  /** A time, or never. */
  FrameWriter time(long atMillis) {
    return i64(atMillis == Long.MAX_VALUE ? atMillis : atMillis + offsetMillis);
  }

  FrameWriter block(Bytes content) {
    need(4 + content.length());
    i32(content.length());
    content.copyTo(bytes, size);
    size += content.length();
    return this;
  }

  FrameWriter text(String text) {
    return block(Bytes.utf8(text));
  }

  FrameWriter filter(TopicFilter filter) {
    return text(filter.text());
  }

  FrameWriter message(Message message) {
    u8(message.qos().value() | (message.retain() ? RETAIN : 0));
    time(message.expiresAtMillis());
    block(message.topic().utf8());
    block(message.properties().content());
    return block(message.payload());
  }

  FrameWriter delivery(Delivery delivery) {
    i64(delivery.number());
    if (delivery.isStored()) {
      i64(delivery.payloadId()).u16(delivery.packetId());
    }
    return shape(delivery).message(delivery.message());
  }

  /** How a message goes to a session. */
  FrameWriter shape(Delivery delivery) {
    u8(delivery.qos().value()).flag(delivery.retain());
    int[] identifiers = delivery.subscriptionIdentifiers();
    i32(identifiers.length);
    for (int identifier : identifiers) {
      i32(identifier);
    }
    TopicFilter shared = delivery.sharedFilter();
    flag(shared != null);
    if (shared != null) {
      filter(shared).i32(delivery.sharedKey());
    }
    return this;
  }

  FrameWriter will(Will will) {
    u8(will.qos().value()).flag(will.retain());
    return block(will.topic().utf8()).block(will.properties().content()).block(will.payload());
  }

  FrameWriter subscription(Subscription subscription) {
    SubscriptionOptions options = subscription.options();
    return filter(subscription.filter())
        .u8(options.qos().value())
        .flag(options.noLocal())
        .flag(options.retainAsPublished())
        .u8(options.retainHandling().value())
        .i32(subscription.identifier());
  }

  /** The frame; the writer is not used any more. */
  Bytes done() {
    return Bytes.wrap(bytes, 0, size);
  }

  /** Roughly what {@link #message} takes. */
  static int bytesOf(Message message) {
    return 32
        + message.topic().length()
        + message.properties().contentLength()
        + message.payload().length();
  }

  private void need(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }
}
