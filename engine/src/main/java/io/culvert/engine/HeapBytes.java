package io.culvert.engine;

/** What arrays take of the heap, for whoever counts it. */
public final class HeapBytes {
  /**
   * From here on the G1 collector gives an array whole regions, if they are of {@link
   * #REGION_BYTES}. Where the heap is larger than 2 GB and the regions are, too, less is lost of
   * what there is.
   */
  private static final int LARGE_BYTES = 512 * 1024;

  private static final int REGION_BYTES = 1024 * 1024;
  private static final int HEADER_BYTES = 16;

  private HeapBytes() {}

  /** What an array of so many bytes takes: up to twice as much where it is large. */
  public static long of(long lengthBytes) {
    if (lengthBytes < LARGE_BYTES) {
      return lengthBytes;
    }
    long regions = (lengthBytes + HEADER_BYTES + REGION_BYTES - 1) / REGION_BYTES;
    return regions * REGION_BYTES;
  }
}
