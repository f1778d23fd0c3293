package io.culvert.conformance.table;

import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.Statement.Side;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What no test of Culvert can prove, for whom, and why; and what some leave for later. */
final class NotApplicable {
  /** A statement that says nothing about these sides of Culvert. */
  private record Exemption(Set<Side> sides, String reason) {}

  private static final Map<Statement, Exemption> EXEMPTIONS = new EnumMap<>(Statement.class);

  private static final Map<Integer, String> REMARKS =
      Map.of(131, "with several shards in one process; nodes follow");

  static {
    exempt(
        Statement.MQTT5_3_3_4_5,
        Side.SERVER,
        "Culvert sends one copy of a message, however many subscriptions of a session match");
    exempt(
        Statement.MQTT3_7_0_0_1,
        Side.SERVER,
        "Culvert's broker opens no MQTT connections of its own; its client is proven by itself");
    String noWebSocket = "Culvert's client speaks over TCP and TLS, not over WebSocket";
    exempt(Statement.MQTT5_6_0_0_1, Side.CLIENT, noWebSocket);
    exempt(Statement.MQTT5_6_0_0_2, Side.CLIENT, noWebSocket);
    exempt(Statement.MQTT5_6_0_0_3, Side.CLIENT, noWebSocket);
    exempt(Statement.MQTT3_6_0_0_1, Side.CLIENT, noWebSocket);
    exempt(Statement.MQTT3_6_0_0_2, Side.CLIENT, noWebSocket);
    exempt(Statement.MQTT3_6_0_0_3, Side.CLIENT, noWebSocket);
  }

  private NotApplicable() {}

  /** For whom a statement says nothing. */
  static Set<Side> sides(Statement statement) {
    Exemption exemption = EXEMPTIONS.get(statement);
    return exemption == null ? EnumSet.noneOf(Side.class) : exemption.sides;
  }

  /** Why it says nothing about them. */
  static @Nullable String reason(Statement statement) {
    Exemption exemption = EXEMPTIONS.get(statement);
    return exemption == null ? null : exemption.reason;
  }

  /** What the tests of a scenario leave for later. */
  static @Nullable String remark(int scenario) {
    return REMARKS.get(scenario);
  }

  private static void exempt(Statement statement, Side side, String reason) {
    EXEMPTIONS.put(statement, new Exemption(EnumSet.of(side), reason));
  }
}
