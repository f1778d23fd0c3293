package io.culvert.broker.config;

import static io.culvert.runtime.config.Setting.number;

import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;

/** The settings for times at which very many clients go or come; see docs/storms.md. */
final class StormSettings {
  static final SettingTable MQTT =
      SettingTable.of(
          number(
              "mqtt.drain-per-second",
              Unit.COUNT,
              0,
              1_000_000,
              "0",
              "Clients that are let go per second when the broker is told to end, so that they do"
                  + " not all come to another one at once; sessions are kept. 0 lets all go at"
                  + " once."),
          number(
              "mqtt.drain-seconds",
              Unit.SECONDS,
              1,
              86_400,
              "60s",
              "Longest time that this takes: where it would be longer, more go per second. Whoever"
                  + " ends the process has to wait 10 seconds more than this before it kills it."));

  static final SettingTable LIMITS =
      SettingTable.of(
          number(
              "limits.loop-delay-millis",
              Unit.MILLIS,
              0,
              60_000,
              "100ms",
              "How late an event loop may be before it lets new clients in at a pace only:"
                  + " connections wait in the system (see `mqtt.listeners[].backlog`), then CONNECTs"
                  + " in `limits.waiting-connects`. Clients that are connected are served as"
                  + " before. 0 lets everybody in at once."),
          number(
              "limits.waiting-connects",
              Unit.COUNT,
              1,
              1_000_000,
              "5000",
              "CONNECTs that wait while an event loop is late, for each; a client beyond them, or"
                  + " one that has waited for 5 seconds, is refused (0x89), and an MQTT 5 client is"
                  + " told in the User Property `retry-after-ms` when to come back."),
          number(
              "limits.take-overs",
              Unit.COUNT,
              0,
              1_000_000,
              "5",
              "How often a client may be taken over from its own older connection within"
                  + " `limits.take-over-window-seconds`, as after a change of network. More often"
                  + " means that several clients share a Client Identifier and fight for it: whoever"
                  + " comes then waits 1, 2, 4, … at most 60 seconds before it takes over, or is"
                  + " told to come back then (0x9F), and the log names two of the addresses. 0"
                  + " never sees a fight."),
          number(
              "limits.take-over-window-seconds",
              Unit.SECONDS,
              1,
              3600,
              "60s",
              "Time in which take-overs are counted, and after which a fight that has stopped is"
                  + " forgotten."));

  private StormSettings() {}
}
