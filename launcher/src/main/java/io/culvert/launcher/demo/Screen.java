package io.culvert.launcher.demo;

import java.io.PrintStream;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** How the demonstration looks. Colour is for terminals only. */
public final class Screen {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final int BAR = 24;

  /** Longer payloads would break the lines; those come from people who join in. */
  private static final int LONGEST_TEXT = 60;

  private final PrintStream out;
  private final boolean colour;
  private final boolean graphics;

  private Screen(PrintStream out, boolean colour, boolean graphics) {
    this.out = out;
    this.colour = colour;
    this.graphics = graphics;
  }

  /** A screen that shows colour, and more than ASCII, or not. */
  public static Screen of(PrintStream out, boolean colour, boolean graphics) {
    return new Screen(out, colour, graphics);
  }

  void title(String address, List<String> others) {
    out.println();
    out.println(strong("Culvert demo") + ": a broker, a device and a subscriber in this terminal");
    out.println();
    out.println("  broker      " + address + "  " + String.join("  ", others));
    out.println("  device      publishes to " + Demo.TOPIC + ", QoS 1");
    out.println("  subscriber  has subscribed to " + Demo.FILTER);
    out.println();
    out.println("Join in from another terminal:");
    String port = address.substring(address.lastIndexOf(':') + 1);
    out.println("  mosquitto_sub -p " + port + " -t '" + Demo.FILTER + "' -v");
    out.println("  mosquitto_pub -p " + port + " -t demo/hello -m 'hello from me'");
    out.println();
    out.flush();
  }

  /** A message of the device, as the subscriber gets it. */
  void reading(String text, double celsius, double millis) {
    double share = (celsius - Thermometer.COLDEST) / (Thermometer.WARMEST - Thermometer.COLDEST);
    int filled = (int) Math.round(Math.max(0, Math.min(1, share)) * BAR);
    line(
        Demo.TOPIC,
        text
            + (graphics ? " °C  " : " C  ")
            + tint(celsius, (graphics ? "█" : "#").repeat(filled))
            + faint((graphics ? "░" : "-").repeat(BAR - filled))
            + faint(String.format(Locale.ROOT, "  after %.1f ms", millis)));
  }

  /** A message of anyone else. */
  void message(String topic, String payload) {
    line(printable(topic), strong(printable(payload)));
  }

  void summary(int published, int acknowledged, int delivered) {
    out.println();
    out.printf(
        Locale.ROOT,
        "%d published, %d acknowledged, %d delivered%n",
        published,
        acknowledged,
        delivered);
    out.flush();
  }

  private void line(String topic, String rest) {
    out.println(
        "  "
            + faint(TIME.format(LocalTime.now(ZoneId.systemDefault())))
            + "  "
            + String.format("%-24s", topic)
            + "  "
            + rest);
    out.flush();
  }

  /** What others send must not control the terminal. */
  static String printable(String text) {
    String shown =
        text.codePoints()
            .limit(LONGEST_TEXT)
            .collect(
                StringBuilder::new,
                (built, c) -> built.appendCodePoint(Character.isISOControl(c) ? '·' : c),
                StringBuilder::append)
            .toString();
    return shown.length() < text.length() ? shown + "…" : shown;
  }

  private String tint(double celsius, String text) {
    int code = celsius < 20 ? 36 : celsius < 23 ? 32 : 33; // cyan, green, yellow
    return escape(code, text);
  }

  private String strong(String text) {
    return escape(1, text);
  }

  private String faint(String text) {
    return escape(2, text);
  }

  private String escape(int code, String text) {
    return colour ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
  }
}
