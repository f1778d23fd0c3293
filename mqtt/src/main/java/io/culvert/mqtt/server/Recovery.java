package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Will;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes sessions and retained messages again from the records of an earlier process, bucket by
 * bucket. Messages that wait are counted, and read when their session needs them. A record that
 * cannot be read is left where it is, and told of.
 */
final class Recovery {
  private static final int PAGE_BYTES = 1024 * 1024;

  private final ShardPlace place;
  private final Ledger ledger;
  private final Sessions sessions;
  private final Router router;
  private final Retained retained;
  private final FrameReader in = new FrameReader();
  private @Nullable Found current;
  private int restoredSessions;
  private long messages;
  private int retainedMessages;
  private int unreadable;

  /** What ended sessions have left; others may need the same payloads, which are not all read. */
  private final List<Runnable> leftovers = new ArrayList<>(0);

  Recovery(ShardPlace place, Ledger ledger, Sessions sessions, Router router, Retained retained) {
    this.place = place;
    this.ledger = ledger;
    this.sessions = sessions;
    this.router = router;
    this.retained = retained;
  }

  /** See {@link Broker#recover}. */
  void start(Consumer<Recovered> done) {
    bucket(place.number(), done);
  }

  /** All shards have read all that they have. */
  void removeLeftovers() {
    leftovers.forEach(Runnable::run);
    leftovers.clear();
  }

  private void bucket(int bucket, Consumer<Recovered> done) {
    if (bucket >= RecordKeys.BUCKETS) {
      Recovered all = new Recovered(restoredSessions, messages, retainedMessages, unreadable);
      router.routes().whenKnown(now -> done.accept(all), ledger.nowMillis());
      return;
    }
    pages(
        RecordKeys.sessions(bucket),
        Bytes.EMPTY,
        this::session,
        () -> {
          finish();
          pages(
              RecordKeys.retained(bucket),
              Bytes.EMPTY,
              this::retained,
              () -> bucket(bucket + place.count(), done));
        });
  }

  private void pages(Bytes prefix, Bytes after, Consumer<Journal.Entry> each, Runnable then) {
    ledger.scan(
        prefix,
        after,
        PAGE_BYTES,
        page -> {
          Bytes last = after;
          for (Journal.Entry entry : page.entries()) {
            last = entry.key();
            read(entry, each);
          }
          if (page.hasMore()) {
            pages(prefix, last, each, then);
          } else {
            then.run();
          }
        });
  }

  private void read(Journal.Entry entry, Consumer<Journal.Entry> how) {
    try {
      how.accept(entry);
    } catch (RuntimeException damaged) { // whatever its bytes make of it
      unreadable(entry, damaged.toString());
    }
  }

  private void unreadable(Journal.Entry entry, String why) {
    unreadable++;
    ledger.damaged("record " + entry.key().toHex() + " is left out: " + why);
  }

  private boolean begin(Journal.Entry entry) {
    boolean isKnown = in.beginRecord(entry.value(), ledger.toWall(0));
    if (!isKnown) {
      unreadable(entry, "its format is not known");
    }
    return isKnown;
  }

  // ---- sessions

  private void session(Journal.Entry entry) {
    Bytes key = entry.key();
    if (!RecordKeys.isSession(key)) {
      unreadable(entry, "its key is of no session");
      return;
    }
    long id = RecordKeys.sessionId(key);
    Found found = current;
    if (found == null || found.id != id) {
      finish();
      found = new Found(key.get(0), id);
      current = found;
    }
    switch (RecordKeys.kind(key)) {
      case RecordKeys.SESSION -> found.session(entry);
      case RecordKeys.SUBSCRIPTION -> found.subscription(entry);
      case RecordKeys.RECEIVED -> found.received(entry);
      case RecordKeys.SENT -> found.sent(entry);
      case RecordKeys.QUEUED -> found.queued(entry);
      case RecordKeys.SPREAD -> found.spread(entry);
      default -> unreadable(entry, "its kind is not known");
    }
  }

  private void finish() {
    Found found = current;
    current = null;
    if (found != null) {
      found.finish();
    }
  }

  // ---- retained messages

  private void retained(Journal.Entry entry) {
    if (begin(entry)) {
      Message message = in.message();
      if (message.isExpired(ledger.nowMillis())) {
        ledger.delete(entry.key());
      } else {
        retained.keep(message);
        retainedMessages++;
      }
    }
  }

  /** One session, as far as it has been read. */
  private final class Found {
    private final long id;
    private final SessionRecords records;
    private final List<Journal.Entry> ownerless = new ArrayList<>(0);
    private @Nullable Session session;
    private boolean isUnreadable;
    private boolean wasConnected;
    private int waiting;
    private long waitingBytes;
    private long lastNumber;

    Found(int bucket, long id) {
      this.id = id;
      this.records = SessionRecords.found(ledger, bucket, id);
    }

    void session(Journal.Entry entry) {
      isUnreadable = true;
      if (!begin(entry)) {
        return;
      }
      Session made = sessions.create(in.text());
      made.records(records);
      made.userName(in.flag() ? in.text() : null);
      made.expirySeconds(in.i64());
      wasConnected = in.flag();
      made.endsAt(in.time());
      long willAtMillis = in.time();
      made.will(in.flag() ? in.will() : null);
      made.willAt(willAtMillis);
      session = made;
      isUnreadable = false;
    }

    void subscription(Journal.Entry entry) {
      Session of = session;
      if (of == null) {
        ownerless.add(entry);
      } else if (begin(entry)) {
        of.put(in.subscription(of));
      }
    }

    void received(Journal.Entry entry) {
      Session of = session;
      if (of == null) {
        ownerless.add(entry);
      } else {
        of.received().add(RecordKeys.packetId(entry.key()));
      }
    }

    void sent(Journal.Entry entry) {
      Session of = session;
      if (of == null) {
        ownerless.add(entry);
      } else if (begin(entry)) {
        long number = in.i64();
        int packetId = RecordKeys.packetId(entry.key());
        if (number == 0) {
          of.outgoing().window().restore(packetId, null);
        } else {
          of.outgoing().window().reserve(packetId);
          records.wasSent(number, packetId);
        }
      }
    }

    void spread(Journal.Entry entry) {
      if (session == null) {
        ownerless.add(entry);
      } else if (begin(entry)) {
        List<Long> done = new ArrayList<>();
        for (int left = in.i32(); left > 0; left--) {
          done.add(in.i64());
        }
        Bytes key = entry.key();
        records.wasSpread(
            RecordKeys.packetId(key),
            RecordKeys.spreadShard(key),
            RecordKeys.spreadPart(key),
            done);
      }
    }

    void queued(Journal.Entry entry) {
      if (begin(entry)) {
        long payloadId = in.i64();
        if (payloadId != 0) {
          ledger.common().isTaken(payloadId);
          ledger.common().needs(payloadId);
        }
        int packetId = in.u16();
        waitingBytes += in.i32();
        waiting++;
        lastNumber = RecordKeys.queuedNumber(entry.key());
        Session of = session;
        boolean isItsOwn = packetId != 0 && !records.isSentBefore(lastNumber);
        if (of != null && isItsOwn && of.outgoing().window().isFree(packetId)) {
          of.outgoing().window().reserve(packetId);
        }
      }
    }

    void finish() {
      Session made = session;
      if (made == null) {
        forget();
        return;
      }
      long nowMillis = ledger.nowMillis();
      records.wasWritten(lastNumber);
      Outgoing outgoing = made.outgoing();
      outgoing.waiting().page(waiting, waitingBytes);
      if (wasConnected) {
        lostConnection(made, nowMillis);
        records.put(made);
      }
      sessions.restore(made, nowMillis);
      made.subscriptions().forEach(router::add);
      if (outgoing.waiting().hasPaged()) { // perhaps something that came while it was a member
        outgoing.share(router.shared());
      }
      if (made.hasShared() && outgoing.waiting().hasPaged()) {
        records.loadShared(made);
      }
      restoredSessions++;
      messages += waiting;
    }

    /** Nobody was there to see when: it counts from now on. */
    private void lostConnection(Session made, long nowMillis) {
      long expiry = made.expirySeconds();
      made.endsAt(expiry == Session.NEVER_SECONDS ? Long.MAX_VALUE : nowMillis + expiry * 1000);
      Will will = made.will();
      if (will != null) {
        long delay = will.properties().integer(Property.WILL_DELAY_INTERVAL, 0);
        made.willAt(nowMillis + Math.min(delay, expiry) * 1000); // [MQTT5-3.1.3-9]
      }
    }

    /** What is left of a session that had ended; or of one that cannot be read, which stays. */
    private void forget() {
      if (!isUnreadable) {
        leftovers.add(
            () -> {
              ownerless.forEach(entry -> ledger.delete(entry.key()));
              if (waiting > 0) {
                records.removeQueue(Bytes.EMPTY);
              }
            });
      }
    }
  }
}
