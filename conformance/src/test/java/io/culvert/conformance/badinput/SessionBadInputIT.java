package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.CulvertProcess;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.scene.OwnBroker;
import io.culvert.conformance.scene.Scene;
import io.culvert.conformance.scene.WithBystander;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Sessions that nobody comes back to, on a broker that knows ten thousand at most. */
@WithBystander
@OwnBroker(
    jvm = {"-Xmx64m", "-XX:MaxDirectMemorySize=32m"},
    options = {"--set", "limits.sessions=10000"})
class SessionBadInputIT {

  private static final int QUOTA_EXCEEDED = 0x97;
  private static final int SERVER_UNAVAILABLE_BEFORE_MQTT_5 = 3;

  /** Heap, direct memory and the virtual machine itself. */
  private static final long MOST_RESIDENT_BYTES = 300L << 20;

  /** Beyond the limit nobody new is let in, and those who are known still are. */
  @BadInput(63)
  @Test
  void sessionsForEverEndAtTheLimit(Scene scene, CulvertProcess broker) throws IOException {
    Crowd crowd = Crowd.of(scene, 50);
    for (int round = 0; round < 201; round++) {
      int first = round * crowd.size();
      crowd.send(
          member ->
              Hex.packet(
                  0x10,
                  Hex.bytes("00044d515454 04 00 003c"),
                  Hex.string(scene.clientId(Integer.toString(first + member)))));
      for (int member = 0; member < crowd.size(); member++) {
        byte code = crowd.read(member, 4)[3];
        if (round < 190) {
          assertThat(code).isZero();
        } else if (round == 200) {
          assertThat(code).isEqualTo((byte) SERVER_UNAVAILABLE_BEFORE_MQTT_5);
        }
        crowd.replace(member);
      }
    }
    Offender.stranger(scene).send(Hex.connect(5, scene.clientId("new"))).isRefused(QUOTA_EXCEEDED);
    Offender known = Offender.client(scene, 5, "17");
    known.send(Hex.bytes("e000")).isClosedInSilence(); // a clean session ends with its connection
    Offender.client(scene, 5, "new").isServed();
    assertThat(broker.residentBytes()).isLessThan(MOST_RESIDENT_BYTES);
  }
}
