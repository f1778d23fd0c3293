package io.culvert.client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What an earlier process has left in the store: it goes before all that is new. */
final class LeftBehind {
  private final @Nullable PublishRecords records;
  private final Consumer<String> damaged;
  private final Consumer<List<PublishRecords.Found>> restored;
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean loaded;

  /**
   * @param records null where there is no store
   * @param damaged called with what is wrong with a record
   * @param restored called once with what was found
   */
  LeftBehind(
      @Nullable PublishRecords records,
      Consumer<String> damaged,
      Consumer<List<PublishRecords.Found>> restored) {
    this.records = records;
    this.damaged = damaged;
    this.restored = restored;
    this.loaded = records == null;
  }

  /** Does it when that is read, which begins with the first that asks. */
  void whenLoaded(Runnable action) {
    PublishRecords store = records;
    if (loaded || store == null) {
      action.run();
      return;
    }
    waiting.add(action);
    if (waiting.size() == 1) {
      store.load(damaged, this::loaded);
    }
  }

  private void loaded(List<PublishRecords.Found> found) {
    loaded = true;
    restored.accept(found);
    List.copyOf(waiting).forEach(Runnable::run);
    waiting.clear();
  }
}
