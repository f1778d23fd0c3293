package io.culvert.conformance.raw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A well-behaved connection that nobody's bad bytes may disturb. */
public final class Bystander implements AutoCloseable {

  private static final byte[] PINGREQ = Hex.bytes("c000");
  private static final byte[] PINGRESP = Hex.bytes("d000");

  private final RawConnection connection;
  private final String topic;
  private int round;

  private Bystander(RawConnection connection, String topic) {
    this.connection = connection;
    this.topic = topic;
  }

  public static Bystander join(URI broker, String clientId, String topic) throws IOException {
    RawConnection connection = RawConnection.connected(broker, 5, clientId);
    connection.send(Hex.subscribe(5, topic, 0));
    assertThat(connection.expectPacket()).isEqualTo(Hex.bytes("9004 0001 00 00"));
    return new Bystander(connection, topic);
  }

  /** It is still answered, and its own messages still reach it. */
  public void assertUndisturbed() throws IOException {
    byte[] payload = ("round " + ++round).getBytes(StandardCharsets.UTF_8);
    connection.send(PINGREQ);
    assertThat(connection.expectPacket()).isEqualTo(PINGRESP);
    connection.send(Hex.publish(5, topic, payload));
    assertThat(connection.expectPacket()).isEqualTo(Hex.publish(5, topic, payload));
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
