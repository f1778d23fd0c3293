package io.culvert.broker.config;

import static io.culvert.runtime.config.Setting.flag;
import static io.culvert.runtime.config.Setting.number;

import io.culvert.broker.bus.BridgeRule;
import io.culvert.broker.bus.BusOptions;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;
import java.util.List;

/** The broker on the event bus. */
final class EventBusSettings {
  private static final long GIB = 1L << 30;

  static final SettingTable TABLE =
      SettingTable.of(
          flag(
              "mqtt.event-bus",
              true,
              "Whether verticles may publish, subscribe and administrate over the event bus, under"
                  + " `culvert.mqtt.*`. Who can reach the event bus is trusted: in a cluster, all"
                  + " its nodes."),
          number(
              "limits.event-bus-messages",
              Unit.COUNT,
              1,
              1_000_000,
              "10000",
              "Messages published over the event bus that may wait for their acknowledgement; more"
                  + " are refused (BUSY)."),
          number(
              "limits.event-bus-bytes",
              Unit.BYTES,
              1,
              64 * GIB,
              "64MiB",
              "Bytes of payload of those messages."),
          number(
              "limits.event-bus-subscriptions",
              Unit.COUNT,
              0,
              1_000_000,
              "10000",
              "Subscribers on the event bus; more are refused (QUOTA_EXCEEDED)."));

  private EventBusSettings() {}

  static BusOptions options(Configuration configuration, List<BridgeRule> bridges) {
    return new BusOptions(
        configuration.flag("mqtt.event-bus"),
        configuration.integer("limits.event-bus-messages"),
        configuration.number("limits.event-bus-bytes"),
        configuration.integer("limits.event-bus-subscriptions"),
        configuration.number("limits.session-expiry-seconds"),
        bridges);
  }
}
