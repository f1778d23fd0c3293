package io.culvert.engine.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/**
 * What I/O-free code may use. Time, nonces and randomness are arguments there; sockets, clocks,
 * threads, locks and loggers belong to the driver.
 */
public final class PurityRules {
  /** Of the JDK: language, collections, numbers, heap buffers, charsets, checksums and digests. */
  private static final String[] PURE_JDK = {
    "java.lang",
    "java.lang.annotation",
    "java.lang.constant",
    "java.lang.invoke",
    "java.lang.runtime",
    "java.math",
    "java.nio",
    "java.nio.charset",
    "java.security",
    "java.text",
    "java.util",
    "java.util.function",
    "java.util.stream",
    "java.util.zip",
    "javax.crypto",
    "javax.crypto.spec",
    "org.jspecify.annotations",
  };

  /** In packages that are otherwise pure: threads, clocks, chance, processes. */
  private static final Set<String> IMPURE_CLASSES =
      Set.of(
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.lang.InheritableThreadLocal",
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.lang.ProcessHandle",
          "java.lang.Runtime",
          "java.lang.System$Logger",
          "java.security.SecureRandom",
          "java.security.KeyPairGenerator",
          "java.text.DateFormat",
          "javax.crypto.KeyGenerator",
          "java.util.Date",
          "java.util.Calendar",
          "java.util.Random",
          "java.util.SplittableRandom",
          "java.util.Timer",
          "java.util.TimerTask");

  private static final Set<String> IMPURE_METHODS =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.lang.System.getenv",
          "java.lang.System.getProperty",
          "java.lang.Math.random",
          "java.util.UUID.randomUUID",
          "java.util.Collections.shuffle",
          "java.lang.Object.wait",
          "java.lang.Object.notify",
          "java.lang.Object.notifyAll");

  private static final DescribedPredicate<JavaClass> IMPURE_CLASS =
      describe(
          "a clock, thread, process or source of chance",
          type -> IMPURE_CLASSES.contains(type.getName()));

  private static final DescribedPredicate<AccessTarget> IMPURE_MEMBER =
      describe(
          "reads a clock, chance or the environment, or waits",
          member ->
              IMPURE_METHODS.contains(member.getOwner().getName() + "." + member.getName())
                  || member.getFullName().startsWith("java.lang.System.out")
                  || member.getFullName().startsWith("java.lang.System.err")
                  || member.getFullName().startsWith("java.lang.System.in"));

  private PurityRules() {}

  /** The main classes below a package, without tests. */
  public static JavaClasses mainClassesOf(String rootPackage) {
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages(rootPackage);
  }

  /**
   * Nothing but the pure part of the JDK and the given packages.
   *
   * @param ownPackages as ArchUnit writes them: {@code io.culvert.engine..}
   */
  public static ArchRule usesOnlyPureCode(String... ownPackages) {
    return classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(PURE_JDK)
                .and(DescribedPredicate.not(IMPURE_CLASS))
                .or(resideInAnyPackage(ownPackages))
                .as(
                    "are pure: %s",
                    String.join(", ", ownPackages) + ", " + String.join(", ", PURE_JDK)))
        .because("sockets, clocks, threads, chance and loggers belong to the driver");
  }

  public static ArchRule readsNoClockAndNoChance() {
    return noClasses()
        .should()
        .accessTargetWhere(target(IMPURE_MEMBER))
        .because("time and randomness are arguments");
  }

  public static ArchRule synchronizesNothing() {
    return methods()
        .should()
        .notHaveModifier(JavaModifier.SYNCHRONIZED)
        .because("an engine belongs to one thread");
  }

  public static ArchRule hasNoVolatileField() {
    return fields()
        .should()
        .notHaveModifier(JavaModifier.VOLATILE)
        .because("an engine belongs to one thread");
  }

  /** Static state would join engines that must be independent. */
  public static ArchRule hasNoMutableStaticField() {
    return fields()
        .that()
        .areStatic()
        .should()
        .beFinal()
        .because("engines share nothing but constants");
  }

  /**
   * No two packages need each other.
   *
   * @param slices as ArchUnit writes them: {@code io.culvert.mqtt.(*)..}
   */
  public static ArchRule hasNoPackageCycle(String slices) {
    return slices().matching(slices).should().beFreeOfCycles();
  }
}
