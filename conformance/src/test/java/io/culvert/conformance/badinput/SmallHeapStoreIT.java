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
 * A broker with a store and 64 MB of heap, with the collector that the virtual machine chooses,
 * attacked in every way that leaves something there.
 */
@BlackBox
@OwnBroker(
    jvm = {"-Xmx64m"},
    options = {"--instances=2"},
    keeps = true) // as on most machines; with one there is less to go wrong
class SmallHeapStoreIT {
  private static final HeapSiege SIEGE =
      new HeapSiege(Path.of("target", "small-heap-store.md"), Duration.ofSeconds(6));

  static Stream<String> attacks() {
    return HeapAttacks.kept().keySet().stream();
  }

  @AfterAll
  static void report() throws IOException {
    SIEGE.close();
  }

  @BadInput({60, 61, 62, 63})
  @ParameterizedTest
  @MethodSource("attacks")
  void healthyClientsNoticeNothing(String name, CulvertProcess broker) throws IOException {
    SIEGE.undergo(name, broker);
  }
}
