package io.culvert.launcher;

import static io.culvert.runtime.config.Setting.choice;
import static io.culvert.runtime.config.Setting.number;
import static io.culvert.runtime.config.Setting.text;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Log lines go to stderr; stdout is for what was asked for. Found by logback as a service, so that
 * no file is searched for; {@code -Dlogback.configurationFile=…} still takes a file.
 */
public final class Logging extends ContextAwareBase implements Configurator {
  private static final List<String> LEVELS =
      List.of("off", "error", "warn", "info", "debug", "trace");

  private static final String CONSOLE = "console";

  /** What was done to the broker; and who connected, which are many lines. */
  private static final String AUDIT = "culvert.audit";

  private static final String AUDIT_OF_CLIENTS = "culvert.audit.clients";

  static final SettingTable SETTINGS =
      SettingTable.of(
          choice("logging.level", LEVELS, "info", "What is logged, to stderr."),
          choice(
              "logging.levels.*",
              LEVELS,
              null,
              "The same for one logger, such as `culvert.mqtt.server`; in the environment with"
                  + " `_` for each dot."),
          choice(
              "logging.format",
              List.of("text", "json"),
              "text",
              "How log lines look: text, or one JSON object a line."),
          text(
              "logging.audit-file",
              null,
              "File for the audit log, mode 0600: who connected and how, who was refused, what was"
                  + " denied, starts, stops and what was read again. Unless given there is none; the"
                  + " warnings among these are in the log all the same."),
          number(
              "logging.audit-file-bytes",
              Unit.BYTES,
              4096,
              1L << 40,
              "16MiB",
              "How large the file of the audit log may grow; then it is renamed to `FILE.1`, and a"
                  + " new one is begun."),
          number(
              "logging.audit-files",
              Unit.COUNT,
              0,
              1000,
              "9",
              "Older files of the audit log that are kept beside the newest one; the oldest is"
                  + " deleted."));

  /** For logback, which finds this class as a service. */
  public Logging() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (isLeftToFile()) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.addAppender(console(context, "text"));
    context.getLogger(AUDIT_OF_CLIENTS).setLevel(Level.OFF);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** For commands whose output is what people look at: only what goes wrong is logged. */
  static void quiet() {
    if (!isLeftToFile() && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    }
  }

  /** As above, but one logger tells what it does. */
  static void quietBut(String logger) {
    quiet();
    if (!isLeftToFile() && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(logger).setLevel(Level.INFO);
    }
  }

  /**
   * Sets levels and format of a configuration, and opens its audit log.
   *
   * @param folder that a relative file begins at
   */
  static void apply(Configuration configuration, Path folder) throws StartException {
    if (isLeftToFile() || !(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(configuration.text("logging.level")));
    root.detachAppender(CONSOLE);
    root.addAppender(console(context, configuration.text("logging.format")));
    if (configuration.isPresent("logging.audit-file")) {
      openAudit(context, configuration, folder);
    }
    // It tells much that is of no use to anybody else.
    context.getLogger("com.hazelcast").setLevel(Level.WARN);
    configuration
        .named("logging.levels")
        .forEach((logger, level) -> context.getLogger(logger).setLevel(Level.toLevel(level)));
  }

  private static void openAudit(LoggerContext context, Configuration configuration, Path folder)
      throws StartException {
    String file = configuration.text("logging.audit-file");
    try {
      AuditFile appender =
          AuditFile.open(
              folder.resolve(file),
              encoder(context, configuration.text("logging.format")),
              configuration.number("logging.audit-file-bytes"),
              configuration.integer("logging.audit-files"));
      appender.setContext(context);
      appender.start();
      Logger acts = context.getLogger(AUDIT);
      acts.setLevel(Level.INFO);
      acts.addAppender(appender);
      Logger clients = context.getLogger(AUDIT_OF_CLIENTS);
      clients.setLevel(Level.INFO);
      clients.addAppender(appender);
      clients.setAdditive(false); // stderr has the warnings already
    } catch (IOException e) {
      throw StartException.failure(
          """
          logging.audit-file: %s cannot be written: %s.
            Name a file in a folder that exists and that this user may write to."""
              .formatted(file, Reason.ofFile(e)));
    }
  }

  private static ConsoleAppender<ILoggingEvent> console(LoggerContext context, String format) {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setName(CONSOLE);
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder(context, format));
    appender.start();
    return appender;
  }

  private static Encoder<ILoggingEvent> encoder(LoggerContext context, String format) {
    Encoder<ILoggingEvent> encoder = format.equals("json") ? new JsonEncoder() : new TextEncoder();
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  private static boolean isLeftToFile() {
    return System.getProperty("logback.configurationFile") != null
        || Logging.class.getResource("/logback-test.xml") != null;
  }
}
