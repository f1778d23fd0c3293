package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.engine.JournalBatch;
import io.culvert.engine.Wake;
import io.culvert.mqtt.session.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The durable records of one shard: all that changes in a pass is one batch, which is stored as a
 * whole or not at all, and what has to wait for it waits here. Without a journal nothing is
 * durable, and nothing waits.
 */
final class Ledger {
  private final CommonRecords common;
  private final BrokerLog log;
  private @Nullable Journal journal;
  private LongSupplier clock = () -> 0;
  private long wallOffsetMillis;
  private Wake wake = Wake.NOBODY;

  private JournalBatch batch = new JournalBatch();
  private List<LongConsumer> actions = new ArrayList<>(0);
  private @Nullable List<LongConsumer> lastUnderWay;
  private int underWay;
  private long puts;
  private @Nullable Spread spread;
  private @Nullable Message spreadMessage;
  private boolean several;
  private @Nullable Message lastMessage;
  private long lastPayloadId;
  private boolean running;
  private boolean woken;

  Ledger(CommonRecords common, BrokerLog log) {
    this.common = common;
    this.log = log;
  }

  /** See {@link Broker#durable}. */
  void open(Journal opened, LongSupplier itsClock, long itsWallOffsetMillis, Wake itsWake) {
    journal = opened;
    clock = itsClock;
    wallOffsetMillis = itsWallOffsetMillis;
    wake = itsWake;
  }

  /** Sessions that outlive their connections survive a crash. */
  boolean isDurable() {
    return journal != null;
  }

  /** What is put now can be expected to be stored soon. */
  boolean isReady() {
    return journal == null || journal.health() == Journal.Health.READY;
  }

  /** Nothing can be stored now, not even what takes no room. */
  boolean isFailing() {
    return journal != null && journal.health() == Journal.Health.FAILING;
  }

  CommonRecords common() {
    return common;
  }

  /** A time of the engines as the time of day, which a later process can read. */
  long toWall(long atMillis) {
    return atMillis == Long.MAX_VALUE ? atMillis : atMillis + wallOffsetMillis;
  }

  /** The time of the engines that a time of day is. */
  long fromWall(long wallMillis) {
    return wallMillis == Long.MAX_VALUE ? wallMillis : wallMillis - wallOffsetMillis;
  }

  /** See {@link BrokerLog#damaged}. */
  void damaged(String what) {
    log.damaged(what);
  }

  // ---- who gets what is being published

  /** This message goes to several shards, until {@link #spreadIsOver}. */
  void spread(@Nullable Spread its, Message message) {
    spread = its;
    spreadMessage = message;
  }

  void spreadIsOver() {
    spread = null;
    spreadMessage = null;
  }

  /** How a message goes to several shards, or null where it does not, or nobody needs to know. */
  @SuppressWarnings("ReferenceEquality") // the message that is being published
  @Nullable Spread spread(Message message) {
    return spreadMessage == message ? spread : null;
  }

  // ---- payloads

  /** Whether what is published next goes to several sessions. */
  void forSeveral(boolean isForSeveral) {
    several = isForSeveral;
  }

  /**
   * Where a message is stored once for all the sessions that wait for it.
   *
   * @param fromBytes of payload, from which it is stored so in any case
   * @param leastBytes of payload, below which it never is
   * @return 0 when it is to be part of the delivery's record
   */
  @SuppressWarnings("ReferenceEquality") // the message that is being published
  long payloadId(Message message, int fromBytes, int leastBytes) {
    int bytes = message.payload().length();
    if (bytes < leastBytes || (bytes < fromBytes && !several)) {
      return 0;
    }
    if (lastMessage != message) {
      lastMessage = message;
      lastPayloadId = common.next();
      put(
          RecordKeys.payload(lastPayloadId),
          FrameWriter.record(FrameWriter.bytesOf(message), wallOffsetMillis)
              .message(message)
              .done());
    }
    common.needs(lastPayloadId);
    return lastPayloadId;
  }

  /** A delivery that needed this payload is gone. */
  void needsNoMore(long payloadId) {
    if (payloadId != 0 && common.isDone(payloadId)) {
      if (payloadId == lastPayloadId) {
        lastMessage = null; // whoever gets it next stores it anew
      }
      delete(RecordKeys.payload(payloadId));
    }
  }

  // ---- changes

  /** A number that grows with each change. */
  long changes() {
    return puts;
  }

  void put(Bytes key, Bytes value) {
    if (journal != null) {
      batch.put(key, value);
      changed();
    }
  }

  void delete(Bytes key) {
    if (journal != null) {
      batch.delete(key);
      changed();
    }
  }

  /** Something has changed that is not stored. */
  boolean isBusy() {
    return underWay > 0 || running || !batch.isEmpty();
  }

  /**
   * Does something when all that has changed up to now is stored: at once where it is, and else
   * behind what was to be done before.
   */
  void whenStored(LongConsumer action, long nowMillis) {
    if (!isBusy() && actions.isEmpty()) {
      action.accept(nowMillis);
    } else {
      actions.add(action);
      wake();
    }
  }

  /** Hands over what has changed. Called once for each pass, at its end. */
  void flush() {
    woken = false;
    Journal to = journal;
    if (to == null || (batch.isEmpty() && actions.isEmpty())) {
      return;
    }
    List<LongConsumer> behind = lastUnderWay;
    if (batch.isEmpty() && behind != null) {
      behind.addAll(actions);
      actions.clear();
      return;
    }
    lastMessage = null;
    JournalBatch full = batch;
    List<LongConsumer> after = actions;
    batch = new JournalBatch();
    actions = new ArrayList<>();
    underWay++;
    lastUnderWay = after;
    to.append(full, () -> stored(after));
  }

  /** Reads what is stored, with all that has changed up to now. */
  void scan(Bytes prefix, Bytes after, int maximumBytes, Journal.Scanned completion) {
    Journal from = journal;
    if (from != null) {
      flush();
      from.scan(prefix, after, maximumBytes, completion);
    }
  }

  long nowMillis() {
    return clock.getAsLong();
  }

  private void stored(List<LongConsumer> after) {
    underWay--;
    if (underWay == 0) {
      lastUnderWay = null;
    }
    long nowMillis = clock.getAsLong();
    running = true;
    run(after, nowMillis);
    while (underWay == 0 && batch.isEmpty() && !actions.isEmpty()) {
      List<LongConsumer> more = actions;
      actions = new ArrayList<>();
      run(more, nowMillis);
    }
    running = false;
  }

  /** By index: an action may put another one behind the last. */
  private void run(List<LongConsumer> all, long nowMillis) {
    for (int i = 0; i < all.size(); i++) {
      try {
        all.get(i).accept(nowMillis);
      } catch (RuntimeException failure) {
        log.failed(failure);
      }
    }
  }

  private void changed() {
    puts++;
    wake();
  }

  private void wake() {
    if (!woken) {
      woken = true;
      wake.changed();
    }
  }
}
