package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.scene.OwnBroker;
import io.culvert.conformance.scene.Scene;
import io.culvert.conformance.scene.WithBystander;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Clients that take their time, on a broker that grants a second. The bystander gets a keep alive
 * of a second, too, and is heard more often than that.
 */
@WithBystander
@OwnBroker(
    options = {
      "--set",
      "limits.connect-timeout-seconds=1s",
      "--set",
      "limits.keep-alive-max-seconds=1s"
    })
class TimeBadInputIT {

  private static final int KEEP_ALIVE_TIMEOUT = 0x8D;
  private static final Duration GRANTED = Duration.ofMillis(900);

  private final ScheduledExecutorService trickle = Executors.newSingleThreadScheduledExecutor();
  private final long began = System.nanoTime();

  @AfterEach
  void stop() {
    trickle.shutdownNow();
  }

  @BadInput({6, 8})
  @Test
  void whoDoesNotFinishItsConnectIsClosed(Scene scene) throws IOException {
    List<Offender> slow = new ArrayList<>();
    for (String hex :
        new String[] {"", "10", "10 ff", "10 7f 00044d515454 05 02 003c 00", "30 7f"}) {
      slow.add(Offender.stranger(scene).send(Hex.bytes(hex)));
    }
    for (Offender each : slow) {
      each.isClosedInSilence();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(GRANTED);
  }

  @BadInput(8)
  @Test
  void bytesNowAndThenDoNotBuyTime(Scene scene) throws IOException {
    byte[] connect = Hex.connect(5, "x".repeat(1000));
    Offender slow = Offender.stranger(scene);
    trickle(slow, connect);
    slow.isClosedInSilence();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
  }

  /** Neither a stalled packet nor one that trickles in, however long a keep alive was asked for. */
  @BadInput({6, 70})
  @Test
  void whoDoesNotFinishAPacketIsClosed(Scene scene) throws IOException {
    List<Offender> slow = new ArrayList<>();
    for (String keepAlive : new String[] {"0000", "0001", "ffff"}) {
      for (boolean trickles : new boolean[] {true, false}) {
        Offender each = Offender.stranger(scene);
        byte[] head = Hex.bytes("00044d515454 05 02" + keepAlive + "00");
        String clientId = scene.clientId("slow-" + slow.size());
        each.send(Hex.packet(0x10, head, Hex.string(clientId)));
        assertThat(each.next()).startsWith(0x20);
        byte[] publish = Hex.publish(5, scene.topic("t"), new byte[1000]);
        if (trickles) {
          trickle(each, publish);
        } else {
          each.send(Arrays.copyOf(publish, 500));
        }
        slow.add(each);
      }
    }
    for (Offender each : slow) {
      each.isDismissed(KEEP_ALIVE_TIMEOUT);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(GRANTED);
  }

  private void trickle(Offender slow, byte[] bytes) {
    int[] at = {0};
    trickle.scheduleAtFixedRate(
        () -> {
          try {
            slow.send(new byte[] {bytes[at[0]++]});
          } catch (IOException e) {
            throw new UncheckedIOException(e); // ends the trickle: it was closed
          }
        },
        0,
        50,
        TimeUnit.MILLISECONDS);
  }
}
