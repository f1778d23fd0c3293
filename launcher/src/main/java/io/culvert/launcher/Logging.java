package io.culvert.launcher;

import static io.culvert.runtime.config.Setting.choice;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.SettingTable;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Log lines go to stderr; stdout is for what was asked for. Found by logback as a service, so that
 * no file is searched for; {@code -Dlogback.configurationFile=…} still takes a file.
 */
public final class Logging extends ContextAwareBase implements Configurator {
  private static final List<String> LEVELS =
      List.of("off", "error", "warn", "info", "debug", "trace");

  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger - %msg%n";

  static final SettingTable SETTINGS =
      SettingTable.of(
          choice("logging.level", LEVELS, "info", "What is logged, to stderr."),
          choice(
              "logging.levels.*",
              LEVELS,
              null,
              "The same for one logger, such as `culvert.mqtt.server`; in the environment with"
                  + " `_` for each dot."));

  /** For logback, which finds this class as a service. */
  public Logging() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (isLeftToFile()) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(appender);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Sets the levels of a configuration. */
  static void apply(Configuration configuration) {
    if (isLeftToFile() || !(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    context
        .getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)
        .setLevel(Level.toLevel(configuration.text("logging.level")));
    configuration
        .named("logging.levels")
        .forEach((logger, level) -> context.getLogger(logger).setLevel(Level.toLevel(level)));
  }

  private static boolean isLeftToFile() {
    return System.getProperty("logback.configurationFile") != null
        || Logging.class.getResource("/logback-test.xml") != null;
  }
}
