package io.culvert.broker.config;

import static io.culvert.runtime.config.Setting.choice;
import static io.culvert.runtime.config.Setting.number;
import static io.culvert.runtime.config.Setting.text;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;
import io.culvert.store.StoreOptions;
import io.culvert.store.SyncMode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The settings of the root {@code store}.
 *
 * @param isOnDisk whether sessions and messages outlive the process
 * @param folder where they do
 */
public record StoreSettings(boolean isOnDisk, Path folder, StoreOptions options) {
  /** In the data folder, beside the files of others. */
  private static final String FOLDER = "store";

  static final SettingTable TABLE =
      SettingTable.of(
          text(
              "store.folder",
              "culvert-data",
              "Folder for everything that is kept, mode 0700; sessions and messages are in its"
                  + " folder `store`."),
          choice(
              "store.type",
              List.of("disk", "memory"),
              "disk",
              "`disk`: sessions with an expiry and retained messages survive the process, and"
                  + " power loss. `memory`: they end with it."),
          choice(
              "store.sync",
              List.of("always", "interval", "never"),
              "always",
              "When what was written is forced to the disk. `always`: before it is acknowledged,"
                  + " so nothing acknowledged is lost. `interval`: every"
                  + " `store.sync-interval-millis`, so a power failure takes the last ones, a"
                  + " killed process nothing. `never`: when the system likes to."),
          number(
              "store.sync-interval-millis",
              Unit.MILLIS,
              1,
              3_600_000,
              Long.toString(StoreOptions.DEFAULT_SYNC_INTERVAL_MILLIS),
              "How long at most without a sync where `store.sync` is `interval`."),
          number(
              "store.reserve-bytes",
              Unit.BYTES,
              0,
              1L << 50,
              "64MiB",
              "With less free space on the disk nothing new is stored: publishers of messages that"
                  + " would have to be are refused (0x97), everything else goes on, and so do they"
                  + " when there is room again."));

  /** As they are set. */
  public static StoreSettings from(Configuration configuration) {
    return new StoreSettings(
        configuration.text("store.type").equals("disk"),
        Path.of(configuration.text("store.folder")).resolve(FOLDER),
        StoreOptions.defaults()
            .withSync(SyncMode.valueOf(configuration.text("store.sync").toUpperCase(Locale.ROOT)))
            .withSyncIntervalMillis(configuration.number("store.sync-interval-millis"))
            .withReserveBytes(configuration.number("store.reserve-bytes")));
  }
}
