package io.culvert.store;

import io.culvert.engine.Journal.Health;
import io.culvert.engine.JournalBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread that stores. In each turn it takes what waits, writes it as one batch, syncs, and
 * tells the owners of the journals; meanwhile the next turn's calls gather. There is no timer for
 * that: while nothing waits it sleeps.
 *
 * <p>What cannot be stored stays in front of all else and is tried again, from the beginning of the
 * turn: the changes of a turn give the same records however often they are made.
 */
final class StoreThread implements Runnable {
  private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long LAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Each looks through all batches before it; with more of them another sync is cheaper. */
  private static final int MAXIMUM_SCANS_BEHIND_BATCHES = 32;

  private final OperationQueue queue = new OperationQueue();
  private final ArrayDeque<Operation> waiting = new ArrayDeque<>();
  private final List<StoreJournal> told = new ArrayList<>();
  private final DiskBatch batch = new DiskBatch();
  private final List<JournalBatch> gathered = new ArrayList<>();
  private final ArrayDeque<Scan> unanswered = new ArrayDeque<>();
  private final Disk disk;
  private final StoreOptions options;
  private final StoreLog log;
  private final StoreCounters counters;
  private final ScanReader reader;
  private final FreeSpace space;
  private final Thread thread = DaemonThread.of("culvert-store", this);

  private long retryNanos = FIRST_RETRY_NANOS;

  /** Something was written and not synced, since then. */
  private long unsyncedSinceNanos;

  private boolean isUnsynced;
  private volatile boolean isFailing;
  private volatile long failingSinceNanos;
  private volatile boolean isClosing;
  private volatile long closeByNanos;

  StoreThread(Disk disk, StoreOptions options, StoreLog log, StoreCounters counters) {
    this.disk = disk;
    this.options = options;
    this.log = log;
    this.counters = counters;
    this.reader = new ScanReader(log, counters);
    this.space = new FreeSpace(disk, options.reserveBytes(), log);
  }

  void start() {
    space.look();
    reader.start();
    thread.start();
  }

  /** Any thread. */
  void submit(Operation operation) {
    if (isClosing) {
      return;
    }
    if (operation instanceof Append append) {
      counters.submitted(append.batch().bytes());
    }
    queue.add(operation);
  }

  /** Any thread. */
  Health health() {
    if (isFailing || reader.isFailing()) {
      return Health.FAILING;
    }
    return space.isFull() ? Health.FULL : Health.READY;
  }

  /** Any thread: how long it has been failing. */
  long failingMillis() {
    return isFailing ? TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - failingSinceNanos) : 0;
  }

  /** Any thread. */
  long freeBytes() {
    return disk.usableBytes();
  }

  /** Stores what waits, as long as the options say. */
  void close() {
    closeByNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.closeMillis());
    isClosing = true;
    LockSupport.unpark(thread);
    Uninterrupted.join(thread);
  }

  @Override
  public void run() {
    try {
      while (goesOn()) {
        if (isFailing) {
          tryAgain();
        } else if (waiting.isEmpty()) {
          sleep(rest());
        } else if (turn()) {
          rest();
        }
      }
    } finally {
      if (!isClosing) {
        isFailing = true; // a bug of ours must not look like health
      }
      reader.stop();
      reader.close();
      batch.close();
      disk.close();
    }
  }

  private boolean goesOn() {
    boolean closing = isClosing; // before looking: what came before the end is still taken
    queue.drainTo(waiting);
    if (!closing) {
      return true;
    }
    if (waiting.isEmpty()) {
      return false;
    }
    if (System.nanoTime() - closeByNanos < 0) {
      return true;
    }
    log.error(
        "%d calls were not stored when the store was closed: %s"
            .formatted(waiting.size(), counters.problem()));
    return false;
  }

  private void sleep(long nanos) {
    queue.sleep(space.isFull() ? Math.min(nanos, FreeSpace.LOOK_NANOS) : nanos);
    space.lookWhenDue();
  }

  /** Does what is due from time to time, and returns in how many nanoseconds something is again. */
  private long rest() {
    long[] inNanos = {0};
    attempt(() -> inNanos[0] = Math.min(syncWhenDue(), disk.rest()));
    return inNanos[0];
  }

  private long syncWhenDue() throws DiskException {
    if (!isUnsynced) {
      return Long.MAX_VALUE;
    }
    long unsyncedNanos = System.nanoTime() - unsyncedSinceNanos;
    long left = TimeUnit.MILLISECONDS.toNanos(options.syncIntervalMillis()) - unsyncedNanos;
    if (left > 0) {
      return left;
    }
    long began = System.nanoTime();
    disk.sync();
    counters.synced(System.nanoTime() - began);
    isUnsynced = false;
    return Long.MAX_VALUE;
  }

  /** After a failure: makes a pause, each time a longer one, then begins anew. */
  private void tryAgain() {
    pause(retryNanos);
    retryNanos = Math.min(2 * retryNanos, LAST_RETRY_NANOS);
    space.lookWhenDue();
    unanswered.addAll(reader.stop());
    if (attempt(this::recover) && (waiting.isEmpty() || turn())) {
      isFailing = false;
      retryNanos = FIRST_RETRY_NANOS;
      log.info("the store works again");
    }
  }

  private void recover() throws DiskException {
    disk.recover();
    while (!unanswered.isEmpty()) {
      Scan scan = unanswered.element();
      // The others still wait, and are given away again in their turn.
      if (scan.journal().isDurable(scan)) {
        reader.read(scan, disk.view(), List.of());
      }
      unanswered.remove();
    }
  }

  private void pause(long nanos) {
    long began = System.nanoTime();
    long left = nanos;
    while (left > 0) {
      LockSupport.parkNanos(this, isClosing ? Math.min(left, FIRST_RETRY_NANOS) : left);
      left = isClosing ? 0 : nanos - (System.nanoTime() - began);
    }
  }

  private boolean turn() {
    space.lookWhenDue();
    int[] calls = {0};
    if (!attempt(() -> calls[0] = write())) {
      return false;
    }
    complete(calls[0]);
    return true;
  }

  /** Writes the calls in front, and returns how many they are. */
  private int write() throws DiskException {
    long began = System.nanoTime();
    boolean always = options.sync() == SyncMode.ALWAYS;
    int calls = gather();
    if (!batch.isEmpty()) {
      disk.write(batch, always);
      if (always) {
        counters.synced(System.nanoTime() - began);
      } else if (!isUnsynced && options.sync() == SyncMode.INTERVAL) {
        isUnsynced = true;
        unsyncedSinceNanos = began;
      }
    }
    return calls;
  }

  /**
   * One batch of the calls in front, and an answer on its way for each scan among them: the records
   * as they are, and what the batches before the scan change. A scan is given away once, also when
   * its turn is tried again; so it never sees a batch behind it.
   */
  private int gather() throws DiskException {
    int calls = 0;
    int scansBehindBatches = 0;
    long bytes = 0;
    batch.clear();
    gathered.clear();
    for (Operation operation : waiting) {
      if (operation instanceof Append append) {
        bytes += append.batch().bytes();
        if (bytes > options.maximumBatchBytes() && calls > 0) {
          break;
        }
        batch.add(append.batch());
        gathered.add(append.batch());
      } else if (operation instanceof Scan scan && !scan.isTaken()) {
        if (!gathered.isEmpty() && ++scansBehindBatches > MAXIMUM_SCANS_BEHIND_BATCHES) {
          break;
        }
        reader.read(scan, disk.view(), List.copyOf(gathered));
      }
      calls++;
    }
    return calls;
  }

  private void complete(int calls) {
    long batches = 0;
    long bytes = 0;
    for (int left = calls; left > 0; left--) {
      Operation operation = waiting.remove();
      if (operation instanceof Append append) {
        batches++;
        bytes += append.batch().bytes();
      }
      StoreJournal journal = operation.journal();
      journal.durableUpTo(operation.number());
      if (!told.contains(journal)) {
        told.add(journal);
      }
    }
    counters.stored(batches, bytes);
    told.forEach(StoreJournal::wake);
    told.clear();
    gathered.clear();
  }

  private boolean attempt(Attempt attempt) {
    try {
      attempt.run();
      return true;
    } catch (DiskException | RuntimeException | OutOfMemoryError e) {
      fail(e);
      return false;
    }
  }

  private void fail(Throwable e) {
    String text = Reasons.text(e);
    if (!isFailing) {
      failingSinceNanos = System.nanoTime();
      isFailing = true;
      log.error(text + "; what waits is kept and tried again");
    }
    counters.failed(text);
  }

  private interface Attempt {
    void run() throws DiskException;
  }
}
