package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

/** Whatever a stranger sends: an event is one line, and nothing in it drives a terminal. */
class LogEncoderTest {
  private final Logger logger = new LoggerContext().getLogger("culvert.mqtt.server");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\n2026-01-01T00:00:00.000Z ERROR culvert - forged",
        "a\r\nforged",
        "\u001b[31mred\u001b]0;title\u0007",
        "\u009b31m",
        "\u0085next line",
        "\u2028line\u2029paragraph",
        "\u202eturned",
        "\ud800half a pair",
        "quote\" and=sign \\",
      })
  void nobodyForgesALine(String hostile) {
    LoggingEvent event = event("client " + hostile + " is refused", null);
    event.addKeyValuePair(new KeyValuePair("client", hostile));
    for (Encoder<ILoggingEvent> encoder : List.of(new TextEncoder(), new JsonEncoder())) {
      String line = new String(encoder.encode(event), StandardCharsets.UTF_8);
      assertThat(line).endsWith("\n");
      assertThat(line.substring(0, line.length() - 1))
          .doesNotMatch("(?s).*[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029\\u202e\\ufffd].*");
    }
    JsonObject json = json(event);
    assertThat(json.getString("client")).isEqualTo(hostile);
    assertThat(json.getString("message")).isEqualTo("client " + hostile + " is refused");
  }

  @Test
  void textHasTheValuesBehindTheirKeys() {
    LoggingEvent event = event("refused", null);
    event.addKeyValuePair(new KeyValuePair("client", "c-1"));
    event.addKeyValuePair(new KeyValuePair("user", "ann\" cause=x"));
    event.addKeyValuePair(new KeyValuePair("reason", ""));
    assertThat(text(event))
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) WARN  .*\n")
        .endsWith(
            " WARN  culvert.mqtt.server - refused client=c-1 user=\"ann\\\" cause=x\" reason=\"\"\n");
  }

  @Test
  void linesOfAnExceptionAreNoEvents() {
    Throwable thrown = new IllegalStateException("a\n2026-01-01T00:00:00.000Z ERROR forged");
    String[] lines = text(event("it failed", thrown)).split("\n");
    assertThat(lines[0]).endsWith("it failed");
    assertThat(lines).hasSizeGreaterThan(2);
    for (int i = 1; i < lines.length; i++) {
      assertThat(lines[i]).startsWith("\t");
    }
    assertThat(json(event("it failed", thrown)).getString("exception"))
        .startsWith("java.lang.IllegalStateException: a\n2026");
  }

  private LoggingEvent event(String message, Throwable thrown) {
    return new LoggingEvent("here", logger, Level.WARN, message, thrown, new Object[0]);
  }

  private static String text(LoggingEvent event) {
    return new String(new TextEncoder().encode(event), StandardCharsets.UTF_8);
  }

  private static JsonObject json(LoggingEvent event) {
    return new JsonObject(new String(new JsonEncoder().encode(event), StandardCharsets.UTF_8));
  }
}
