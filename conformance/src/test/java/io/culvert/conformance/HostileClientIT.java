package io.culvert.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.badinput.BadInput;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import io.culvert.conformance.scene.Scene;
import io.culvert.conformance.scene.WithBystander;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Odd names, and bytes that are not MQTT at all: whatever the answer, there is one or a close, and
 * a bystander does not notice.
 */
@WithBystander
class HostileClientIT {

  private static final int LONGEST_STRING = 65_535;

  @BadInput(47)
  @ParameterizedTest
  @ValueSource(
      strings = {"../../etc/passwd", "%00", "#", "+/#", ">", "a\r\nb", "'; --", "$SYS", "*"})
  void anyTextIsAClientIdentifierAndNothingElse(String text, Scene scene) throws IOException {
    String clientId = scene.clientId(text);
    String topic = scene.topic("t");
    RawConnection odd = scene.own(RawConnection.open(scene.broker().mqtt()));
    odd.send(Hex.connect(5, clientId));
    byte[] connAck = odd.expectPacket();
    assertThat(connAck[0]).isEqualTo((byte) 0x20);
    if (connAck[3] == 0) {
      odd.send(Hex.joined(Hex.subscribe(5, topic, 0), Hex.publish(5, topic, new byte[] {'x'})));
      assertThat(odd.expectPacket()[0]).as("SUBACK").isEqualTo((byte) 0x90);
      assertThat(odd.expectPacket()).isEqualTo(Hex.publish(5, topic, new byte[] {'x'}));
    }
  }

  @BadInput(47)
  @Test
  void theLongestClientIdentifierIsAnswered(Scene scene) throws IOException {
    RawConnection connection = scene.own(RawConnection.open(scene.broker().mqtt()));
    connection.send(Hex.connect(5, "x".repeat(LONGEST_STRING)));
    assertThat(connection.expectPacket()[0]).as("CONNACK").isEqualTo((byte) 0x20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: here\r\n\r\n",
        "SSH-2.0-x\r\n",
        "\u0016\u0003\u0001\u0000\u00a5\u0001\u0000"
      })
  void anotherProtocolIsClosed(String bytes, Scene scene) throws IOException {
    RawConnection stranger = scene.own(RawConnection.open(scene.broker().mqtt()));
    stranger.send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    byte[] answer = stranger.nextPacket();
    if (answer != null) {
      assertThat(answer[0]).as("CONNACK").isEqualTo((byte) 0x20);
      assertThat(stranger.nextPacket()).as("closed").isNull();
    }
  }
}
