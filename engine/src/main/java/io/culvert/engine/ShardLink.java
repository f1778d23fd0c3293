package io.culvert.engine;

/**
 * How one shard reaches numbered peers: other shards of its process, or other nodes. Frames are
 * collected during a pass and cross together at its end, because crossing one by one costs more
 * than the message itself. Single-threaded on each side; each side is called on its own thread.
 *
 * <p>A link inside of a process delivers each frame once, in the order in which it was sent to that
 * peer. A carrier between nodes may lose, repeat and reorder what crosses; the protocol that makes
 * up for it (sequence, acknowledgement, repetition) is a {@code ShardLink} over that carrier, so
 * that whoever sends messages sees one interface with one promise.
 *
 * <p>What waits for a peer is bounded by frames and by bytes, counted from {@code send} until it is
 * received. The frame that reaches a bound is still taken, so that a large one passes.
 */
public interface ShardLink {
  /**
   * Frames that may wait for one peer of the same process: sixteen times the size from which on a
   * larger batch makes crossing no cheaper, so that a peer which is behind is not kept waiting.
   */
  int MAXIMUM_WAITING_FRAMES = 256;

  /** Bytes that may wait for one peer of the same process: what one pass reads from one socket. */
  long MAXIMUM_WAITING_BYTES = 256 * 1024;

  /**
   * Takes a frame, which never changes afterwards, for the next {@link #flush}.
   *
   * @return false if too much waits for that peer already: the frame is not taken, and no later one
   *     either until {@link Receiver#room} was called, which happens once, when at most half waits
   */
  boolean send(int peer, Bytes frame);

  /** Hands over what was taken since the last flush: one batch per peer. */
  void flush();

  /**
   * Who gets what the peers send. Called from a turn of its own, never inside of a send or flush.
   */
  interface Receiver {
    /** A frame of {@code peer}, which never changes and may be kept. */
    void received(int peer, Bytes frame, long nowMillis);

    /** There is room again for a peer whose link was full. */
    void room(int peer, long nowMillis);
  }
}
