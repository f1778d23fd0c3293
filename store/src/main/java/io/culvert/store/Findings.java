package io.culvert.store;

import java.io.IOException;
import java.nio.file.Path;

/** What is found to be damaged while a store is opened: told, counted, and kept aside. */
final class Findings {
  private final Aside aside;
  private final StoreLog log;
  private final StoreCounters counters;

  Findings(Path store, StoreLog log, StoreCounters counters) {
    this.aside = new Aside(store, Aside.DAMAGED);
    this.log = log;
    this.counters = counters;
  }

  /** Something is lost, or was nearly. */
  void damaged(String text) {
    counters.damaged(text);
    log.error(text);
  }

  /** Something is not as usual. */
  void warn(String text) {
    log.warn(text);
  }

  Aside aside() {
    return aside;
  }

  void tellWhereTheRestIs() throws IOException {
    if (!aside.isEmpty()) {
      log.warn(
          "damaged parts are kept in %s; the store does not need them, delete them when you do not"
              .formatted(aside.folder()));
    }
  }
}
