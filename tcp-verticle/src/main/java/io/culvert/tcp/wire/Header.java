package io.culvert.tcp.wire;

/**
 * What stands before authentication fields and body.
 *
 * @param authLength bytes of the authentication fields
 * @param bodyLength bytes of the body
 * @param checksum CRC-32 of the body
 */
public record Header(MessageType type, int authLength, int bodyLength, long checksum) {
  /** What the length fields can say. */
  public static final int MAXIMUM_PART_BYTES = 65_535;

  public Header {
    checkPart("authentication fields have", authLength);
    checkPart("a body has", bodyLength);
    if (checksum < 0 || checksum > 0xffff_ffffL) {
      throw new IllegalArgumentException("a checksum has 32 bits, not " + checksum);
    }
  }

  private static void checkPart(String part, int length) {
    if (length < 0 || length > MAXIMUM_PART_BYTES) {
      throw new IllegalArgumentException(part + " 0 to 65535 bytes, not " + length);
    }
  }
}
