package io.culvert.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Links between shards that share one thread and take turns: for tests, simulation, and a broker
 * with one event loop. What is flushed to a shard waits for its {@link #turn}.
 */
public final class ShardExchange {
  private final int maximumWaitingFrames;
  private final long maximumWaitingBytes;
  private final List<Shard> shards = new ArrayList<>();

  /** With the bounds that shards of one process have. */
  public ShardExchange() {
    this(ShardLink.MAXIMUM_WAITING_FRAMES, ShardLink.MAXIMUM_WAITING_BYTES);
  }

  /** With a bound in bytes, and the usual one in frames. */
  public ShardExchange(long maximumWaitingBytes) {
    this(ShardLink.MAXIMUM_WAITING_FRAMES, maximumWaitingBytes);
  }

  /** With bounds for what waits from one shard to one other. */
  public ShardExchange(int maximumWaitingFrames, long maximumWaitingBytes) {
    this.maximumWaitingFrames = maximumWaitingFrames;
    this.maximumWaitingBytes = maximumWaitingBytes;
  }

  /**
   * Adds the next shard: the first one has the number 0.
   *
   * @param wake told when the shard has something to do in its next turn
   */
  public ShardLink add(ShardLink.Receiver receiver, Wake wake) {
    Shard added = new Shard(shards.size(), receiver, wake);
    shards.add(added);
    return added;
  }

  /** Delivers to a shard what had been flushed to it when this was called. */
  public void turn(int shard, long nowMillis) {
    shard(shard).turn(nowMillis);
  }

  private Shard shard(int number) {
    if (number < 0 || number >= shards.size()) {
      throw new IllegalArgumentException("no shard " + number + " of " + shards.size());
    }
    return shards.get(number);
  }

  /** What one shard has for one other. */
  private static final class Lane {
    private List<Bytes> unflushed = new ArrayList<>();
    private int waitingFrames;
    private long waitingBytes;
    private boolean refused;
    private boolean roomTold;
  }

  /** Something for a shard's next turn: frames of a peer, or null frames for room at it. */
  private record Delivery(Shard from, @Nullable List<Bytes> frames) {}

  private final class Shard implements ShardLink {
    private final int number;
    private final Receiver receiver;
    private final Wake wake;
    private final List<Lane> lanes = new ArrayList<>();
    private final ArrayDeque<Delivery> inbox = new ArrayDeque<>();

    Shard(int number, Receiver receiver, Wake wake) {
      this.number = number;
      this.receiver = receiver;
      this.wake = wake;
    }

    @Override
    public boolean send(int peer, Bytes frame) {
      if (peer == number) {
        throw new IllegalArgumentException("shard " + peer + " sends to itself");
      }
      Lane lane = lane(shard(peer));
      if (lane.refused
          || lane.waitingFrames >= maximumWaitingFrames
          || lane.waitingBytes >= maximumWaitingBytes) {
        lane.refused = true;
        return false;
      }
      lane.waitingFrames++;
      lane.waitingBytes += frame.length();
      lane.unflushed.add(frame);
      return true;
    }

    @Override
    public void flush() {
      for (int peer = 0; peer < lanes.size(); peer++) {
        Lane lane = lanes.get(peer);
        if (!lane.unflushed.isEmpty()) {
          shards.get(peer).put(new Delivery(this, lane.unflushed));
          lane.unflushed = new ArrayList<>();
        }
      }
    }

    void turn(long nowMillis) {
      for (int left = inbox.size(); left > 0; left--) {
        Delivery delivery = inbox.remove();
        if (delivery.frames == null) {
          lane(delivery.from).refused = false;
          lane(delivery.from).roomTold = false;
          receiver.room(delivery.from.number, nowMillis);
        } else {
          receive(delivery.from, delivery.frames, nowMillis);
        }
      }
    }

    private void receive(Shard from, List<Bytes> frames, long nowMillis) {
      Lane lane = from.lane(this);
      for (Bytes frame : frames) {
        lane.waitingFrames--;
        lane.waitingBytes -= frame.length();
        receiver.received(from.number, frame, nowMillis);
      }
      if (lane.refused
          && !lane.roomTold
          && lane.waitingFrames <= maximumWaitingFrames / 2
          && lane.waitingBytes <= maximumWaitingBytes / 2) {
        lane.roomTold = true;
        from.put(new Delivery(this, null));
      }
    }

    private Lane lane(Shard peer) {
      while (lanes.size() <= peer.number) {
        lanes.add(new Lane());
      }
      return lanes.get(peer.number);
    }

    private void put(Delivery delivery) {
      inbox.add(delivery);
      wake.changed();
    }
  }
}
