package io.culvert.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.culvert.conformance.raw.Bystander;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.MalformedVector;
import io.culvert.conformance.raw.MalformedVector.Reply;
import io.culvert.conformance.raw.RawConnection;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Scene;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Bytes that no client should send: each is refused with the right packet and reason code, or,
 * where the standard leaves the choice, accepted; and nobody else notices.
 */
@BlackBox
class MalformedInputIT {

  private static final byte[] PINGREQ = Hex.bytes("c000");
  private static final byte[] PINGRESP = Hex.bytes("d000");
  private static final int LAST_SUCCESS_CODE = 0x7F;

  static List<MalformedVector> vectors() {
    return MalformedVector.ofPlainConnections();
  }

  @Test
  void allVectorsAreThere() {
    assertThat(vectors()).hasSize(184);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void isRefusedInOnePiece(MalformedVector vector, Scene scene) throws IOException {
    assertRefused(vector, scene, scene.broker().mqtt(), /* byteByByte= */ false);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void isRefusedByteByByte(MalformedVector vector, Scene scene) throws IOException {
    assertRefused(vector, scene, scene.broker().mqtt(), /* byteByByte= */ true);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void isRefusedOverWebSocket(MalformedVector vector, Scene scene) throws IOException {
    assertRefused(vector, scene, scene.broker().webSocket(), /* byteByByte= */ false);
  }

  private static void assertRefused(
      MalformedVector vector, Scene scene, URI broker, boolean byteByByte) throws IOException {
    Bystander bystander =
        scene.own(Bystander.join(broker, scene.clientId("bystander"), scene.topic("bystander")));
    RawConnection connection =
        scene.own(
            vector.connected()
                ? RawConnection.connected(broker, vector.level(), scene.clientId("bad"))
                : RawConnection.open(broker));
    if (byteByByte) {
      connection.sendByteByByte(vector.bytes());
    } else {
      connection.send(vector.bytes());
    }
    if (mayStayOpen(vector)) {
      connection.sendByteByByte(PINGREQ);
    }
    assertAnswer(vector, answers(connection));
    bystander.assertUndisturbed();
  }

  /** A ping behind the bytes then shows that the connection lives; otherwise the end is awaited. */
  private static boolean mayStayOpen(MalformedVector vector) {
    return vector.connected() && (!vector.closes() || !vector.must());
  }

  /** All packets until the answer to the ping, which is the last then, or until the close. */
  private static List<byte[]> answers(RawConnection connection) throws IOException {
    List<byte[]> answers = new ArrayList<>();
    for (byte[] packet = connection.nextPacket();
        packet != null;
        packet = connection.nextPacket()) {
      answers.add(packet);
      if (Arrays.equals(packet, PINGRESP)) {
        break;
      }
    }
    return answers;
  }

  private static void assertAnswer(MalformedVector vector, List<byte[]> answers) {
    List<String> shown = answers.stream().map(Hex::of).toList();
    boolean alive = !answers.isEmpty() && Arrays.equals(answers.get(answers.size() - 1), PINGRESP);
    if (alive && (!vector.must() || !vector.closes())) {
      assertAnswerOnOpenConnection(vector, answers.subList(0, answers.size() - 1), shown);
    } else if (alive) {
      fail("the connection was not closed, answers " + shown);
    } else if (!vector.closes()) {
      // The standard's other choice: the whole connection is refused.
      assertThat(answers).as("answers %s", shown).isNotEmpty();
      assertRefusal(Reply.DISCONNECT, vector, answers.get(answers.size() - 1), shown);
    } else if (vector.reply() == Reply.NONE) {
      assertThat(shown).as("nothing may be said before the close").isEmpty();
    } else {
      assertThat(answers).as("one answer before the close: %s", shown).hasSize(1);
      assertRefusal(vector.reply(), vector, answers.get(0), shown);
    }
  }

  private static void assertAnswerOnOpenConnection(
      MalformedVector vector, List<byte[]> answers, List<String> shown) {
    if (!vector.must()) {
      return;
    }
    assertThat(answers).as("one answer before PINGRESP: %s", shown).hasSize(1);
    assertRefusal(vector.reply(), vector, answers.get(0), shown);
  }

  private static void assertRefusal(
      Reply reply, MalformedVector vector, byte[] answer, List<String> shown) {
    assertThat(reply.isTypeOf(answer)).as("answer is %s: %s", reply, shown).isTrue();
    int code = reasonCode(reply, answer);
    assertThat(vector.reasonCodes()).as("reason code in %s", shown).contains(code);
    if (vector.closes()) {
      assertThat(code).isGreaterThan(vector.level() == 5 ? LAST_SUCCESS_CODE : 0);
    }
  }

  /** Where the reason code stands; left out where it may be, it is 0. */
  private static int reasonCode(Reply reply, byte[] packet) {
    return switch (reply) {
      case CONNACK -> packet[3] & 0xFF;
      case DISCONNECT -> packet[1] == 0 ? 0 : packet[2] & 0xFF;
      case PUBACK, PUBREL, PUBCOMP -> packet[1] == 2 ? 0 : packet[4] & 0xFF;
      case SUBACK -> packet[packet.length - 1] & 0xFF;
      case NONE -> throw new IllegalArgumentException("nothing was expected");
    };
  }
}
