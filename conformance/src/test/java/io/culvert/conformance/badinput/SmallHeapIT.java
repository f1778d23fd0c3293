package io.culvert.conformance.badinput;

import io.culvert.conformance.broker.CulvertProcess;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.OwnBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A broker with 64 MB of heap, all of it from the start, as the script {@code culvert} starts it
 * where that is wanted, attacked in every way that wants more than there is. It has one event loop,
 * so that a processor is left for the virtual machine's compilers, and for the attackers: what runs
 * beside two on two processors makes the healthy clients wait as long as Linux lets a thread run,
 * whatever the broker does. {@link SmallHeapLoopsIT} does the same to more of them.
 */
@BlackBox
@OwnBroker(
    jvm = {"-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:NewRatio=4"},
    options = {"--instances=1"})
class SmallHeapIT {
  private static final HeapSiege SIEGE =
      new HeapSiege(Path.of("target", "small-heap.md"), Duration.ofSeconds(15));

  static Stream<String> attacks() {
    return HeapAttacks.all().keySet().stream();
  }

  @AfterAll
  static void report() throws IOException {
    SIEGE.close();
  }

  @BadInput({6, 51, 52, 53, 55, 56, 57, 58, 59, 60, 61, 62, 63, 66, 70, 71, 77})
  @ParameterizedTest
  @MethodSource("attacks")
  void healthyClientsNoticeNothing(String name, CulvertProcess broker) throws IOException {
    SIEGE.undergo(name, broker);
  }
}
