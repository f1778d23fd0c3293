package io.culvert.launcher;

import static io.culvert.runtime.config.Setting.flag;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.SettingTable;

/** How the threads of this process run its event loops. */
final class EventLoops {
  static final SettingTable SETTINGS =
      SettingTable.of(
          flag(
              "event-loops.gather",
              true,
              "Whether event loops share one thread while it suffices for all of them, which costs"
                  + " less and answers sooner; each has its own again as soon as there is more to"
                  + " do. Linux only; elsewhere they never share. Seen as `culvert_event_loop_guest`."));

  private EventLoops() {}

  static boolean gather(Configuration configuration) {
    return configuration.flag("event-loops.gather");
  }
}
