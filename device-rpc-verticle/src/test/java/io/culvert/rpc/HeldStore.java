package io.culvert.rpc;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.engine.JournalBatch;
import io.culvert.store.MemoryStore;
import io.culvert.store.Store;
import io.culvert.store.StoreStatus;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** A store that stores nothing until it is released. Its journal belongs to the client's loop. */
final class HeldStore implements Store {
  private final MemoryStore store = MemoryStore.create();
  private final Queue<Runnable> held = new ArrayDeque<>();
  private boolean isHeld = true;

  /** On the loop of the journal's owner. */
  void release() {
    isHeld = false;
    while (!held.isEmpty()) {
      held.remove().run();
    }
  }

  int held() {
    return held.size();
  }

  @Override
  public Journal journal(Executor owner) {
    Journal journal = store.journal(owner);
    return new Journal() {
      @Override
      public void append(JournalBatch batch, Stored completion) {
        if (isHeld) {
          held.add(() -> journal.append(batch, completion));
        } else {
          journal.append(batch, completion);
        }
      }

      @Override
      public void scan(Bytes prefix, Bytes after, int maximumBytes, Scanned completion) {
        journal.scan(prefix, after, maximumBytes, completion);
      }

      @Override
      public Health health() {
        return journal.health();
      }
    };
  }

  @Override
  public StoreStatus status() {
    return store.status();
  }

  @Override
  public void close() {
    store.close();
  }
}
