package io.culvert.tcp.wire;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.culvert.engine.Bytes;
import io.culvert.engine.testkit.PurityRules;
import java.security.MessageDigest;
import java.util.Arrays;
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

  /** Elsewhere the time of a comparison would tell how much of a forged HMAC is right. */
  @Test
  void hmacsAreComparedInConstantTime() {
    classes()
        .that()
        .haveSimpleName("HmacAuth")
        .should()
        .callMethod(MessageDigest.class, "isEqual", byte[].class, byte[].class)
        .check(WIRE);
    noClasses()
        .that()
        .haveSimpleName("HmacAuth")
        .should()
        .callMethod(Bytes.class, "equals", Object.class)
        .orShould()
        .callMethod(Arrays.class, "equals", byte[].class, byte[].class)
        .check(WIRE);
  }

  @Test
  void belongsToOneThread() {
    PurityRules.synchronizesNothing().check(WIRE);
    PurityRules.hasNoVolatileField().check(WIRE);
    PurityRules.hasNoMutableStaticField().check(WIRE);
  }
}
