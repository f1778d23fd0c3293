package io.culvert.rpc.exchange;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.culvert.engine.testkit.PurityRules;
import org.junit.jupiter.api.Test;

/** The exchange knows no I/O. */
class ArchitectureTest {
  private static final JavaClasses EXCHANGE = PurityRules.mainClassesOf("io.culvert.rpc.exchange");

  @Test
  void usesOnlyPureCode() {
    PurityRules.usesOnlyPureCode(
            "io.culvert.rpc.exchange..", "io.culvert.rpc.protocol..", "io.culvert.engine..")
        .check(EXCHANGE);
  }

  @Test
  void readsNoClockAndNoChance() {
    PurityRules.readsNoClockAndNoChance().check(EXCHANGE);
  }

  @Test
  void belongsToOneThread() {
    PurityRules.synchronizesNothing().check(EXCHANGE);
    PurityRules.hasNoVolatileField().check(EXCHANGE);
    PurityRules.hasNoMutableStaticField().check(EXCHANGE);
  }
}
