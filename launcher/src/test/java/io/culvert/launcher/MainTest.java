package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import org.junit.jupiter.api.Test;

class MainTest {
  private static final String NETTY_EVENTS = "io.netty.jfr.enabled";

  private final Properties properties = new Properties();

  @Test
  void eventsOfTheFlightRecorderAreLeftOut() {
    Main.prepareLibraries(properties);
    assertThat(properties.getProperty(NETTY_EVENTS)).isEqualTo("false");
  }

  @Test
  void whoWantsThemHasThem() {
    properties.setProperty(NETTY_EVENTS, "true");
    Main.prepareLibraries(properties);
    assertThat(properties.getProperty(NETTY_EVENTS)).isEqualTo("true");
  }
}
