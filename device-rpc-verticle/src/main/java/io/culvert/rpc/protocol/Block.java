package io.culvert.rpc.protocol;

/**
 * One part of a body that is too large for one message: bytes from {@code number * sizeBytes} on.
 * RFC 7959 §2.2, with sizes that suit MQTT.
 *
 * @param number counted from 0
 * @param more whether others follow; in a request for a part it says nothing
 * @param sizeBytes of each but the last
 */
public record Block(int number, boolean more, int sizeBytes) {
  /** The number has 20 bits there. */
  public static final int MAXIMUM_NUMBER = (1 << 20) - 1;

  public static final int SMALLEST_SIZE_BYTES = 16;

  /** Well below what brokers let through. */
  public static final int LARGEST_SIZE_BYTES = 256 * 1024;

  public Block {
    if (number < 0 || number > MAXIMUM_NUMBER) {
      throw new IllegalArgumentException("no number of a block: " + number);
    } else if (sizeBytes < SMALLEST_SIZE_BYTES || sizeBytes > LARGEST_SIZE_BYTES) {
      throw new IllegalArgumentException("no size of a block: " + sizeBytes);
    }
  }

  /** Where it begins in the body. */
  public long offset() {
    return (long) number * sizeBytes;
  }
}
