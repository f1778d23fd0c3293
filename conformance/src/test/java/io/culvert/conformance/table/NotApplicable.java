package io.culvert.conformance.table;

import io.culvert.mqtt.wire.Statement;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What no test of Culvert can prove, and why; and what some leave for later. */
final class NotApplicable {
  private static final Map<Statement, String> REASONS =
      Map.of(
          Statement.MQTT5_3_3_4_5,
          "Culvert sends one copy of a message however many subscriptions of a session match");

  private static final Map<Integer, String> REMARKS =
      Map.of(131, "with several shards in one process; nodes follow");

  private NotApplicable() {}

  /** Why a statement says nothing about Culvert. */
  static @Nullable String reason(Statement statement) {
    return REASONS.get(statement);
  }

  /** What the tests of a scenario leave for later. */
  static @Nullable String remark(int scenario) {
    return REMARKS.get(scenario);
  }
}
