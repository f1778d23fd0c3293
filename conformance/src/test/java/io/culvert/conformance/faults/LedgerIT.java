package io.culvert.conformance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.faults.broker.Kill;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A few kills of {@code conformance/faults ledger}, each time the same ones. The long version is
 * run by hand; docs/guarantees.md says how.
 */
class LedgerIT {
  private static final int ROUNDS = 6;
  private static final int SEED = 1;

  @Test
  void nothingAcknowledgedIsLostByKills() throws Exception {
    Settings settings = new Settings(ROUNDS, SEED, 0, Path.of("target", "faults-it"), List.of());
    LedgerResult result = LedgerRun.run("ledger", settings, Kill::in, System.out);
    assertThat(result.findings().text()).as("see " + settings.work()).isEmpty();
    assertThat(result.acknowledged()).isEqualTo(result.sent()).isGreaterThan(ROUNDS);
    assertThat(result.received()).isGreaterThan(result.sent());
  }
}
