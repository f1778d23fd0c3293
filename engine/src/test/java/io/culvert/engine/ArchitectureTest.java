package io.culvert.engine;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.culvert.engine.testkit.PurityRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses ENGINE = PurityRules.mainClassesOf("io.culvert.engine");

  @Test
  void usesOnlyPureCode() {
    PurityRules.usesOnlyPureCode("io.culvert.engine..").check(ENGINE);
  }

  @Test
  void readsNoClockAndNoChance() {
    PurityRules.readsNoClockAndNoChance().check(ENGINE);
  }

  @Test
  void belongsToOneThread() {
    PurityRules.synchronizesNothing().check(ENGINE);
    PurityRules.hasNoVolatileField().check(ENGINE);
    PurityRules.hasNoMutableStaticField().check(ENGINE);
  }
}
