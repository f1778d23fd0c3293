package io.culvert.runtime.driver;

import io.culvert.engine.Bytes;
import io.culvert.engine.ShardLink;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One shard's end of the links to all others. All methods except {@link #open} and {@link #wake}
 * are called on its event loop.
 */
final class LinkPort implements ShardLink {
  private final int number;
  private final Shard shard;
  private final LinkPort[] ports;
  private final LinkLane[][] lanes;
  private final Runnable turn = this::turn;
  private final Runnable startOfPass = this::flush;
  private final Runnable endOfPass = this::endOfPass;
  private final Runnable endOfRound = this::endOfRound;
  private final AtomicBoolean turnScheduled = new AtomicBoolean();
  private volatile @Nullable Receiver receiver;
  private volatile boolean closed;
  private boolean endsPass;
  private boolean endsRound;
  private boolean unflushed;

  /**
   * @param lanes from each shard to each other; filled before the first call
   */
  LinkPort(int number, Shard shard, LinkPort[] ports, LinkLane[][] lanes) {
    this.number = number;
    this.shard = shard;
    this.ports = ports;
    this.lanes = lanes;
  }

  int number() {
    return number;
  }

  void open(Receiver opened) {
    receiver = opened;
    wake();
  }

  void close() {
    flush();
    closed = true;
  }

  @Override
  public boolean send(int peer, Bytes frame) {
    if (peer == number || peer < 0 || peer >= ports.length) {
      throw new IllegalArgumentException("shard " + number + " sends to shard " + peer);
    }
    if (closed || ports[peer].closed) {
      return true;
    }
    if (!lanes[number][peer].add(frame)) {
      return false;
    }
    if (!unflushed) {
      unflushed = true;
      shard.atStartOfPass(startOfPass);
    }
    joinPass();
    return true;
  }

  @Override
  public void flush() {
    if (!unflushed) {
      return;
    }
    unflushed = false;
    LinkLane[] own = lanes[number];
    for (int peer = 0; peer < own.length; peer++) {
      if (own[peer].flush()) {
        ports[peer].wake();
      }
    }
  }

  /** Gives this shard a turn, unless one is coming. Called on any thread. */
  void wake() {
    if (!turnScheduled.get() && turnScheduled.compareAndSet(false, true)) {
      try {
        shard.eventLoop().execute(turn);
      } catch (RejectedExecutionException e) {
        Shard.LOG.debug("Shard {} has ended; what was sent to it is lost", number);
      }
    }
  }

  private void turn() {
    turnScheduled.set(false); // what is flushed from now on schedules the next turn, or is seen
    Receiver open = receiver;
    if (open == null) {
      return; // what has come waits
    }
    long nowMillis = shard.nowMillis();
    ContextInternal previous = shard.enter();
    try {
      for (int peer = 0; peer < ports.length; peer++) {
        receive(open, peer, nowMillis);
      }
      for (int peer = 0; peer < ports.length; peer++) {
        if (lanes[number][peer].takeRoom() && !closed) {
          room(open, peer, nowMillis);
        }
      }
    } finally {
      shard.leave(previous);
    }
    joinPass();
  }

  private void joinPass() {
    if (!endsPass) {
      endsPass = true;
      shard.atEndOfPass(endOfPass);
    }
  }

  /**
   * Flushes, and only then offers room for what was received: a receiver that wants to slow the
   * sender down has said so before the sender goes on.
   */
  private void endOfPass() {
    endsPass = false;
    flush();
    for (int peer = 0; peer < ports.length; peer++) {
      if (lanes[peer][number].offersRoom()) {
        ports[peer].wake();
      }
    }
  }

  private void receive(Receiver open, int peer, long nowMillis) {
    LinkLane lane = lanes[peer][number];
    List<Bytes> batch = lane.take();
    if (batch == null) {
      return;
    }
    for (int i = 0; i < batch.size() && !closed; i++) {
      try {
        open.received(peer, batch.get(i), nowMillis);
      } catch (Throwable failure) {
        failed("a frame", peer, failure);
      }
    }
    lane.received(batch);
    if (shard.isBehind()) {
      joinRound();
    } else {
      lane.countReceived();
    }
  }

  /**
   * What has come makes more to send. Until all is sent that waits, it counts as not received: in a
   * round no more comes than the lane holds.
   */
  private void joinRound() {
    if (!endsRound) {
      endsRound = true;
      shard.atEndOfRound(endOfRound);
    }
  }

  private void endOfRound() {
    endsRound = false;
    for (int peer = 0; peer < ports.length; peer++) {
      lanes[peer][number].countReceived();
    }
    joinPass();
  }

  private void room(Receiver open, int peer, long nowMillis) {
    try {
      open.room(peer, nowMillis);
    } catch (Throwable failure) {
      failed("the room", peer, failure);
    }
  }

  private void failed(String what, int peer, Throwable failure) {
    Shard.LOG.error("Shard {} failed on {} of shard {}", number, what, peer, failure);
  }
}
