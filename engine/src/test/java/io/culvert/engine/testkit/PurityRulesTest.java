package io.culvert.engine.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Each rule refuses the impure code that it is there for. */
class PurityRulesTest {
  @Test
  void aClockIsRefused() {
    assertRefused(PurityRules.readsNoClockAndNoChance(), ReadsClock.class);
  }

  @Test
  void threadsAndLocksAreRefused() {
    assertRefused(PurityRules.usesOnlyPureCode("io.culvert.none.."), StartsThread.class);
    assertRefused(PurityRules.usesOnlyPureCode("io.culvert.none.."), UsesConcurrency.class);
    assertRefused(PurityRules.synchronizesNothing(), Synchronizes.class);
    assertRefused(PurityRules.hasNoVolatileField(), Synchronizes.class);
  }

  @Test
  void loggersAndSocketsAreRefused() {
    assertRefused(PurityRules.usesOnlyPureCode("io.culvert.none.."), OpensSocket.class);
    assertRefused(PurityRules.usesOnlyPureCode("io.culvert.none.."), Logs.class);
    assertRefused(PurityRules.readsNoClockAndNoChance(), Prints.class);
  }

  @Test
  void staticStateIsRefused() {
    assertRefused(PurityRules.hasNoMutableStaticField(), KeepsStaticState.class);
  }

  private static void assertRefused(ArchRule rule, Class<?> impure) {
    assertThatThrownBy(() -> rule.check(new ClassFileImporter().importClasses(impure)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(impure.getSimpleName());
  }

  static final class ReadsClock {
    long now() {
      return System.nanoTime();
    }
  }

  static final class StartsThread {
    void start() {
      new Thread(() -> {}).start();
    }
  }

  static final class UsesConcurrency {
    final AtomicLong counter = new AtomicLong();
  }

  static final class Synchronizes {
    volatile boolean open;

    synchronized boolean open() {
      return open;
    }
  }

  static final class OpensSocket {
    java.net.Socket socket() {
      return new java.net.Socket();
    }
  }

  static final class Logs {
    final System.Logger log = System.getLogger("culvert");
  }

  static final class Prints {
    void print() {
      System.out.println("culvert");
    }
  }

  static final class KeepsStaticState {
    static int count;
  }
}
