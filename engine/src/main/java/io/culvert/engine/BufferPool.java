package io.culvert.engine;

/**
 * Byte arrays in powers of two for the outboxes of one thread: an array belongs to an outbox only
 * while that has something to send. Single-threaded. Keeps at most 1 MiB of each size; what is more
 * is left to the garbage collector.
 */
public final class BufferPool {
  /** The smallest array: an acknowledgement and a few small messages. */
  public static final int SMALLEST_BYTES = 256;

  /**
   * The largest array that is kept: what one connection gets of many busy ones in a round. Larger
   * ones are rare and short-lived.
   */
  public static final int LARGEST_KEPT_BYTES = 256 * 1024;

  /** Enough for a fan-out to some thousands of targets in one pass. */
  static final int KEPT_BYTES_PER_SIZE = 1024 * 1024;

  /** With a small heap: less than a hundredth of 64 MB, all sizes together. */
  static final int LEAST_KEPT_BYTES_PER_SIZE = 64 * 1024;

  /** With a larger one. */
  private static final int PART_OF_HEAP = 1024;

  private static final int SIZES =
      Integer.numberOfTrailingZeros(LARGEST_KEPT_BYTES / SMALLEST_BYTES) + 1;

  private final byte[][][] kept = new byte[SIZES][][];
  private final int[] count = new int[SIZES];

  /** How many of each size there are, kept here or with an outbox. */
  private final int[] made = new int[SIZES];

  private final int keptBytesPerSize;
  private long sharedBytes;

  /** A pool that keeps nothing yet. */
  public BufferPool() {
    this(KEPT_BYTES_PER_SIZE);
  }

  private BufferPool(int keptBytesPerSize) {
    this.keptBytesPerSize = keptBytesPerSize;
  }

  /** One that keeps less where the largest heap is small. */
  public static BufferPool forHeap(long heapBytes) {
    long part = Math.max(LEAST_KEPT_BYTES_PER_SIZE, heapBytes / PART_OF_HEAP);
    return new BufferPool((int) Math.min(KEPT_BYTES_PER_SIZE, part));
  }

  /** An array of at least {@code length} bytes with any content. */
  public byte[] take(int length) {
    if (length > LARGEST_KEPT_BYTES) {
      return new byte[length];
    }
    int size = sizeFor(length);
    if (count[size] > 0) {
      return pop(size);
    }
    made[size]++;
    return new byte[SMALLEST_BYTES << size];
  }

  /**
   * Whether {@link #take} costs nothing in the long run: it has an array of that size, or will keep
   * the new one. False where more are out than it keeps.
   */
  public boolean keepsFor(int length) {
    if (length > LARGEST_KEPT_BYTES) {
      return false;
    }
    int size = sizeFor(length);
    return count[size] > 0 || made[size] < limit(size);
  }

  /** Gives back an array that {@link #take} returned, once; the caller forgets it. */
  public void give(byte[] array) {
    if (array.length < SMALLEST_BYTES || array.length > LARGEST_KEPT_BYTES) {
      return;
    }
    if (Integer.bitCount(array.length) != 1) {
      throw new IllegalArgumentException("not from a pool: " + array.length + " bytes");
    }
    int size = sizeFor(array.length);
    byte[][] stack = kept[size];
    if (stack == null) {
      stack = new byte[limit(size)][];
      kept[size] = stack;
    }
    if (count[size] < stack.length) {
      stack[count[size]++] = array;
    } else {
      made[size]--;
    }
  }

  /**
   * What the arrays take of the heap that outboxes with this pool refer to, each as a whole and
   * once, until none of them has anything of it to send.
   */
  public long sharedBytes() {
    return sharedBytes;
  }

  void addShared(long bytes) {
    sharedBytes += bytes;
  }

  private int limit(int size) {
    return keptBytesPerSize / (SMALLEST_BYTES << size);
  }

  private byte[] pop(int size) {
    byte[][] stack = kept[size];
    int top = --count[size];
    byte[] array = stack[top];
    stack[top] = Bytes.EMPTY.array();
    return array;
  }

  private static int sizeFor(int length) {
    int units = (length - 1) / SMALLEST_BYTES;
    return 32 - Integer.numberOfLeadingZeros(units);
  }
}
