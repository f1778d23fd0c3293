package io.culvert.mqtt.server;

import io.culvert.engine.Engine;
import io.culvert.engine.Wake;
import org.jspecify.annotations.Nullable;

/** A connection of this shard as a publisher: whether it is read, or who holds it up. */
final class LocalPublisher implements Publisher {
  private final ServerConnection connection;
  private final Session session;
  private final Wake wake;
  private @Nullable Holder holder;

  /** A reader in another shard that asked while somebody else held it: it is next. */
  private @Nullable Holder nextHolder;

  private long nextUntilMillis;
  private boolean isForPeer;
  private long untilMillis;

  /** What its messages have become since its connection last rested: bytes times readers. */
  long fannedOutBytes;

  /** What other shards call it, or 0; see {@link RemotePublishers}. */
  int name;

  /** Shards, as bits, that have asked to hold it up. */
  long askedBy;

  LocalPublisher(ServerConnection connection, Session session, Wake wake) {
    this.connection = connection;
    this.session = session;
    this.wake = wake;
  }

  Session session() {
    return session;
  }

  boolean isHeld() {
    return holder != null;
  }

  /** When to call {@link #expired} while it is held. */
  long deadlineMillis() {
    return untilMillis;
  }

  /** It has waited as long as it was told to. */
  void expired(long nowMillis) {
    Holder by = holder;
    if (by != null) {
      by.expired(nowMillis); // releases this and the others, or holds them longer
    }
  }

  /** The connection has ended. */
  void end() {
    Holder by = holder;
    holder = null;
    nextHolder = null;
    if (by != null) {
      by.forget(this);
    }
  }

  /**
   * {@inheritDoc} One that has messages in flight itself is not stopped: its acknowledgements would
   * be, too. Nor is one that authenticates again and has a time limit for that.
   */
  @Override
  public @Nullable Publisher hold(Holder by, long until) {
    boolean mayWait = session.inFlight() == 0 && !connection.isReauthenticating();
    return mayWait && begin(by, until) ? this : null;
  }

  @Override
  public void holdUntil(long until) {
    untilMillis = until;
    wake.changed();
  }

  @Override
  public void release() {
    holder = null;
    isForPeer = false;
    Holder next = nextHolder;
    nextHolder = null;
    if (next != null) {
      isForPeer = hold(next, nextUntilMillis) != null;
    }
    wake.changed();
  }

  /** As {@link #hold}, for a reader in another shard; or longer than it said before. */
  void holdForPeer(Holder by, long until) {
    if (isForPeer) {
      holdUntil(until);
    } else if (holder != null) {
      nextHolder = by;
      nextUntilMillis = until;
    } else {
      isForPeer = hold(by, until) != null;
    }
  }

  /** The reader in another shard needs it no longer. */
  void releaseForPeer() {
    nextHolder = null;
    if (isForPeer) {
      release();
    }
  }

  /** Stops reading until the holder lets it go, which is soon and sure. */
  boolean holdShortly(Holder by) {
    return begin(by, Engine.NO_DEADLINE);
  }

  private boolean begin(Holder by, long until) {
    if (holder != null || !connection.isConnected()) {
      return false;
    }
    holder = by;
    untilMillis = until;
    wake.changed();
    return true;
  }
}
