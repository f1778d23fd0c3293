package io.culvert.rpc.persistent;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.culvert.engine.testkit.PurityRules;
import org.junit.jupiter.api.Test;

/** The queue knows no I/O. */
class ArchitectureTest {
  private static final JavaClasses QUEUE = PurityRules.mainClassesOf("io.culvert.rpc.persistent");

  @Test
  void usesOnlyPureCode() {
    PurityRules.usesOnlyPureCode(
            "io.culvert.rpc.persistent..",
            "io.culvert.rpc.exchange..",
            "io.culvert.rpc.protocol..",
            "io.culvert.engine..")
        .check(QUEUE);
  }

  @Test
  void readsNoClockAndNoChance() {
    PurityRules.readsNoClockAndNoChance().check(QUEUE);
  }

  @Test
  void belongsToOneThread() {
    PurityRules.synchronizesNothing().check(QUEUE);
    PurityRules.hasNoVolatileField().check(QUEUE);
    PurityRules.hasNoMutableStaticField().check(QUEUE);
  }
}
