package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The durable records of one session: itself, its subscriptions, the messages that it waits for or
 * has not acknowledged, and the identifiers of QoS 2. What of its queue is not in memory is read
 * page by page.
 *
 * <p>A message has a number in the session's queue. All up to {@link #loadedTo} are in memory or
 * gone, and what is behind that is read when its turn comes; what came through a shared
 * subscription is in memory from the start.
 */
final class SessionRecords {
  /** Smaller ones are part of each delivery's record: a reference would take as much. */
  private static final int LEAST_SHARED_BYTES = 64;

  /** Larger ones are apart also where one session gets them, so that a queue is quickly read. */
  private static final int MOST_INLINE_BYTES = 4096;

  /** Read in one go: less than what is kept in memory. */
  private static final int PAGE_BYTES = 128 * 1024;

  /** Each move to another shard begins with numbers of its own, all of them higher. */
  private static final int MOVE_SHIFT = 48;

  private final Ledger ledger;
  private final int bucket;
  private final long id;
  private final ArrayDeque<Delivery> arriving = new ArrayDeque<>(0);
  private final Set<Long> inMemory = new HashSet<>(0);

  /** Removed while a page is being read, which may have them nevertheless. */
  private final Set<Long> gone = new HashSet<>(0);

  private Map<Long, Integer> sentBefore = Map.of();
  private Map<Integer, Spreading> spreading = Map.of();
  private long lastNumber;
  private long loadedTo;

  /**
   * Up to here messages may have been sent before this process began, under identifiers of then.
   */
  private long foundTo;

  private boolean loading;
  private int goneBack;

  /** Those that were paged out since the page that is being read was asked for. */
  private int newMessages;

  private long newBytes;

  /** When the first of those that are not in memory expires, at the earliest. */
  private long expiresAtMillis = Long.MAX_VALUE;

  private SessionRecords(Ledger ledger, int bucket, long id) {
    this.ledger = ledger;
    this.bucket = bucket;
    this.id = id;
  }

  /** Those of a new session. */
  static SessionRecords create(Ledger ledger, String clientId) {
    return new SessionRecords(ledger, RecordKeys.bucket(clientId), ledger.common().next());
  }

  /** Those that were there when the process began. */
  static SessionRecords found(Ledger ledger, int bucket, long id) {
    ledger.common().isTaken(id);
    return new SessionRecords(ledger, bucket, id);
  }

  /** The queue goes on behind this number. */
  void wasWritten(long number) {
    lastNumber = number;
    foundTo = number;
    expiresAtMillis = 0; // nobody has looked
  }

  // ---- moves between shards

  void writeTo(FrameWriter out) {
    out.u8(bucket).i64(id).i64(lastNumber);
  }

  /** Those of a session that has come from another shard. */
  static SessionRecords read(FrameReader in, Ledger ledger) {
    SessionRecords moved = new SessionRecords(ledger, in.u8(), in.i64());
    moved.lastNumber = ((in.i64() >>> MOVE_SHIFT) + 1) << MOVE_SHIFT;
    return moved;
  }

  void writeQueueTo(FrameWriter out) {
    out.i64(loadedTo).i64(foundTo).i64(lastNumber).i32(sentBefore.size());
    sentBefore.forEach((number, packetId) -> out.i64(number).u16(packetId));
    out.i32(spreading.size());
    spreading.forEach(
        (packetId, begun) -> {
          out.u16(packetId).i64(begun.shards).i32(begun.parts.size());
          begun.parts.forEach(out::i64);
          out.i32(begun.done.size());
          begun.done.forEach(out::i64);
        });
  }

  /**
   * @param hasPaged whether not all that the other shard had is in memory
   */
  void readQueue(FrameReader in, boolean hasPaged) {
    long loadedThere = in.i64();
    foundTo = in.i64();
    long lastThere = in.i64();
    loadedTo = hasPaged ? loadedThere : lastThere;
    expiresAtMillis = 0;
    for (int left = in.i32(); left > 0; left--) {
      wasSent(in.i64(), in.u16());
    }
    for (int left = in.i32(); left > 0; left--) {
      int packetId = in.u16();
      long shards = in.i64();
      Set<Long> parts = new HashSet<>();
      for (int more = in.i32(); more > 0; more--) {
        parts.add(in.i64());
      }
      Spread moved = spread(packetId, shards, parts);
      for (int done = in.i32(); done > 0; done--) {
        moved.done().add(in.i64());
      }
    }
  }

  // ---- the session

  /** Its latest state, of which a later start makes it again. */
  void put(Session session) {
    FrameWriter record = record(64 + session.clientId().length()).text(session.clientId());
    String userName = session.userName();
    record.flag(userName != null);
    if (userName != null) {
      record.text(userName);
    }
    record.i64(session.expirySeconds()).flag(session.isConnected());
    record.time(session.endsAtMillis()).time(session.willAtMillis());
    record.flag(session.will() != null);
    if (session.will() != null) {
      record.will(session.will());
    }
    ledger.put(key(RecordKeys.SESSION), record.done());
  }

  void put(Subscription subscription) {
    String filter = subscription.filter().text();
    ledger.put(
        RecordKeys.subscription(bucket, id, filter),
        record(32 + filter.length()).subscription(subscription).done());
  }

  void remove(Subscription subscription) {
    ledger.delete(RecordKeys.subscription(bucket, id, subscription.filter().text()));
  }

  // ---- received

  void received(int packetId) {
    ledger.put(packet(RecordKeys.RECEIVED, packetId), record(0).done());
    forgetSpread(packetId);
  }

  void notReceived(int packetId) {
    ledger.delete(packet(RecordKeys.RECEIVED, packetId));
  }

  /**
   * A QoS 2 message goes to several shards; {@link #received} follows when all have stored it.
   *
   * @param shards that may store it, as bits
   * @param parts in which they do, see {@link Spread#put}
   */
  Spread spread(int packetId, long shards, Collection<Long> parts) {
    if (spreading.isEmpty()) {
      spreading = new HashMap<>(4);
    }
    Spreading begun = spreading.computeIfAbsent(packetId, id -> new Spreading());
    begun.shards |= shards;
    begun.parts.addAll(parts);
    return Spread.of(bucket, id, packetId, begun.done);
  }

  /** A message that an earlier process has not spread to its end. */
  void wasSpread(int packetId, int shard, long part, List<Long> done) {
    Spread before = spread(packetId, 1L << shard, Set.of(part));
    before.done().addAll(done);
  }

  boolean isSpreading(int packetId) {
    return spreading.containsKey(packetId);
  }

  private void forgetSpread(int packetId) {
    Spreading over = spreading.isEmpty() ? null : spreading.remove(packetId);
    if (over == null) {
      return;
    }
    for (long left = over.shards; left != 0; left &= left - 1) {
      int shard = Long.numberOfTrailingZeros(left);
      over.parts.forEach(
          part -> ledger.delete(RecordKeys.spread(bucket, id, packetId, shard, part)));
    }
  }

  long id() {
    return id;
  }

  // ---- sent

  /**
   * Another message of the queue.
   *
   * @param packetId that is reserved for it, or 0
   */
  Delivery add(Delivery shape, int packetId) {
    lastNumber++;
    Message message = shape.message();
    long payloadId = ledger.payloadId(message, MOST_INLINE_BYTES, LEAST_SHARED_BYTES);
    Delivery stored = shape.stored(lastNumber, payloadId, packetId);
    putQueued(stored);
    expiresAtMillis = Math.min(expiresAtMillis, message.expiresAtMillis());
    return stored;
  }

  private void putQueued(Delivery stored) {
    Message message = stored.message();
    boolean isInline = stored.payloadId() == 0;
    FrameWriter record =
        record(48 + (isInline ? FrameWriter.bytesOf(message) : 0))
            .i64(stored.payloadId())
            .u16(stored.packetId())
            .i32(message.heldBytes())
            .shape(stored.shape());
    if (isInline) {
      record.message(message);
    }
    ledger.put(RecordKeys.queued(bucket, id, stored.number()), record.done());
  }

  /** Its identifier was not used, and may be given to another message. */
  Delivery withoutPacketId(Delivery stored) {
    Delivery without = stored.stored(stored.number(), stored.payloadId(), 0);
    putQueued(without);
    return without;
  }

  /** What was sent under this identifier waits again, for whoever gets it next. */
  Delivery notSent(int packetId, Delivery stored) {
    if (stored.packetId() == packetId) {
      return withoutPacketId(stored);
    }
    completed(packetId);
    return stored;
  }

  /** A message of the queue is done with. */
  void remove(Delivery stored) {
    inMemory.remove(stored.number());
    if (loading) {
      gone.add(stored.number());
    }
    remove(stored.number(), stored.payloadId());
  }

  private void remove(long number, long payloadId) {
    ledger.delete(RecordKeys.queued(bucket, id, number));
    ledger.needsNoMore(payloadId);
  }

  /** It is sent under this identifier. */
  void sent(int packetId, Delivery stored) {
    if (stored.packetId() != packetId) {
      ledger.put(packet(RecordKeys.SENT, packetId), record(8).i64(stored.number()).done());
    }
  }

  /** It is acknowledged. */
  void acknowledged(int packetId, Delivery stored) {
    remove(stored);
    if (stored.packetId() != packetId) {
      completed(packetId);
    }
  }

  /** PUBREC has come for it. */
  void released(int packetId, Delivery stored) {
    remove(stored);
    ledger.put(packet(RecordKeys.SENT, packetId), record(8).i64(0).done());
  }

  /** PUBCOMP has come. */
  void completed(int packetId) {
    ledger.delete(packet(RecordKeys.SENT, packetId));
  }

  /**
   * A message that is not loaded yet was sent under this identifier, which is reserved for it in
   * the session's window.
   */
  void wasSent(long number, int packetId) {
    if (sentBefore.isEmpty()) {
      sentBefore = new HashMap<>(4);
    }
    sentBefore.put(number, packetId);
  }

  /** Whether {@link #wasSent} has told of it, and it is not loaded yet. */
  boolean isSentBefore(long number) {
    return sentBefore.containsKey(number);
  }

  // ---- what is on its way to the journal

  /** One of a shared subscription is in memory. */
  void keepsShared(long number) {
    inMemory.add(number);
  }

  /** Those that will be in memory when they are stored, in their order. */
  ArrayDeque<Delivery> arriving() {
    return arriving;
  }

  /** It is in memory, or will be when it is stored. */
  void keeps(Delivery stored) {
    arriving.add(stored);
    if (stored.sharedFilter() == null) {
      loadedTo = stored.number();
    } else {
      inMemory.add(stored.number());
    }
  }

  /** What was sent before this process began is not all here: nothing newer is sent before it. */
  boolean mayHaveSent() {
    return loadedTo < foundTo;
  }

  /** All that is older than this one is here. */
  boolean isLoaded(Delivery stored) {
    return stored.number() <= loadedTo;
  }

  /** It is in its record only, as all behind it. */
  void pages(Delivery stored) {
    newMessages++;
    newBytes += stored.message().heldBytes();
    pagesFrom(stored.number());
  }

  /** All from this number on are in their records only. */
  void pagesFrom(long number) {
    if (number <= loadedTo) {
      loadedTo = number - 1;
      goneBack++; // a page that is being read begins too late
    }
  }

  // ---- pages

  /** Reads the next page for a session, unless that is under way. */
  void load(Session session) {
    if (loading) {
      return;
    }
    loading = true;
    gone.clear();
    int asked = goneBack;
    newMessages = 0;
    newBytes = 0;
    ledger.scan(
        key(RecordKeys.QUEUED), loadedKey(), PAGE_BYTES, page -> loaded(session, page, asked));
  }

  private void loaded(Session session, Journal.Page page, int asked) {
    List<QueueRecord> records = new ArrayList<>(page.entries().size());
    List<QueueRecord> without = new ArrayList<>(0);
    for (Journal.Entry entry : page.entries()) {
      QueueRecord record = QueueRecord.read(entry, ledger);
      if (inMemory.contains(record.number) || gone.contains(record.number)) {
        continue;
      }
      records.add(record);
      if (record.message == null && record.payloadId != 0) {
        without.add(record);
      }
    }
    fetch(without, () -> finish(session, records, page.hasMore(), asked));
  }

  /** Reads payloads that are stored apart, one after the other; a journal answers many at once. */
  private void fetch(List<QueueRecord> records, Runnable then) {
    if (records.isEmpty()) {
      then.run();
      return;
    }
    QueueRecord last = records.get(records.size() - 1);
    for (QueueRecord record : records) {
      ledger.scan(
          RecordKeys.payload(record.payloadId),
          Bytes.EMPTY,
          1,
          page -> {
            if (!page.entries().isEmpty()) {
              record.message = QueueRecord.message(page.entries().get(0).value(), ledger);
            }
            if (record.number == last.number) {
              then.run();
            }
          });
    }
  }

  private void finish(Session session, List<QueueRecord> records, boolean hasMore, int asked) {
    loading = false;
    long nowMillis = ledger.nowMillis();
    Outgoing outgoing = session.outgoing();
    if (!outgoing.wantsPage()) {
      return; // it is read again when it is wanted
    }
    if (asked != goneBack) {
      load(session);
      return;
    }
    for (QueueRecord record : records) {
      loadedTo = Math.max(loadedTo, record.number);
      Integer before = sentBefore.isEmpty() ? null : sentBefore.remove(record.number);
      Delivery delivery = record.delivery(before == null ? record.packetId : 0);
      int packetId = before == null ? record.packetId : before;
      if (delivery == null) {
        ledger.damaged("a message of session " + session.clientId() + " cannot be read");
        remove(record.number, record.payloadId);
        if (before != null) {
          completed(before);
        }
        outgoing.unreadable(record.heldBytes, packetId, nowMillis);
      } else {
        if (record.isShared()) {
          inMemory.add(record.number);
        }
        outgoing.loaded(delivery, packetId);
      }
    }
    if (!hasMore) {
      outgoing.waiting().hasOnlyPaged(newMessages, newBytes);
      forgetSent(outgoing);
    }
    outgoing.pump(nowMillis);
  }

  /** Those messages are gone: all that were sent before this process began are here. */
  private void forgetSent(Outgoing outgoing) {
    for (int packetId : sentBefore.values()) {
      completed(packetId);
      outgoing.giveBack(packetId);
    }
    sentBefore = Map.of();
  }

  /** It was sent before this process began, or may have been. */
  private boolean mayBeSent(QueueRecord record) {
    return record.packetId != 0 || isSentBefore(record.number);
  }

  /**
   * Brings into memory what came through shared subscriptions before this process began, so that
   * other members may get it.
   */
  void loadShared(Session session) {
    loadShared(session, Bytes.EMPTY);
  }

  private void loadShared(Session session, Bytes after) {
    ledger.scan(
        key(RecordKeys.QUEUED),
        after,
        PAGE_BYTES,
        page -> {
          List<QueueRecord> shared = new ArrayList<>();
          for (Journal.Entry entry : page.entries()) {
            QueueRecord record = QueueRecord.read(entry, ledger);
            if (record.isShared() && !mayBeSent(record)) {
              shared.add(record);
            }
          }
          List<QueueRecord> without =
              shared.stream().filter(record -> record.message == null).toList();
          fetch(
              without,
              () -> {
                shared.forEach(record -> bring(session, record));
                if (page.hasMore()) {
                  Bytes last = page.entries().get(page.entries().size() - 1).key();
                  loadShared(session, last);
                }
              });
        });
  }

  private void bring(Session session, QueueRecord record) {
    Outgoing outgoing = session.outgoing();
    Delivery delivery = record.delivery(0);
    if (delivery != null && record.number > loadedTo && outgoing.takesShared(record.heldBytes)) {
      inMemory.add(record.number);
      outgoing.shares().setApart(delivery, ledger.nowMillis());
    }
  }

  // ---- the end

  /** Removes all that is not known by its number: the rest of the queue, and what was sent. */
  void end(boolean hasPaged) {
    ledger.delete(key(RecordKeys.SESSION));
    sentBefore.values().forEach(this::completed);
    List.copyOf(spreading.keySet()).forEach(this::forgetSpread);
    if (hasPaged) {
      removeQueue(Bytes.EMPTY);
    }
  }

  /** Removes the records of a queue whose session is no more, page by page. */
  void removeQueue(Bytes after) {
    ledger.scan(
        key(RecordKeys.QUEUED),
        after,
        PAGE_BYTES,
        page -> {
          Bytes last = after;
          for (Journal.Entry entry : page.entries()) {
            last = entry.key();
            QueueRecord record = QueueRecord.read(entry, ledger);
            remove(record.number, record.payloadId);
          }
          if (page.hasMore()) {
            removeQueue(last);
          }
        });
  }

  /**
   * Removes what has expired of the part of the queue that is not in memory, if anything can have.
   *
   * @param session told of each
   */
  void removeExpired(Session session, long nowMillis) {
    if (!loading && expiresAtMillis <= nowMillis) {
      loading = true;
      expiresAtMillis = Long.MAX_VALUE;
      removeExpired(session, loadedKey(), nowMillis);
    }
  }

  private Bytes loadedKey() {
    return loadedTo == 0 ? Bytes.EMPTY : RecordKeys.queued(bucket, id, loadedTo);
  }

  private void removeExpired(Session session, Bytes after, long nowMillis) {
    Waiting waiting = session.outgoing().waiting();
    gone.clear();
    ledger.scan(
        key(RecordKeys.QUEUED),
        after,
        PAGE_BYTES,
        page -> {
          Bytes last = after;
          for (Journal.Entry entry : page.entries()) {
            last = entry.key();
            QueueRecord record = QueueRecord.read(entry, ledger);
            Message message = record.message;
            if (message == null
                || mayBeSent(record)
                || inMemory.contains(record.number)
                || gone.contains(record.number)) {
              continue; // a large one is looked at when its turn comes
            }
            if (message.isExpired(nowMillis)) {
              remove(record.number, record.payloadId);
              waiting.expiredOnPage(record.heldBytes, nowMillis);
            } else {
              expiresAtMillis = Math.min(expiresAtMillis, message.expiresAtMillis());
            }
          }
          if (page.hasMore() && waiting.hasPaged()) {
            removeExpired(session, last, nowMillis);
          } else {
            loading = false;
            session.outgoing().pump(ledger.nowMillis());
          }
        });
  }

  private FrameWriter record(int expectedBytes) {
    return FrameWriter.record(expectedBytes, ledger.toWall(0));
  }

  private Bytes key(int kind) {
    return RecordKeys.ofKind(bucket, id, kind);
  }

  private Bytes packet(int kind, int packetId) {
    return RecordKeys.packet(bucket, id, kind, packetId);
  }

  /** Where a QoS 2 message has gone that was not received by all. */
  private static final class Spreading {
    private final Set<Long> done = new HashSet<>();
    private final Set<Long> parts = new HashSet<>(Set.of(0L));
    private long shards;
  }
}
