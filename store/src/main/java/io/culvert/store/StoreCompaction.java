package io.culvert.store;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Sorts all files of a store anew that nobody uses: what was deleted gives all its room back. A
 * store that is in use does it by itself, a little at a time.
 */
public final class StoreCompaction {
  private StoreCompaction() {}

  /**
   * How large all files were and are.
   *
   * @param bytesBefore without what was set aside, as the next one
   */
  public record Result(long bytesBefore, long bytesAfter) {}

  /** Sorts; blocks as long as it takes. What is damaged is repaired as when the store is opened. */
  public static Result run(Path folder, StoreLog log) throws StoreException {
    try (ClosedStore closed = ClosedStore.find(folder)) {
      Path store = closed.folder();
      long before = FolderSize.of(closed.database());
      StoreCounters counters = new StoreCounters();
      StoreFolder.prepare(store, log, counters);
      try (Database opened = Database.open(store, StoreOptions.defaults(), log, counters)) {
        opened.compact();
      }
      return new Result(before, FolderSize.of(closed.database()));
    } catch (IOException e) {
      throw StoreException.unusable(folder, Reasons.text(e), e);
    } catch (DiskException e) {
      throw StoreException.unusable(folder, Reasons.text(e), e);
    }
  }
}
