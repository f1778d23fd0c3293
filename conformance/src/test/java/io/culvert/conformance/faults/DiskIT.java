package io.culvert.conformance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.faults.broker.Mount;
import io.culvert.conformance.faults.broker.PowerLoss;
import io.culvert.engine.testkit.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** A short look at what {@code conformance/faults power disk} looks at for long. */
class DiskIT {
  private static final Path WORK = Path.of("target", "faults-it");
  private static final Settings THREE_ROUNDS = new Settings(3, 2, 0, WORK, List.of());

  @BeforeAll
  static void onlyWhereDisksCanBeMounted() throws Exception {
    Files.createDirectories(WORK);
    if (!Mount.whyNot(WORK).isEmpty()) {
      throw new TestAbortedException("missing program: mount (by root)");
    }
  }

  @Test
  void nothingAcknowledgedIsLostByLossesOfPower() throws Exception {
    assertGood(LedgerRun.run("power loss", THREE_ROUNDS, PowerLoss::in, System.out));
  }

  @Test
  void fullDiskRefusesAndRecovers() throws Exception {
    assertGood(FullDisk.run(THREE_ROUNDS));
  }

  @Test
  void nothingIsAcknowledgedWhileSyncsFail() throws Exception {
    Programs.require("strace");
    assertGood(SyncErrors.run(THREE_ROUNDS, 5, true));
  }

  private static void assertGood(LedgerResult result) {
    assertThat(result.findings().text()).as("see %s in %s", result.name(), WORK).isEmpty();
    assertThat(result.acknowledged()).isPositive();
  }
}
