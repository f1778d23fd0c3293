package io.culvert.store;

import io.culvert.engine.JournalBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads pages on a thread of its own, so that no batch waits for a long one. Views are taken by the
 * thread of the store, where the order of all calls is decided. What cannot be read now is tried
 * again, because an answer that leaves it out would be taken for the truth.
 */
final class ScanReader implements Runnable {
  private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** About three seconds; what the device cannot read then, it will not. */
  private static final int PATIENT_ATTEMPTS = 9;

  private final StoreLog log;
  private final StoreCounters counters;
  private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
  private final Thread thread = DaemonThread.of("culvert-store-reader", this);
  private volatile boolean isStopping;
  private volatile boolean isFailing;

  /** What was not answered when it stopped; belongs to the thread of the store between stops. */
  private final List<Scan> givenBack = new ArrayList<>();

  ScanReader(StoreLog log, StoreCounters counters) {
    this.log = log;
    this.counters = counters;
  }

  void start() {
    thread.start();
  }

  /** Any thread: it tries again something that cannot be read. */
  boolean isFailing() {
    return isFailing;
  }

  /**
   * The thread of the store: answers the scan soon, from this view and the batches on top of it.
   */
  void read(Scan scan, Disk.View view, List<JournalBatch> batches) {
    scan.take();
    tasks.add(new Read(scan, view, batches));
  }

  /**
   * The thread of the store: waits until no view is used any more. Each scan is tried once more.
   *
   * @return those that are not answered
   */
  List<Scan> stop() {
    CountDownLatch done = new CountDownLatch(1);
    isStopping = true;
    LockSupport.unpark(thread);
    tasks.add(new Stop(done));
    Uninterrupted.await(done);
    isStopping = false;
    List<Scan> unanswered = List.copyOf(givenBack);
    givenBack.clear();
    return unanswered;
  }

  /** The thread of the store, after {@link #stop}: it ends. */
  void close() {
    tasks.add(new End());
  }

  @Override
  public void run() {
    while (true) {
      Task task = Uninterrupted.take(tasks);
      if (task instanceof Read read) {
        try (Disk.View view = read.view) {
          answer(read.scan, view, read.batches);
        }
      } else if (task instanceof Stop stop) {
        stop.done.countDown();
      } else {
        return;
      }
    }
  }

  private void answer(Scan scan, Disk.View view, List<JournalBatch> batches) {
    long retryNanos = FIRST_RETRY_NANOS;
    for (int attempt = 1; ; attempt++) {
      try {
        Overlay overlay = Overlay.of(batches, scan.prefix());
        scan.answer(view.page(scan, overlay, attempt > PATIENT_ATTEMPTS));
        counters.scanned();
        isFailing = false;
        scan.journal().wake();
        return;
      } catch (DiskException | RuntimeException | OutOfMemoryError e) {
        fail(e);
      }
      if (isStopping) {
        scan.giveBack();
        givenBack.add(scan);
        isFailing = false; // whoever stops it knows
        return;
      }
      LockSupport.parkNanos(this, retryNanos);
      retryNanos = Math.min(2 * retryNanos, LAST_RETRY_NANOS);
    }
  }

  private void fail(Throwable e) {
    counters.failed(Reasons.text(e));
    if (!isFailing) {
      isFailing = true;
      log.error(Reasons.text(e) + "; it is tried again");
    }
  }

  private sealed interface Task {}

  private record Read(Scan scan, Disk.View view, List<JournalBatch> batches) implements Task {}

  /** All before it is done. */
  private record Stop(CountDownLatch done) implements Task {}

  private record End() implements Task {}
}
