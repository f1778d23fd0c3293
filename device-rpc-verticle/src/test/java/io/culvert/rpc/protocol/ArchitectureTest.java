package io.culvert.rpc.protocol;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import io.culvert.engine.testkit.PurityRules;
import org.junit.jupiter.api.Test;

/** The protocol knows no I/O. */
class ArchitectureTest {
  private static final JavaClasses PROTOCOL = PurityRules.mainClassesOf("io.culvert.rpc.protocol");

  @Test
  void usesOnlyPureCode() {
    PurityRules.usesOnlyPureCode(
            "io.culvert.rpc.protocol..",
            "io.culvert.engine..",
            "com.fasterxml.jackson.core..",
            "java.io")
        .check(PROTOCOL);
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("java.io")
                .and(not(simpleName("IOException")))
                .and(not(simpleName("Serializable")))
                .and(not(simpleName("Closeable")))
                .and(not(simpleName("OutputStream"))))
        .because("the JSON parser declares what it never throws here")
        .check(PROTOCOL);
    noClasses()
        .that(not(HasName.Predicates.nameMatching(".*\\.Json(Reader|Writer)(\\$.*)?")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.fasterxml..")
        .because("one place knows the JSON parser")
        .check(PROTOCOL);
  }

  @Test
  void readsNoClockAndNoChance() {
    PurityRules.readsNoClockAndNoChance().check(PROTOCOL);
  }

  @Test
  void belongsToOneThread() {
    PurityRules.synchronizesNothing().check(PROTOCOL);
    PurityRules.hasNoVolatileField().check(PROTOCOL);
    PurityRules.hasNoMutableStaticField().check(PROTOCOL);
  }
}
