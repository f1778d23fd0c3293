package io.culvert.launcher.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.ReceivedMessage;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.QoS;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MessagePrinterTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void whatOthersSendCannotControlTheTerminal() {
    printer(OutputFormat.TEXT, true, true)
        .print(message("t\u001B[2J", "\u001B]0;title\u0007 two\nlines\u009B", false));
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("\u001B[36mt\uFFFD[2J\u001B[0m \uFFFD]0;title\uFFFD two\nlines\uFFFD\n");
  }

  @Test
  void elsewhereItStaysAsItIs() {
    printer(OutputFormat.TEXT, true, false).print(message("t", "\u001B[2J", true));
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("t [retained] \u001B[2J\n");
  }

  @Test
  void jsonTellsTimeAndRepetition() {
    printer(OutputFormat.JSON, false, false)
        .print(
            new ReceivedMessage(
                "t",
                Buffer.buffer("x"),
                QoS.AT_LEAST_ONCE,
                false,
                true,
                7,
                Properties.EMPTY,
                code -> {}));
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"time\":\"2026-01-02T03:04:05Z\",\"topic\":\"t\",\"qos\":1,\"retain\":false,"
                + "\"payload\":\"x\",\"dup\":true}\n");
  }

  private MessagePrinter printer(OutputFormat format, boolean verbose, boolean terminal) {
    return new MessagePrinter(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        format,
        verbose,
        true,
        terminal,
        () -> Instant.parse("2026-01-02T03:04:05Z"));
  }

  private static ReceivedMessage message(String topic, String payload, boolean retain) {
    return new ReceivedMessage(
        topic,
        Buffer.buffer(payload),
        QoS.AT_MOST_ONCE,
        retain,
        false,
        0,
        Properties.EMPTY,
        code -> {});
  }
}
