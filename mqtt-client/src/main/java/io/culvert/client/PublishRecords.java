package io.culvert.client;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.engine.JournalBatch;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicName;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the store holds of messages that are published reliably. Pure.
 *
 * <p>Keys: 241, Client Identifier, 0, {@code m} or {@code s}, number (8 bytes, big endian). Under
 * {@code m} is the message; under {@code s}, once a QoS 2 message has an identifier, whether PUBREC
 * has come (1 byte), and that identifier (2 bytes). The message is stored before its publish
 * begins, the identifier before PUBLISH leaves, the PUBREC before PUBREL leaves; all of it is
 * deleted after PUBACK or PUBCOMP. So after a crash at any time a QoS 2 exchange goes on under its
 * identifier where it was, and a QoS 1 message is published again.
 */
final class PublishRecords {
  /** First byte of all keys: the broker has others. */
  private static final byte KIND = (byte) 241;

  private static final byte FORMAT = 1;
  private static final int PAGE_BYTES = 1 << 20;
  private static final byte ASSIGNED = 0;
  private static final byte RECEIVED = 1;

  private final Journal journal;
  private final byte[] prefix;
  private final long wallOffsetMillis;

  /**
   * @param wallOffsetMillis what the clock of the caller lacks to the time of day: expiry is
   *     written down in that
   */
  PublishRecords(Journal journal, String clientId, long wallOffsetMillis) {
    this.journal = journal;
    byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
    this.prefix = ByteBuffer.allocate(id.length + 2).put(KIND).put(id).put((byte) 0).array();
    this.wallOffsetMillis = wallOffsetMillis;
  }

  /** A message as it was found, with how far it has come. */
  record Found(long number, Message message, int packetId, boolean received) {}

  void add(long number, Message message, Journal.Stored stored) {
    journal.append(new JournalBatch().put(key('m', number), encode(message)), stored);
  }

  void assign(long number, int packetId, Journal.Stored stored) {
    journal.append(new JournalBatch().put(key('s', number), state(packetId, ASSIGNED)), stored);
  }

  void received(long number, int packetId, Journal.Stored stored) {
    journal.append(new JournalBatch().put(key('s', number), state(packetId, RECEIVED)), stored);
  }

  /** It has no identifier any more, as the server has forgotten the exchange. */
  void unassign(long number) {
    journal.append(new JournalBatch().delete(key('s', number)), () -> {});
  }

  void remove(long number) {
    JournalBatch batch = new JournalBatch().delete(key('m', number)).delete(key('s', number));
    journal.append(batch, () -> {});
  }

  /** Whether new messages can be stored. */
  Journal.Health health() {
    return journal.health();
  }

  /**
   * Reads all, in the order of their numbers.
   *
   * @param damaged called with what is wrong with each record that cannot be read; it is removed
   */
  void load(Consumer<String> damaged, Consumer<List<Found>> loaded) {
    scan(Bytes.EMPTY, new TreeMap<>(), damaged, loaded);
  }

  private void scan(
      Bytes after,
      SortedMap<Long, Parts> parts,
      Consumer<String> damaged,
      Consumer<List<Found>> loaded) {
    journal.scan(
        Bytes.wrap(prefix),
        after,
        PAGE_BYTES,
        page -> {
          Bytes last = after;
          for (Journal.Entry entry : page.entries()) {
            collect(entry, parts);
            last = entry.key();
          }
          if (page.hasMore()) {
            scan(last, parts, damaged, loaded);
          } else {
            loaded.accept(found(parts, damaged));
          }
        });
  }

  private void collect(Journal.Entry entry, SortedMap<Long, Parts> parts) {
    ByteBuffer key = buffer(entry.key().slice(prefix.length, entry.key().length()));
    if (key.remaining() != 9) {
      return; // of a client whose identifier begins as this one's
    }
    byte kind = key.get();
    Parts of = parts.computeIfAbsent(key.getLong(), number -> new Parts());
    if (kind == 'm') {
      of.message = entry.value();
    } else {
      of.state = entry.value();
    }
  }

  private List<Found> found(SortedMap<Long, Parts> parts, Consumer<String> damaged) {
    List<Found> all = new ArrayList<>();
    Set<Integer> packetIds = new HashSet<>();
    parts.forEach(
        (number, of) -> {
          try {
            Found one = found(number, of);
            if (one.packetId != 0 && !packetIds.add(one.packetId)) {
              throw new IllegalArgumentException("another one has identifier " + one.packetId);
            }
            all.add(one);
          } catch (IllegalArgumentException | BufferUnderflowException | MqttViolation e) {
            damaged.accept("message " + number + " cannot be read: " + e);
            remove(number);
          }
        });
    return all;
  }

  private Found found(long number, Parts of) {
    Bytes stored = of.message;
    if (stored == null) {
      throw new IllegalArgumentException("there is no message");
    }
    Message message = decode(stored);
    Bytes state = of.state;
    if (state == null) {
      return new Found(number, message, 0, false);
    }
    ByteBuffer in = buffer(state);
    checkFormat(in.get());
    byte step = in.get();
    int packetId = Short.toUnsignedInt(in.getShort());
    if ((step != ASSIGNED && step != RECEIVED) || packetId == 0) {
      throw new IllegalArgumentException("step " + step + " with identifier " + packetId);
    }
    return new Found(number, message, packetId, step == RECEIVED);
  }

  private Bytes encode(Message message) {
    Bytes properties = message.properties().content();
    ByteBuffer out =
        ByteBuffer.allocate(
            16 + message.topic().length() + properties.length() + message.payload().length());
    out.put(FORMAT);
    out.put((byte) (message.qos().value() << 1 | (message.retain() ? 1 : 0)));
    long expires = message.expiresAtMillis();
    out.putLong(expires == Message.NEVER ? Message.NEVER : expires + wallOffsetMillis);
    out.putShort((short) message.topic().length());
    out.putInt(properties.length());
    put(out, message.topic().utf8());
    put(out, properties);
    put(out, message.payload());
    return Bytes.wrap(out.array());
  }

  private Message decode(Bytes record) {
    ByteBuffer in = buffer(record);
    checkFormat(in.get());
    byte flags = in.get();
    long expires = in.getLong();
    int topicLength = Short.toUnsignedInt(in.getShort());
    int propertiesLength = in.getInt();
    Bytes topic = take(in, topicLength);
    Bytes properties = take(in, propertiesLength);
    Bytes payload = take(in, in.remaining());
    return new Message(
        TopicName.parse(topic),
        payload,
        qos(flags >> 1),
        (flags & 1) != 0,
        Properties.parse(properties, PacketType.PUBLISH),
        expires == Message.NEVER ? Message.NEVER : expires - wallOffsetMillis);
  }

  private static QoS qos(int value) {
    if (value != QoS.AT_LEAST_ONCE.value() && value != QoS.EXACTLY_ONCE.value()) {
      throw new IllegalArgumentException("QoS " + value);
    }
    return QoS.of(value);
  }

  private Bytes key(char kind, long number) {
    ByteBuffer key = ByteBuffer.allocate(prefix.length + 9);
    key.put(prefix).put((byte) kind).putLong(number);
    return Bytes.wrap(key.array());
  }

  private static Bytes state(int packetId, byte step) {
    return Bytes.wrap(
        ByteBuffer.allocate(4).put(FORMAT).put(step).putShort((short) packetId).array());
  }

  private static void checkFormat(byte format) {
    if (format != FORMAT) {
      throw new IllegalArgumentException("format " + format + " is not known");
    }
  }

  private static void put(ByteBuffer out, Bytes bytes) {
    out.put(bytes.array(), bytes.start(), bytes.length());
  }

  private static Bytes take(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a part of " + length + " bytes does not fit");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return Bytes.wrap(bytes);
  }

  private static ByteBuffer buffer(Bytes bytes) {
    return ByteBuffer.wrap(bytes.array(), bytes.start(), bytes.length());
  }

  private static final class Parts {
    @Nullable Bytes message;
    @Nullable Bytes state;
  }
}
