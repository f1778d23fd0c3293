package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.session.HeldBytes;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.RetainedTree;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Retained messages of all shards: each topic has its place in one of them, by its hash. A
 * subscription to one topic asks one shard, a wildcard all of them; they send what they have in
 * slices, the next when the one before is half sent to the client.
 */
final class RetainedShards {
  /** Messages in a slice: a turn's work, and little to hold for a client that does not read. */
  private static final int SLICE_MESSAGES = 128;

  private static final int SLICE_BYTES = 32 * 1024;

  /**
   * Topics that change while one feed is on its way; those beyond come as they were, and so do
   * those that change while memory is scarce.
   */
  private static final int MOST_CHANGES = 10_000;

  /** Topics looked at for a slice. */
  private static final int SLICE_STEPS = 1024;

  /** A feed from another shard without its messages, roughly. */
  private static final int REMOTE_BYTES = 400;

  private final Retained own;
  private final ByteBudget budget;
  private final HeldBytes held;
  private final Peers peers;
  private final ShardPlace place;
  private final Ledger ledger;
  private final Counters counters;

  // Asked by this shard.
  private final Map<Long, Answer> asked = new HashMap<>();
  private final Map<Long, Remote> remotes = new HashMap<>();
  private long lastNumber;

  // Asked by others: what is left to send.
  private final Map<FeedKey, RetainedTree.Cursor<Message>> cursors = new HashMap<>();

  RetainedShards(Retained own, ByteBudget budget, Peers peers, Ledger ledger, Counters counters) {
    this.own = own;
    this.budget = budget;
    this.held = budget.held();
    this.peers = peers;
    this.place = peers.place();
    this.ledger = ledger;
    this.counters = counters;
  }

  // ---- store

  boolean isElsewhere(TopicName topic) {
    return shardOf(topic) != place.number();
  }

  /** Stores it where it belongs, if there is room. */
  void store(Message message) {
    if (isElsewhere(message.topic())) {
      send(message, 0);
    } else {
      own.store(message);
    }
  }

  /**
   * Has another shard store it.
   *
   * @param publisher not read while the way there is full
   * @param answer told whether there was room for it
   */
  void storeElsewhere(Message message, LocalPublisher publisher, Answer answer) {
    lastNumber++;
    asked.put(lastNumber, answer);
    send(message, lastNumber);
    peers.slowDown(shardOf(message.topic()), publisher);
  }

  void onRetain(int peer, FrameReader in, long nowMillis) {
    long number = in.i64();
    Message message = in.message();
    boolean fits =
        Router.isSys(message.topic())
            || own.hasRoomFor(message.topic(), message.payload().length());
    if (fits) {
      own.store(message);
    } else {
      counters.countRetainedRefused();
    }
    if (number != 0) {
      ledger.whenStored(
          now ->
              peers.send(peer, new FrameWriter(FrameType.RETAINED).i64(number).flag(fits).done()),
          nowMillis);
    }
  }

  void onRetained(FrameReader in, long nowMillis) {
    Answer answer = asked.remove(in.i64());
    if (answer != null) {
      answer.accept(in.flag(), nowMillis);
    }
  }

  private void send(Message message, long number) {
    int bytes = FrameWriter.bytesOf(message) + Long.BYTES;
    peers.send(
        shardOf(message.topic()),
        new FrameWriter(FrameType.RETAIN, bytes).i64(number).message(message).done());
  }

  // ---- match

  /** All that a new subscription gets. */
  RetainedFeed feed(Subscription subscription) {
    TopicFilter filter = subscription.filter();
    List<RetainedSource> sources = new ArrayList<>(1);
    if (filter.hasWildcard()) {
      sources.add(RetainedSource.of(own.match(filter)));
      for (int peer = 0; peer < place.count(); peer++) {
        if (peer != place.number()) {
          sources.add(open(peer, subscription));
        }
      }
    } else {
      int shard = shardOf(TopicName.trusted(filter.levels()));
      boolean isOwn = shard == place.number();
      sources.add(isOwn ? RetainedSource.of(own.match(filter)) : open(shard, subscription));
    }
    return new RetainedFeed(sources, subscription);
  }

  void onFeedOpen(int peer, FrameReader in) {
    FeedKey key = new FeedKey(peer, in.i64());
    cursors.put(key, own.match(in.filter()));
    sendSlice(key);
  }

  void onFeedMore(int peer, FrameReader in) {
    sendSlice(new FeedKey(peer, in.i64()));
  }

  void onFeedClose(int peer, FrameReader in) {
    cursors.remove(new FeedKey(peer, in.i64()));
  }

  void onFeedSlice(FrameReader in, long nowMillis) {
    Remote remote = remotes.get(in.i64());
    if (remote != null) {
      remote.receive(in, nowMillis);
    }
  }

  /**
   * A message for its topic goes to this shard's subscriptions: none that is older may reach them
   * after it.
   */
  void changed(Message message) {
    if (!remotes.isEmpty()) {
      remotes.values().forEach(remote -> remote.changed(message));
    }
  }

  private void sendSlice(FeedKey key) {
    RetainedTree.Cursor<Message> cursor = cursors.get(key);
    if (cursor == null) {
      return; // closed meanwhile
    }
    List<Message> slice = new ArrayList<>();
    int bytes = 0;
    int steps = SLICE_STEPS;
    int mostBytes = budget.isHigh() ? 1 : SLICE_BYTES; // a message at a time
    while (!cursor.isDone() && steps > 0 && slice.size() < SLICE_MESSAGES && bytes < mostBytes) {
      steps -= RetainedFeed.STEPS;
      Message message = cursor.next(RetainedFeed.STEPS);
      if (message != null) {
        slice.add(message);
        bytes += FrameWriter.bytesOf(message);
      }
    }
    boolean isLast = cursor.isDone();
    if (isLast) {
      cursors.remove(key);
    }
    FrameWriter frame = new FrameWriter(FrameType.FEED_SLICE, bytes + 32);
    frame.i64(key.number).flag(isLast).i32(slice.size());
    slice.forEach(frame::message);
    peers.send(key.peer, frame.done());
  }

  private Remote open(int peer, Subscription subscription) {
    lastNumber++;
    Remote remote = new Remote(peer, lastNumber, subscription);
    remotes.put(lastNumber, remote);
    held.add(REMOTE_BYTES);
    return remote;
  }

  private int shardOf(TopicName topic) {
    if (place.isAlone()) {
      return 0;
    }
    Bytes name = topic.utf8();
    int hash = 0;
    for (int i = 0; i < name.length(); i++) {
      hash = 31 * hash + name.get(i);
    }
    return Math.floorMod(((hash ^ (hash >>> 16)) * 0x9E3779B1) >>> 8, place.count());
  }

  /** What comes of a message that another shard was to store. */
  interface Answer {
    void accept(boolean isStored, long nowMillis);
  }

  private record FeedKey(int peer, long number) {}

  /** What another shard sends, when it was asked to begin. */
  private final class Remote implements RetainedSource {
    private final int peer;
    private final long number;
    private final Subscription subscription;
    private final ArrayDeque<Message> messages = new ArrayDeque<>();
    private final Map<TopicName, Message> newer = new HashMap<>(0);
    private long newerBytes;
    private boolean isOpen;
    private int half;
    private boolean isAsked = true;
    private boolean isLast;

    Remote(int peer, long number, Subscription subscription) {
      this.peer = peer;
      this.number = number;
      this.subscription = subscription;
    }

    void receive(FrameReader in, long nowMillis) {
      isLast = in.flag();
      isAsked = false;
      int count = in.i32();
      half = count / 2;
      for (int left = count; left > 0; left--) {
        Message message = in.message().copy(); // which may stay longer than the rest of the slice
        messages.add(message);
        held.add(message.heapBytes());
      }
      forgetIfDone();
      askForMore();
      subscription.session().outgoing().pump(nowMillis);
    }

    void changed(Message message) {
      boolean isRemembered = newer.size() < MOST_CHANGES && !budget.isScarce();
      if (subscription.filter().matches(message.topic())
          && (isRemembered || newer.containsKey(message.topic()))) {
        Message known = newer.put(message.topic(), message);
        int more = message.heapBytes() - (known == null ? 0 : known.heapBytes());
        newerBytes += more;
        held.add(more);
      }
    }

    @Override
    public @Nullable Message next() {
      Message next = messages.poll();
      held.add(next == null ? 0 : -next.heapBytes());
      askForMore();
      Message instead = next == null ? null : newer.get(next.topic());
      forgetIfDone();
      return instead == null ? next : instead.payload().isEmpty() ? null : instead;
    }

    @Override
    public boolean isDone() {
      return isLast && messages.isEmpty();
    }

    @Override
    public void open() {
      isOpen = true;
      FrameWriter frame = new FrameWriter(FrameType.FEED_OPEN).i64(number);
      peers.send(peer, frame.filter(subscription.filter()).done());
    }

    @Override
    public boolean isWaiting() {
      return messages.isEmpty() && !isLast;
    }

    @Override
    public void close() {
      messages.forEach(message -> held.add(-message.heapBytes()));
      messages.clear();
      if (forget() && isOpen && !isLast) {
        peers.send(peer, new FrameWriter(FrameType.FEED_CLOSE).i64(number).done());
      }
    }

    private void forgetIfDone() {
      if (isDone()) {
        forget();
      }
    }

    private boolean forget() {
      boolean isKnown = remotes.remove(number) != null;
      held.add(isKnown ? -REMOTE_BYTES - newerBytes : 0);
      return isKnown;
    }

    private void askForMore() {
      if (!isLast && !isAsked && messages.size() <= half) {
        isAsked = true;
        peers.send(peer, new FrameWriter(FrameType.FEED_MORE).i64(number).done());
      }
    }
  }
}
