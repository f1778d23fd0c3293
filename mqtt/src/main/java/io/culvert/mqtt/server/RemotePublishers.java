package io.culvert.mqtt.server;

import io.culvert.engine.Engine;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Slow readers slow down publishers of other shards, too: the reader's shard asks for it, the
 * publisher's shard does it, and asks again when the time is over.
 */
final class RemotePublishers {
  private final Peers peers;
  private final long holdMillis;

  // Of this shard, as the others name them.
  private final Map<Integer, LocalPublisher> named = new HashMap<>();
  private int lastName;

  // Of the others, held up by readers of this shard.
  private final Map<Long, Remote> held = new HashMap<>();
  private final Incoming incoming = new Incoming();

  RemotePublishers(Peers peers, long holdMillis) {
    this.peers = peers;
    this.holdMillis = holdMillis;
  }

  // ---- the publisher's shard

  /** What the other shards call a publisher; 0 is nobody. */
  int nameOf(@Nullable LocalPublisher publisher) {
    if (publisher == null) {
      return 0;
    }
    if (publisher.name == 0) {
      do {
        lastName++;
      } while (lastName == 0 || named.containsKey(lastName));
      publisher.name = lastName;
      named.put(lastName, publisher);
    }
    return publisher.name;
  }

  /** Publishers of this shard that others know, for tests. */
  int named() {
    return named.size();
  }

  /** Publishers of other shards that readers of this one hold up, for tests. */
  int heldElsewhere() {
    return held.size();
  }

  /** A connection has ended. */
  void forget(LocalPublisher publisher) {
    if (publisher.name != 0) {
      named.remove(publisher.name);
      for (long left = publisher.askedBy; left != 0; left &= left - 1) {
        sendGone(Long.numberOfTrailingZeros(left), publisher.name);
      }
      publisher.name = 0;
    }
  }

  void onHold(int peer, FrameReader in, long nowMillis) {
    int name = in.i32();
    LocalPublisher publisher = named.get(name);
    if (publisher == null) {
      sendGone(peer, name);
    } else {
      publisher.askedBy |= 1L << peer;
      publisher.holdForPeer(new AtPeer(peer, publisher), nowMillis + holdMillis);
    }
  }

  /** Else its reader would wait for it, and remember it, until it has drained. */
  private void sendGone(int peer, int name) {
    peers.send(peer, new FrameWriter(FrameType.GONE).i32(name).done());
  }

  void onRelease(FrameReader in) {
    LocalPublisher publisher = named.get(in.i32());
    if (publisher != null) {
      publisher.releaseForPeer();
    }
  }

  // ---- the reader's shard

  /**
   * The publisher of a message from another shard, or of one that has come back: the same object
   * again and again.
   *
   * @param name 0 gives null
   */
  @Nullable Publisher incoming(int peer, int name) {
    if (name == 0 || peer == peers.place().number()) {
      return named.get(name);
    }
    incoming.peer = peer;
    incoming.name = name;
    return incoming;
  }

  void onHeld(int peer, FrameReader in, long nowMillis) {
    int name = in.i32();
    Remote remote = held.get(key(peer, name));
    if (remote == null) {
      peers.send(peer, new FrameWriter(FrameType.RELEASE).i32(name).done());
    } else if (nowMillis < remote.untilMillis) {
      remote.holdUntil(remote.untilMillis); // another publisher of the same reader came first
    } else {
      remote.by.expired(nowMillis);
    }
  }

  void onGone(int peer, FrameReader in) {
    Remote remote = held.remove(key(peer, in.i32()));
    if (remote != null) {
      remote.by.forget(remote);
    }
  }

  private static long key(int peer, int name) {
    return (long) peer << 32 | (name & 0xffff_ffffL);
  }

  /** The reader is in another shard, which decides how long. */
  private final class AtPeer implements Holder {
    private final int peer;
    private final LocalPublisher publisher;

    AtPeer(int peer, LocalPublisher publisher) {
      this.peer = peer;
      this.publisher = publisher;
    }

    @Override
    public void expired(long nowMillis) {
      publisher.holdUntil(Engine.NO_DEADLINE); // until that shard has answered
      peers.send(peer, new FrameWriter(FrameType.HELD).i32(publisher.name).done());
    }

    @Override
    public void forget(Publisher ended) {}
  }

  /** Whoever has published what is just being delivered. */
  private final class Incoming implements Publisher {
    private int peer;
    private int name;

    @Override
    public @Nullable Publisher hold(Holder by, long until) {
      if (held.containsKey(key(peer, name))) {
        return null;
      }
      Remote remote = new Remote(peer, name, by);
      held.put(key(peer, name), remote);
      remote.holdUntil(until);
      return remote;
    }

    @Override
    public void holdUntil(long until) {
      throw new IllegalStateException("not held itself");
    }

    @Override
    public void release() {
      throw new IllegalStateException("not held itself");
    }
  }

  /** A publisher of another shard that is held up by a reader of this one. */
  private final class Remote implements Publisher {
    private final int peer;
    private final int name;
    private final Holder by;
    private long untilMillis;

    Remote(int peer, int name, Holder by) {
      this.peer = peer;
      this.name = name;
      this.by = by;
    }

    @Override
    public @Nullable Publisher hold(Holder holder, long until) {
      return null;
    }

    @Override
    public void holdUntil(long until) {
      untilMillis = until;
      peers.send(peer, new FrameWriter(FrameType.HOLD).i32(name).done());
    }

    @Override
    public void release() {
      held.remove(key(peer, name));
      peers.send(peer, new FrameWriter(FrameType.RELEASE).i32(name).done());
    }
  }
}
