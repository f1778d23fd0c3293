package io.culvert.mqtt;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.culvert.engine.testkit.PurityRules;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses MQTT = PurityRules.mainClassesOf("io.culvert.mqtt");

  @Test
  void usesOnlyPureCodeAndTheEngineKit() {
    PurityRules.usesOnlyPureCode("io.culvert.mqtt..", "io.culvert.engine").check(MQTT);
  }

  @Test
  @Scenario(132)
  void readsNoClockAndNoChance() {
    PurityRules.readsNoClockAndNoChance().check(MQTT);
  }

  @Test
  void belongsToOneThread() {
    PurityRules.synchronizesNothing().check(MQTT);
    PurityRules.hasNoVolatileField().check(MQTT);
    PurityRules.hasNoMutableStaticField().check(MQTT);
  }

  @Test
  void packagesHaveADirection() {
    PurityRules.hasNoPackageCycle("io.culvert.mqtt.(*)..").check(MQTT);
  }
}
