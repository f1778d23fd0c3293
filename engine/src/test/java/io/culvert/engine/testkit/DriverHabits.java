package io.culvert.engine.testkit;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What the engine contract leaves to the driver and to the network: how the stream is cut, how much
 * a socket takes at once, and the harmless extra calls that a driver may make.
 */
public final class DriverHabits {
  private final int largestChunk;
  private final @Nullable Random random;

  private DriverHabits(int largestChunk, @Nullable Random random) {
    this.largestChunk = largestChunk;
    this.random = random;
  }

  /** Everything that has arrived comes as one chunk. */
  public static DriverHabits allAtOnce() {
    return new DriverHabits(Integer.MAX_VALUE, null);
  }

  /** Every byte comes as a chunk of its own. */
  public static DriverHabits byteByByte() {
    return new DriverHabits(1, null);
  }

  /**
   * Random chunks, several of them before a poll, sockets that take only a part, polls and timeouts
   * that nobody asked for.
   */
  public static DriverHabits random(long seed) {
    Random random = new Random(seed);
    return new DriverHabits(1 << random.nextInt(15), random);
  }

  /** How many of the bytes that have arrived come in the next chunk. */
  int chunk(int available) {
    int most = Math.min(available, largestChunk);
    return random == null ? most : 1 + random.nextInt(most);
  }

  /** How many of the bytes that wait the socket takes now. */
  long write(long pending) {
    return random == null || random.nextInt(3) > 0 ? pending : 1 + random.nextLong(pending);
  }

  /** Whether to make a call that the contract calls harmless. */
  boolean extraCall() {
    return random != null && random.nextInt(4) == 0;
  }
}
