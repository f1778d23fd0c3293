package io.culvert.store;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a store tells people, for tests. */
final class CollectingLog implements StoreLog {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  @Override
  public void info(String text) {
    lines.add("INFO " + text);
  }

  @Override
  public void warn(String text) {
    lines.add("WARN " + text);
  }

  @Override
  public void error(String text) {
    lines.add("ERROR " + text);
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
