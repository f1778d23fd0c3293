package io.culvert.store;

import io.culvert.engine.Journal.Page;
import io.culvert.engine.JournalBatch;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;

/**
 * Reads pages on a thread of its own, so that nothing waits for a long one to be stored. Views are
 * taken by the thread of the store, where the order of all calls is decided.
 */
final class ScanReader {
  private final StoreLog log;
  private final StoreCounters counters;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> DaemonThread.of("culvert-store-reader", task));

  /** One party for the thread of the store, one for each scan under way. */
  private final Phaser underWay = new Phaser(1);

  ScanReader(StoreLog log, StoreCounters counters) {
    this.log = log;
    this.counters = counters;
  }

  /**
   * The thread of the store: answers the scan soon, from this view and the batches on top of it.
   */
  void read(Scan scan, Disk.View view, List<JournalBatch> batches) {
    scan.take();
    underWay.register();
    thread.execute(() -> answer(scan, view, batches));
  }

  /** The thread of the store: waits until all that was given is answered. */
  void finish() {
    underWay.arriveAndAwaitAdvance();
  }

  void close() {
    finish();
    thread.shutdown();
  }

  private void answer(Scan scan, Disk.View view, List<JournalBatch> batches) {
    try (view) {
      scan.answer(view.page(scan, Overlay.of(batches, scan.prefix())));
    } catch (DiskException | RuntimeException | Error e) {
      counters.failed(String.valueOf(e.getMessage()));
      log.error("records are left out: " + e.getMessage());
      scan.answer(new Page(List.of(), false));
    } finally {
      underWay.arriveAndDeregister();
    }
    counters.scanned();
    scan.journal().wake();
  }
}
