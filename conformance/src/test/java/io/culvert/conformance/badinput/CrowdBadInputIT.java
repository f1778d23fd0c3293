package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.CulvertProcess;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.scene.OwnBroker;
import io.culvert.conformance.scene.Scene;
import io.culvert.conformance.scene.WithBystander;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Very many clients at once, on a broker with a heap of 64 MiB. */
@WithBystander
@OwnBroker
class CrowdBadInputIT {

  /** Heap, direct memory and the virtual machine itself; measured 160 to 190 MiB. */
  private static final long MOST_RESIDENT_BYTES = 300L << 20;

  private static final byte[] X = {'x'};

  @BadInput(9)
  @Test
  void tenThousandHalfConnectsCostLittle(Scene scene, CulvertProcess broker) throws IOException {
    Crowd crowd = Crowd.of(scene, 10_000);
    byte[] connect = Hex.connect(5, "x".repeat(400));
    crowd.send(member -> Arrays.copyOf(connect, connect.length / 2));
    Offender.client(scene, 5).isServed();
    assertThat(broker.residentBytes()).isLessThan(MOST_RESIDENT_BYTES);
  }

  /** 120 MB that no CONNECT has been made of yet. */
  @BadInput(9)
  @Test
  void strangersShareLittleMemory(Scene scene, CulvertProcess broker) throws IOException {
    Crowd crowd = Crowd.of(scene, 400);
    byte[] beginning = Hex.joined(Hex.bytes("10 80b518"), new byte[300_000]);
    crowd.send(member -> beginning);
    Offender.client(scene, 5).isServed();
    assertThat(broker.residentBytes()).isLessThan(MOST_RESIDENT_BYTES);
  }

  @BadInput(71)
  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void thousandsOfConnectsAtOnceAreServed(int level, Scene scene) throws IOException {
    Crowd.of(scene, 3000).connect(level, "storm");
  }

  /** Abruptly, with and without a word before, with a session that is kept and one that is not. */
  @BadInput(71)
  @Test
  void comingAndGoingLeavesNothing(Scene scene, CulvertProcess broker) throws IOException {
    Crowd crowd = Crowd.of(scene, 4);
    for (int i = 0; i < 800; i++) {
      String id = scene.clientId("churn-" + i % 50);
      byte[] keepingSession = Hex.connect(4, id);
      keepingSession[9] = 0;
      crowd.send(
          member ->
              switch (member) {
                case 0 -> Hex.connect(5, id);
                case 1 -> keepingSession;
                case 2 -> Arrays.copyOf(keepingSession, 12);
                default -> new byte[0];
              });
      for (int member = 0; member < crowd.size(); member++) {
        crowd.replace(member);
      }
    }
    Offender.client(scene, 5).isServed();
    assertThat(broker.residentBytes()).isLessThan(MOST_RESIDENT_BYTES);
  }

  /** Nobody closes them: that they cost little is all that can be had. */
  @BadInput(70)
  @ParameterizedTest
  @ValueSource(strings = {"0000", "ffff"})
  void clientsThatMayStayForEverCostLittle(String keepAlive, Scene scene, CulvertProcess broker)
      throws IOException {
    Crowd crowd = Crowd.of(scene, 3000);
    byte[] head = Hex.bytes("00044d515454 04 02" + keepAlive);
    crowd.send(member -> Hex.packet(0x10, head, Hex.string(scene.clientId("idle-" + member))));
    for (int member = 0; member < crowd.size(); member++) {
      assertThat(crowd.read(member, 4)).isEqualTo(Hex.bytes("2002 0000"));
    }
    crowd.send(member -> Hex.bytes("30"));
    Offender.client(scene, 5).isServed();
    assertThat(broker.residentBytes()).isLessThan(MOST_RESIDENT_BYTES);
  }

  /** A hundred of two thousand subscribers never read; all others get all messages in order. */
  @BadInput(77)
  @Test
  void aSlowTailHoldsUpNobodyElse(Scene scene, CulvertProcess broker) throws IOException {
    String topic = scene.topic("t");
    Crowd crowd = Crowd.of(scene, 2000).connect(4, "fan");
    crowd.send(member -> Hex.subscribe(4, topic, 0));
    for (int member = 0; member < crowd.size(); member++) {
      assertThat(crowd.read(member, 5)).isEqualTo(Hex.bytes("9003 0001 00"));
    }
    Offender sender = Offender.client(scene, 5);
    int messages = 30;
    int length = Hex.publish(4, topic, new byte[2000]).length;
    for (int message = 0; message < messages; message++) {
      byte[] payload = new byte[2000];
      payload[0] = (byte) message;
      sender.send(Hex.publishQos1(5, topic, 1, payload)).answers("4002 0001");
      for (int member = 100; member < crowd.size(); member++) {
        byte[] publish = crowd.read(member, length);
        assertThat(publish[length - 2000]).as("number at %s", member).isEqualTo((byte) message);
      }
    }
    assertThat(broker.residentBytes()).isLessThan(MOST_RESIDENT_BYTES);
  }
}
