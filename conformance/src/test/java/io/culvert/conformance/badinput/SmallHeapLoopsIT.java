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
 * The same as {@link SmallHeapIT}, with two event loops, as on most machines: what they send each
 * other takes memory as well.
 */
@BlackBox
@OwnBroker(
    jvm = {"-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:NewRatio=4"},
    options = {"--instances=2"})
class SmallHeapLoopsIT {
  private static final HeapSiege SIEGE =
      new HeapSiege(Path.of("target", "small-heap-loops.md"), Duration.ofSeconds(6));

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
