package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A QoS 2 message of a durable session on its way to sessions of several shards, which store it in
 * batches of their own. Each batch says which sessions have it now, among the records of the
 * publisher's session; when all are stored, one more batch says that the message was received, and
 * forgets this. So when the publisher has to send it again after a crash in between, nobody gets it
 * twice and nobody misses it.
 *
 * <p>A shared subscription counts as one: whoever of its members has it, no other one gets it.
 *
 * @param bucket of the publisher's session
 * @param sessionId of the publisher's session
 * @param done who has it since before a crash: numbers of sessions, and of shared subscriptions
 * @param stored who gets it now, in this shard
 */
record Spread(int bucket, long sessionId, int packetId, Set<Long> done, List<Long> stored) {
  static Spread of(int bucket, long sessionId, int packetId, Set<Long> done) {
    return new Spread(bucket, sessionId, packetId, done, new ArrayList<>());
  }

  boolean isDone(long who) {
    return done.contains(who);
  }

  /** The number of a shared subscription, which no session has. */
  static long numberOf(TopicFilter shared) {
    long hash = 0xcbf29ce484222325L; // FNV-1a of 64 bits
    String text = shared.text();
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash | Long.MIN_VALUE;
  }

  static void write(@Nullable Spread spread, FrameWriter out) {
    out.flag(spread != null);
    if (spread != null) {
      spread.writeTo(out);
    }
  }

  static @Nullable Spread readIfAny(FrameReader in) {
    return in.flag() ? read(in) : null;
  }

  private void writeTo(FrameWriter out) {
    out.u8(bucket).i64(sessionId).u16(packetId).i32(done.size());
    done.forEach(out::i64);
  }

  private static Spread read(FrameReader in) {
    int bucket = in.u8();
    long sessionId = in.i64();
    int packetId = in.u16();
    Set<Long> done = new HashSet<>();
    for (int left = in.i32(); left > 0; left--) {
      done.add(in.i64());
    }
    return of(bucket, sessionId, packetId, done);
  }

  /**
   * Writes down who has it, after this shard.
   *
   * @param part 0, or the number of a shared subscription, which comes to the shard by itself
   */
  void put(Ledger ledger, int shard, long part) {
    if (!stored.isEmpty()) {
      int count = done.size() + stored.size(); // the record may be there, with some of those before
      FrameWriter record = FrameWriter.record(4 + 8 * count, 0).i32(count);
      done.forEach(record::i64);
      stored.forEach(record::i64);
      ledger.put(RecordKeys.spread(bucket, sessionId, packetId, shard, part), record.done());
    }
  }
}
