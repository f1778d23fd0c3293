package io.culvert.conformance;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.culvert.conformance.badinput.BadInput;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Date;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * Rules over all modules together; each of {@code engine} and {@code mqtt} checks its own purity.
 */
class ArchitectureTest {
  private static final String[] VERTICLES = {
    "io.culvert.broker..",
    "io.culvert.rpc..",
    "io.culvert.http..",
    "io.culvert.mail..",
    "io.culvert.tcp..",
  };

  private static final Set<String> DECIDING =
      Set.of(
          "Arrival",
          "Inbox",
          "LeftBehind",
          "Outgoing",
          "PublishLimits",
          "PublishQueue",
          "PublishRecords",
          "Receiver",
          "ReconnectOptions",
          "ReconnectPlan",
          "ServerAddress",
          "UnderWay");

  private static final DescribedPredicate<JavaClass> CLIENT_DECISIONS =
      DescribedPredicate.describe(
          "of the client's decisions",
          type ->
              type.getPackageName().equals("io.culvert.client")
                  && DECIDING.contains(type.getSimpleName()));

  private static final JavaClasses CULVERT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .withImportOption(location -> !location.contains("/conformance/"))
          .importPackages("io.culvert");

  private static final SliceAssignment EACH_PACKAGE =
      new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
          String name = type.getPackageName();
          return name.startsWith("io.culvert")
              ? SliceIdentifier.of(name)
              : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
          return "packages";
        }
      };

  @Test
  void allModulesAreLookedAt() {
    assertThat(CULVERT)
        .extracting(JavaClass::getPackageName)
        .contains("io.culvert.engine", "io.culvert.launcher")
        .doesNotContain("io.culvert.conformance");
  }

  @Test
  void engineNeedsNoOtherModule() {
    classes()
        .that()
        .resideInAPackage("io.culvert.engine..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.culvert.engine..", "java..", "org.jspecify..")
        .check(CULVERT);
  }

  @Test
  void storeNeedsEngineAndRocksDbOnly() {
    classes()
        .that()
        .resideInAPackage("io.culvert.store..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.culvert.store..",
            "io.culvert.engine..",
            "org.rocksdb..",
            "java..",
            "org.jspecify..")
        .check(CULVERT);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.culvert.store..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.rocksdb..")
        .because("whoever uses a store does not know what it is made of")
        .check(CULVERT);
  }

  @Test
  void runtimeKnowsNoProtocolAndNoVerticle() {
    noClasses()
        .that()
        .resideInAPackage("io.culvert.runtime..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.culvert.mqtt..", "io.culvert.launcher..")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage(VERTICLES)
        .allowEmptyShould(true)
        .check(CULVERT);
  }

  @Test
  void clientKnowsNoVerticleAndNoServer() {
    noClasses()
        .that()
        .resideInAPackage("io.culvert.client..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.culvert.mqtt.server..", "io.culvert.launcher..")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage(VERTICLES)
        .check(CULVERT);
  }

  /** What the client decides is tested without network and clock. */
  @Test
  void clientsDecisionsAreFreeOfInputAndOutput() {
    assertThat(CULVERT.that(are(CLIENT_DECISIONS)))
        .extracting(JavaClass::getSimpleName)
        .containsExactlyInAnyOrderElementsOf(DECIDING);
    noClasses()
        .that(are(CLIENT_DECISIONS))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "io.netty..", "org.slf4j..", "java.util.concurrent..")
        .check(CULVERT);
  }

  @Test
  void verticlesMeetOnTheEventBusOnly() {
    for (String verticle : VERTICLES) {
      noClasses()
          .that()
          .resideInAPackage(verticle)
          .should()
          .dependOnClassesThat(inAnotherVerticleOrTheLauncher(verticle))
          .allowEmptyShould(true)
          .check(CULVERT);
    }
  }

  @Test
  void vertxInternalsAndNettyStayInTheDriver() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.culvert.runtime.driver..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..impl..", "io.vertx..internal..")
        .because("one place changes when the internals of Vert.x change")
        .check(CULVERT);
    noClasses()
        .that()
        .resideOutsideOfPackages("io.culvert.runtime.driver..", "io.culvert.broker.endpoint..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.netty..")
        .because("only the driver, and the endpoint of vertx-mqtt's interface, know Netty")
        .check(CULVERT);
    noClasses()
        .that()
        .resideInAPackage("io.culvert.broker.endpoint..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.netty..")
                .and(resideOutsideOfPackage("io.netty.handler.codec.mqtt")))
        .because("the public interface of vertx-mqtt speaks of Netty's MQTT types only")
        .check(CULVERT);
  }

  /** Engines are told the time, and drivers have it from a clock that never jumps. */
  @BadInput(75)
  @Test
  void nobodyAsksAClockThatJumps() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(
            "io.culvert.broker.jwt.TokenClock") // tokens name a time of day
        .and()
        .doNotHaveFullyQualifiedName("io.culvert.store.WallClock") // files are named by it
        .and()
        .doNotHaveFullyQualifiedName("io.culvert.tcp.UnixClock") // signed messages name it
        .and()
        .doNotHaveFullyQualifiedName(
            "io.culvert.runtime.driver.WallOffset") // for times on the disk
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(LocalDateTime.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callConstructor(Date.class)
        .check(CULVERT);
  }

  @Test
  void noTwoPackagesNeedEachOther() {
    slices().assignedFrom(EACH_PACKAGE).should().beFreeOfCycles().check(CULVERT);
  }

  @Test
  void everyPackageIsNullMarked() {
    classes()
        .that()
        .doNotHaveSimpleName("module-info")
        .should(be(inANullMarkedPackage()))
        .check(CULVERT);
  }

  private static DescribedPredicate<JavaClass> inANullMarkedPackage() {
    return DescribedPredicate.describe(
        "in a package that is @NullMarked (in its package-info.java)",
        type -> type.getPackage().isAnnotatedWith(NullMarked.class));
  }

  private static DescribedPredicate<JavaClass> inAnotherVerticleOrTheLauncher(String own) {
    return JavaClass.Predicates.resideInAnyPackage(VERTICLES)
        .and(JavaClass.Predicates.resideOutsideOfPackage(own))
        .or(JavaClass.Predicates.resideInAPackage("io.culvert.launcher.."))
        .as("are of another verticle or the launcher");
  }
}
