package io.culvert.conformance.table;

import java.util.Map;

/** The sections of the two standards, two numbers deep. */
final class Sections {
  private static final Map<String, String> OF_BOTH =
      Map.ofEntries(
          Map.entry("1.5", "Strings and numbers"),
          Map.entry("3.1", "CONNECT"),
          Map.entry("3.2", "CONNACK"),
          Map.entry("3.3", "PUBLISH"),
          Map.entry("3.4", "PUBACK"),
          Map.entry("3.5", "PUBREC"),
          Map.entry("3.6", "PUBREL"),
          Map.entry("3.7", "PUBCOMP"),
          Map.entry("3.8", "SUBSCRIBE"),
          Map.entry("3.9", "SUBACK"),
          Map.entry("3.10", "UNSUBSCRIBE"),
          Map.entry("3.11", "UNSUBACK"),
          Map.entry("3.12", "PINGREQ"),
          Map.entry("3.14", "DISCONNECT"),
          Map.entry("3.15", "AUTH"),
          Map.entry("4.1", "Session state"),
          Map.entry("4.2", "Network connection"),
          Map.entry("4.3", "Quality of service"),
          Map.entry("4.4", "Sending again"),
          Map.entry("4.5", "Receiving messages"),
          Map.entry("4.6", "Order"),
          Map.entry("4.7", "Topic names and filters"),
          Map.entry("6.0", "WebSocket"));

  private static final Map<String, String> OF_5 =
      Map.of(
          "2.1", "Fixed header",
          "2.2", "Identifiers and properties",
          "4.8", "Shared subscriptions",
          "4.9", "Flow control",
          "4.12", "Enhanced authentication",
          "4.13", "Errors");

  private static final Map<String, String> OF_3 =
      Map.of(
          "2.2", "Fixed header",
          "2.3", "Packet identifier",
          "4.8", "Errors",
          "7.0", "Conformance",
          "7.1", "Transport");

  private Sections() {}

  /** For example {@code 3.3 PUBLISH}, of {@code MQTT5-3.3.1-5}. */
  static String titleOf(String statementId) {
    String[] numbers =
        statementId.substring("MQTT5-".length()).replaceAll("-\\d+$", "").split("\\.", -1);
    String section = numbers[0] + "." + numbers[1];
    Map<String, String> own = statementId.startsWith("MQTT5") ? OF_5 : OF_3;
    String title = own.getOrDefault(section, OF_BOTH.get(section));
    if (title == null) {
      throw new IllegalStateException("no title for section " + section + " of " + statementId);
    }
    return section + " " + title;
  }
}
