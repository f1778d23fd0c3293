package io.culvert.conformance.faults;

import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** An MQTT 5 client that blocks, for runs in which one thing happens after the other. */
final class Visitor implements AutoCloseable {
  private static final byte[] PINGREQ = Hex.bytes("c000");
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** What was kept is read from the disk, and comes behind answers that need no disk. */
  private static final int MORE_ANSWERS = 100;

  private static final int PUBLISH = 3;
  private static final int PINGRESP = 13;

  private final RawConnection connection;
  private final boolean sessionPresent;

  private Visitor(RawConnection connection, boolean sessionPresent) {
    this.connection = connection;
    this.sessionPresent = sessionPresent;
  }

  /**
   * @param sessionExpirySeconds 0 for a session that ends with the connection
   */
  static Visitor connect(int port, String name, int sessionExpirySeconds) throws IOException {
    RawConnection connection = RawConnection.open(URI.create("mqtt://127.0.0.1:" + port));
    connection.send(
        Hex.packet(
            0x10,
            Hex.string("MQTT"),
            new byte[] {5, 0, 0, 0, 5, 0x11},
            ByteBuffer.allocate(Integer.BYTES).putInt(sessionExpirySeconds).array(),
            Hex.string(name)));
    byte[] connAck = connection.expectPacket();
    if (connAck[0] != 0x20 || connAck[3] != 0) {
      throw new IOException("CONNECT was answered with " + Hex.of(connAck));
    }
    return new Visitor(connection, connAck[2] == 1);
  }

  boolean sessionPresent() {
    return sessionPresent;
  }

  void subscribe(String filter) throws IOException {
    connection.send(Hex.subscribe(5, filter, 1));
    expect(connection.expectPacket(), 0x90);
  }

  /** Leaves nothing but its session behind. */
  void subscribeAndGo(String filter) throws IOException {
    try (this) {
      subscribe(filter);
    }
  }

  /**
   * @param expirySeconds of the message; 0 for none
   */
  void publish(String topic, boolean retain, String payload, int expirySeconds) throws IOException {
    byte[] expiry = ByteBuffer.allocate(Integer.BYTES).putInt(expirySeconds).array();
    byte[] properties = expirySeconds == 0 ? new byte[] {0} : Hex.joined(new byte[] {5, 2}, expiry);
    connection.send(
        Hex.packet(
            retain ? 0x33 : 0x32,
            Hex.string(topic),
            Hex.id(1),
            properties,
            payload.getBytes(StandardCharsets.UTF_8)));
    expect(connection.expectPacket(), 0x40);
  }

  /** The payloads that come until all that is wanted is there, and some more answers are. */
  Set<String> receive(Set<String> wanted) throws IOException {
    Set<String> payloads = new TreeSet<>();
    long end = System.nanoTime() + LIMIT_NANOS;
    int more = MORE_ANSWERS;
    while (more > 0) {
      untilAnswered(payloads);
      if (payloads.containsAll(wanted) || System.nanoTime() > end) {
        more--;
      }
    }
    return payloads;
  }

  private void untilAnswered(Set<String> payloads) throws IOException {
    connection.send(PINGREQ);
    for (byte[] packet = connection.expectPacket();
        (packet[0] & 0xFF) >> 4 != PINGRESP;
        packet = connection.expectPacket()) {
      if ((packet[0] & 0xFF) >> 4 == PUBLISH) {
        payloads.add(payload(packet));
      }
    }
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }

  /** All payloads end with a word of four letters. */
  private static String payload(byte[] packet) {
    return new String(packet, packet.length - 4, 4, StandardCharsets.UTF_8);
  }

  private static void expect(byte[] packet, int firstByte) throws IOException {
    if ((packet[0] & 0xFF) != firstByte
        || firstByte == 0x40 && packet.length > 4 && packet[4] < 0) {
      throw new IOException("an answer " + Hex.of(packet));
    }
  }
}
