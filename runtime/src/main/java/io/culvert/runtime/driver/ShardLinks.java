package io.culvert.runtime.driver;

import io.culvert.engine.ShardLink;
import java.util.List;

/**
 * Links between shards that have an event loop each. What a shard sends is flushed at the start of
 * its pass, as one batch per peer, and once more at the end if the pass sent more; the peer is
 * woken once, however many batches wait for it, and receives them in one turn, which a pass
 * follows. Nothing is locked, and lists are used again.
 *
 * <p>What a receiver throws is logged and costs nobody else a frame.
 */
public final class ShardLinks {
  private final LinkPort[] ports;

  private ShardLinks(List<Shard> shards, int maximumWaitingFrames, long maximumWaitingBytes) {
    int count = shards.size();
    this.ports = new LinkPort[count];
    LinkLane[][] lanes = new LinkLane[count][count];
    for (int number = 0; number < count; number++) {
      ports[number] = new LinkPort(number, shards.get(number), ports, lanes);
    }
    for (LinkPort from : ports) {
      for (LinkPort to : ports) {
        lanes[from.number()][to.number()] = new LinkLane(maximumWaitingFrames, maximumWaitingBytes);
      }
    }
  }

  /** Links from each of these shards to each other; their numbers are their places in the list. */
  public static ShardLinks between(List<Shard> shards) {
    return between(shards, ShardLink.MAXIMUM_WAITING_FRAMES, ShardLink.MAXIMUM_WAITING_BYTES);
  }

  /** With bounds for what waits from one shard to one other. */
  static ShardLinks between(
      List<Shard> shards, int maximumWaitingFrames, long maximumWaitingBytes) {
    return new ShardLinks(shards, maximumWaitingFrames, maximumWaitingBytes);
  }

  /** What a shard sends with, on its event loop. Nobody needs to flush it. */
  public ShardLink link(int number) {
    return ports[number];
  }

  /** From now on this shard receives, also what was sent to it before. Called on any thread. */
  public void open(int number, ShardLink.Receiver receiver) {
    ports[number].open(receiver);
  }

  /**
   * Flushes what this shard has sent. Afterwards frames from it and to it are dropped without a
   * word. Called on its event loop; does nothing the second time.
   */
  public void close(int number) {
    ports[number].close();
  }
}
