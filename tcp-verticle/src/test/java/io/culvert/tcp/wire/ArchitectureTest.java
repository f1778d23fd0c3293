package io.culvert.tcp.wire;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.culvert.engine.testkit.PurityRules;
import org.junit.jupiter.api.Test;

/** The wire knows no I/O. */
class ArchitectureTest {
  private static final JavaClasses WIRE = PurityRules.mainClassesOf("io.culvert.tcp.wire");

  @Test
  void usesOnlyPureCode() {
    PurityRules.usesOnlyPureCode("io.culvert.tcp.wire..", "io.culvert.engine..").check(WIRE);
  }

  @Test
  void readsNoClockAndNoChance() {
    PurityRules.readsNoClockAndNoChance().check(WIRE);
  }

  @Test
  void belongsToOneThread() {
    PurityRules.synchronizesNothing().check(WIRE);
    PurityRules.hasNoVolatileField().check(WIRE);
    PurityRules.hasNoMutableStaticField().check(WIRE);
  }
}
