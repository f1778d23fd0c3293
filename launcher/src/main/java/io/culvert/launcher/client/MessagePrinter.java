package io.culvert.launcher.client;

import io.culvert.broker.bus.Messages;
import io.culvert.client.ReceivedMessage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.Supplier;

/** Shows messages that have come, each with one write. */
public final class MessagePrinter {
  private static final byte[] END = {'\n'};

  private final PrintStream out;
  private final OutputFormat format;
  private final boolean isVerbose;
  private final boolean endsLines;
  private final boolean isTerminal;
  private final Supplier<Instant> clock;

  /**
   * Writes to a stream.
   *
   * @param isVerbose topics, and marks of retained messages, stand in front of payloads
   * @param endsLines behind each message
   * @param isTerminal colour is shown, and what would control the terminal is not
   */
  public MessagePrinter(
      PrintStream out,
      OutputFormat format,
      boolean isVerbose,
      boolean endsLines,
      boolean isTerminal,
      Supplier<Instant> clock) {
    this.out = out;
    this.format = format;
    this.isVerbose = isVerbose;
    this.endsLines = endsLines;
    this.isTerminal = isTerminal;
    this.clock = clock;
  }

  /** False where it could not be written: whoever reads has closed the pipe, or a disk is full. */
  public boolean print(ReceivedMessage message) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    switch (format) {
      case TEXT -> {
        prefix(message, line);
        line.writeBytes(isTerminal ? harmless(message.payload()) : message.payload().getBytes());
      }
      case HEX -> {
        prefix(message, line);
        line.writeBytes(ascii(HexFormat.of().formatHex(message.payload().getBytes())));
      }
      case TOPICS -> line.writeBytes(topic(message.topic()));
      case JSON -> line.writeBytes(json(message).encode().getBytes(StandardCharsets.UTF_8));
    }
    if (endsLines || format == OutputFormat.JSON) {
      line.writeBytes(END);
    }
    out.write(line.toByteArray(), 0, line.size());
    return !out.checkError(); // which flushes
  }

  private void prefix(ReceivedMessage message, ByteArrayOutputStream line) {
    if (isVerbose) {
      line.writeBytes(topic(message.topic()));
      line.write(' ');
      if (message.retain()) {
        line.writeBytes(ascii(tint("[retained] ", 33)));
      }
    }
  }

  private byte[] topic(String topic) {
    byte[] shown =
        isTerminal ? harmless(Buffer.buffer(topic)) : topic.getBytes(StandardCharsets.UTF_8);
    return isTerminal ? concat(ascii("\u001B[36m"), shown, ascii("\u001B[0m")) : shown;
  }

  private String tint(String text, int code) {
    return isTerminal ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
  }

  /** Text without control characters, but for those of lines. */
  private static byte[] harmless(Buffer bytes) {
    String text = new String(bytes.getBytes(), StandardCharsets.UTF_8);
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c ->
                shown.appendCodePoint(
                    Character.isISOControl(c) && c != '\n' && c != '\t' ? '\uFFFD' : c));
    return shown.toString().getBytes(StandardCharsets.UTF_8);
  }

  private JsonObject json(ReceivedMessage message) {
    JsonObject json = new JsonObject().put("time", clock.get().toString());
    json.mergeIn(
        Messages.of(
                message.topic(),
                message.qos(),
                message.retain(),
                message.payload(),
                message.properties())
            .toJson());
    return message.dup() ? json.put("dup", true) : json;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
