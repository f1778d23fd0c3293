package io.culvert.conformance.faults.ledger;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * One message of a publisher, as it was first sent. Its payload follows from it, so that whoever
 * receives it can tell damage.
 *
 * @param number its place in the ledger
 * @param sequence counts the messages of its publisher
 * @param sentAt the ledger's time when it was first handed to a socket
 * @param sizeBytes of its payload; 0 deletes the retained message of its topic
 */
public record Message(
    int number,
    String publisher,
    String topic,
    int qos,
    boolean retain,
    long sequence,
    long sentAt,
    int sizeBytes) {

  /** Room for all fields of the head. */
  public static final int LEAST_SIZE_BYTES = 64;

  private static final String MARK = "culvert-fault ";

  public Message {
    if (sizeBytes != 0 && sizeBytes < LEAST_SIZE_BYTES) {
      throw new IllegalArgumentException("a payload of " + sizeBytes + " bytes has no room");
    }
  }

  /** Number, publisher, topic and sequence; then bytes that depend on them; nothing if empty. */
  public byte[] payload() {
    byte[] payload = new byte[sizeBytes];
    if (sizeBytes > 0) {
      byte[] head = head().getBytes(StandardCharsets.UTF_8);
      CRC32 checksum = new CRC32();
      checksum.update(head);
      long state = checksum.getValue() | 1L << 32;
      for (int i = 0; i < sizeBytes; i++) {
        state = state * 6364136223846793005L + 1442695040888963407L;
        payload[i] = i < head.length ? head[i] : (byte) (state >>> 56);
      }
    }
    return payload;
  }

  /** The number that a payload names, or -1 when it names none. */
  public static int numberIn(byte[] payload) {
    String head =
        new String(
            payload, 0, Math.min(payload.length, LEAST_SIZE_BYTES), StandardCharsets.ISO_8859_1);
    int end = head.indexOf(' ', MARK.length());
    if (!head.startsWith(MARK) || end < 0) {
      return -1;
    }
    try {
      return Integer.parseUnsignedInt(head, MARK.length(), end, 10);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  public boolean isCarriedBy(String receivedTopic, byte[] receivedPayload) {
    return topic.equals(receivedTopic) && Arrays.equals(payload(), receivedPayload);
  }

  @Override
  public String toString() {
    return publisher
        + '/'
        + topic
        + '/'
        + sequence
        + " (QoS "
        + qos
        + (retain ? ", retained)" : ")");
  }

  private String head() {
    return MARK + number + ' ' + publisher + '/' + topic + '/' + sequence + ' ';
  }
}
