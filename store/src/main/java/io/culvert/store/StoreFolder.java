package io.culvert.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes a folder a store of this version. What another program or a newer version has left under
 * the names of a store is moved aside, as it is; other files are not touched.
 */
final class StoreFolder {
  static final String DATABASE = "db";

  private static final List<String> PARTS = List.of(FormatFile.NAME, DATABASE, FileNotes.NAME);

  private StoreFolder() {}

  /** Whether there is one, of whatever version. */
  static boolean isStore(Path folder) {
    return Files.isDirectory(folder.resolve(DATABASE))
        || Files.exists(folder.resolve(FormatFile.NAME));
  }

  static void prepare(Path store, StoreLog log, StoreCounters counters) throws IOException {
    FormatFile.Format format = FormatFile.read(store);
    if (format instanceof FormatFile.Other other) {
      setAside(store, other, log, counters);
    } else if (format instanceof FormatFile.Damaged) {
      Aside aside = new Aside(store, Aside.DAMAGED);
      Path kept = aside.move(store.resolve(FormatFile.NAME));
      damaged(
          "%s is damaged and written anew; what it was is %s"
              .formatted(store.resolve(FormatFile.NAME), kept),
          log,
          counters);
    } else if (format instanceof FormatFile.Missing && Files.exists(store.resolve(DATABASE))) {
      damaged(store.resolve(FormatFile.NAME) + " is missing and written anew", log, counters);
    }
    if (!(format instanceof FormatFile.Known)) {
      FormatFile.write(store);
    }
  }

  private static void setAside(
      Path store, FormatFile.Other other, StoreLog log, StoreCounters counters) throws IOException {
    Aside aside = new Aside(store, Aside.SET_ASIDE);
    for (String part : PARTS) {
      if (Files.exists(store.resolve(part))) {
        aside.move(store.resolve(part));
      }
    }
    damaged(
        """
        the store %s is %s; it is set aside in %s, and a new one is begun.
          To use it again, stop this program, put those files back, and start the version that wrote them."""
            .formatted(store, other.text(), aside.folder()),
        log,
        counters);
  }

  private static void damaged(String text, StoreLog log, StoreCounters counters) {
    counters.damaged(text);
    log.error(text);
  }
}
