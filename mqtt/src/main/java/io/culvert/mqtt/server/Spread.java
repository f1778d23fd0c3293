package io.culvert.mqtt.server;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A QoS 2 message of a durable session on its way to sessions of several shards, which store it in
 * batches of their own. Each batch says which sessions have it now, among the records of the
 * publisher's session; when all are stored, one more batch says that the message was received, and
 * forgets this. So when the publisher has to send it again after a crash in between, nobody gets it
 * twice and nobody misses it.
 *
 * <p>Members of shared subscriptions are left out: of those another one may get it once more.
 *
 * @param bucket of the publisher's session
 * @param sessionId of the publisher's session
 * @param done sessions that have it since before a crash
 * @param stored sessions that get it now, in this shard
 */
record Spread(int bucket, long sessionId, int packetId, Set<Long> done, List<Long> stored) {
  static Spread of(int bucket, long sessionId, int packetId, Set<Long> done) {
    return new Spread(bucket, sessionId, packetId, done, new ArrayList<>());
  }

  void writeTo(FrameWriter out) {
    out.u8(bucket).i64(sessionId).u16(packetId).i32(done.size());
    done.forEach(out::i64);
  }

  static Spread read(FrameReader in) {
    int bucket = in.u8();
    long sessionId = in.i64();
    int packetId = in.u16();
    Set<Long> done = new HashSet<>();
    for (int left = in.i32(); left > 0; left--) {
      done.add(in.i64());
    }
    return of(bucket, sessionId, packetId, done);
  }

  /** Writes down who has it, after this shard. */
  void put(Ledger ledger, int shard) {
    if (!stored.isEmpty()) {
      int count = done.size() + stored.size(); // the record may be there, with some of those before
      FrameWriter record = FrameWriter.record(4 + 8 * count, 0).i32(count);
      done.forEach(record::i64);
      stored.forEach(record::i64);
      ledger.put(RecordKeys.spread(bucket, sessionId, packetId, shard), record.done());
    }
  }
}
