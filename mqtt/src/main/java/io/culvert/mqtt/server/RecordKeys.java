package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.TopicName;
import java.nio.charset.StandardCharsets;

/**
 * The keys of durable records. Everything of a session is under one prefix: bucket and number. The
 * bucket is a hash of the Client Identifier, or of the topic of a retained message, and tells which
 * shard reads it at a start; so the number of shards may change between two starts.
 *
 * <pre>
 * bucket          1 byte   0…63
 * session number  8 bytes
 * kind            1 byte   see the constants
 * rest                     SUBSCRIPTION: filter; RECEIVED, SENT: packet identifier, 2 bytes;
 *                          QUEUED: number in the queue, 8 bytes; SPREAD: packet identifier,
 *                          2 bytes, shard, 1 byte, part, 8 bytes
 *
 * 64 + bucket     1 byte, topic of a retained message
 * 240             1 byte, number of a payload, 8 bytes
 * </pre>
 */
final class RecordKeys {
  static final int BUCKETS = 64;

  /** The session itself. */
  static final int SESSION = 0;

  static final int SUBSCRIPTION = 1;

  /** A QoS 2 message that came and was not released. */
  static final int RECEIVED = 2;

  /** A packet identifier that was sent with a message, or is released. */
  static final int SENT = 3;

  /** A message that waits, or was sent and not acknowledged. */
  static final int QUEUED = 4;

  /** Who has got a QoS 2 message that is not received by all: see {@link Spread}. */
  static final int SPREAD = 5;

  static final int KIND_AT = 9;
  static final int REST_AT = 10;
  private static final int RETAINED = 64;
  private static final int PAYLOAD = 240;

  private RecordKeys() {}

  static int bucket(String clientId) {
    return bucket(Bytes.utf8(clientId));
  }

  private static int bucket(Bytes name) {
    int hash = 0;
    for (int i = 0; i < name.length(); i++) {
      hash = 31 * hash + name.get(i);
    }
    return Math.floorMod(((hash ^ (hash >>> 16)) * 0x9E3779B1) >>> 8, BUCKETS);
  }

  /** Of all sessions of a bucket. */
  static Bytes sessions(int bucket) {
    return Bytes.wrap(new byte[] {(byte) bucket});
  }

  static boolean isSession(Bytes key) {
    return key.length() > KIND_AT;
  }

  /** Of any key of a store: {@link #isSession} is for those of a bucket. */
  static boolean isOfSession(Bytes key) {
    return isSession(key) && key.get(0) < BUCKETS;
  }

  static boolean isRetained(Bytes key) {
    return key.length() > 1 && key.get(0) >= RETAINED && key.get(0) < RETAINED + BUCKETS;
  }

  static boolean isPayload(Bytes key) {
    return key.length() == 9 && key.get(0) == PAYLOAD;
  }

  static long sessionId(Bytes key) {
    return i64(key, 1);
  }

  static int kind(Bytes key) {
    return key.get(KIND_AT);
  }

  /** Of one kind, for one session. */
  static Bytes ofKind(int bucket, long session, int kind) {
    return Bytes.wrap(session(bucket, session, kind, 0));
  }

  static Bytes subscription(int bucket, long session, String filter) {
    byte[] text = filter.getBytes(StandardCharsets.UTF_8);
    byte[] key = session(bucket, session, SUBSCRIPTION, text.length);
    System.arraycopy(text, 0, key, REST_AT, text.length);
    return Bytes.wrap(key);
  }

  /** RECEIVED or SENT. */
  static Bytes packet(int bucket, long session, int kind, int packetId) {
    byte[] key = session(bucket, session, kind, 2);
    key[REST_AT] = (byte) (packetId >>> 8);
    key[REST_AT + 1] = (byte) packetId;
    return Bytes.wrap(key);
  }

  static int packetId(Bytes key) {
    return key.get(REST_AT) << 8 | key.get(REST_AT + 1);
  }

  static Bytes queued(int bucket, long session, long number) {
    byte[] key = session(bucket, session, QUEUED, 8);
    putI64(key, REST_AT, number);
    return Bytes.wrap(key);
  }

  static long queuedNumber(Bytes key) {
    return i64(key, REST_AT);
  }

  static Bytes spread(int bucket, long session, int packetId, int shard, long part) {
    byte[] key = session(bucket, session, SPREAD, 11);
    key[REST_AT] = (byte) (packetId >>> 8);
    key[REST_AT + 1] = (byte) packetId;
    key[REST_AT + 2] = (byte) shard;
    putI64(key, REST_AT + 3, part);
    return Bytes.wrap(key);
  }

  static long spreadPart(Bytes key) {
    return i64(key, REST_AT + 3);
  }

  static int spreadShard(Bytes key) {
    return key.get(REST_AT + 2);
  }

  /** Of all retained messages of a bucket. */
  static Bytes retained(int bucket) {
    return Bytes.wrap(new byte[] {(byte) (RETAINED + bucket)});
  }

  static Bytes retained(TopicName topic) {
    Bytes name = topic.utf8();
    byte[] key = new byte[1 + name.length()];
    key[0] = (byte) (RETAINED + bucket(name));
    name.copyTo(key, 1);
    return Bytes.wrap(key);
  }

  static Bytes payload(long id) {
    byte[] key = new byte[9];
    key[0] = (byte) PAYLOAD;
    putI64(key, 1, id);
    return Bytes.wrap(key);
  }

  private static byte[] session(int bucket, long session, int kind, int restBytes) {
    byte[] key = new byte[REST_AT + restBytes];
    key[0] = (byte) bucket;
    putI64(key, 1, session);
    key[KIND_AT] = (byte) kind;
    return key;
  }

  private static void putI64(byte[] key, int at, long value) {
    for (int i = 0; i < 8; i++) {
      key[at + i] = (byte) (value >>> (56 - 8 * i));
    }
  }

  private static long i64(Bytes key, int at) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | key.get(at + i);
    }
    return value;
  }
}
