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
  private final long maximumWaitingBytes;
  private final List<Shard> shards = new ArrayList<>();

  /**
   * @param maximumWaitingBytes from one shard to one other, from {@code send} until it is received;
   *     the frame that reaches it is still taken, so that a large frame passes
   */
  public ShardExchange(long maximumWaitingBytes) {
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
    private long waitingBytes;
    private boolean refused;
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
      if (lane.waitingBytes >= maximumWaitingBytes) {
        lane.refused = true;
        return false;
      }
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
          receiver.room(delivery.from.number, nowMillis);
        } else {
          receive(delivery.from, delivery.frames, nowMillis);
        }
      }
    }

    private void receive(Shard from, List<Bytes> frames, long nowMillis) {
      Lane lane = from.lane(this);
      for (Bytes frame : frames) {
        lane.waitingBytes -= frame.length();
        receiver.received(from.number, frame, nowMillis);
      }
      if (lane.refused && lane.waitingBytes < maximumWaitingBytes) {
        lane.refused = false;
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
