package io.culvert.engine.testkit;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.engine.JournalBatch;
import io.culvert.engine.JournalRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A journal on a disk that takes virtual time and can fail: slow, full, writes and syncs that fail
 * and are tried again, and crashes that take what was not synced. What arrives during a sync waits
 * and shares the next one. All chance comes from the seed.
 */
public final class SimulatedDisk implements Journal {
  private static final int NEVER = 0;

  /** How long after a failure it tries again. */
  private static final long RETRY_MILLIS = 100;

  /** What a crash leaves of the batches that were written and not synced. */
  public enum Crash {
    /** Nothing. */
    LOSES_UNSYNCED,
    /** Some whole batches, from the front. */
    KEEPS_SOME,
    /** Bytes up to any place, inside of a batch as well; garbage may follow. */
    TEARS
  }

  private final VirtualClock clock;
  private final Random random;
  private final DiskLog log = new DiskLog();
  private final List<Operation> waiting = new ArrayList<>();
  private JournalRecords records = new JournalRecords();
  private long leastMillis = 1;
  private long mostMillis = 1;
  private long capacityBytes = Long.MAX_VALUE;
  private int writesUntilFailure = NEVER;
  private int syncsUntilFailure = NEVER;
  private long syncs;
  private long incarnation;
  private boolean busy;
  private boolean failing;

  public SimulatedDisk(VirtualClock clock, long seed) {
    this.clock = clock;
    this.random = new Random(seed);
  }

  /** How long a group of calls takes from now on. */
  public void takesMillis(long least, long most) {
    leastMillis = least;
    mostMillis = most;
  }

  /** Beyond so many bytes of keys and values it is full, and goes on with its reserve. */
  public void capacityBytes(long bytes) {
    capacityBytes = bytes;
  }

  /** The n-th write of a batch from now fails: 1 is the next one. */
  public void failWrite(int n) {
    writesUntilFailure = n;
  }

  /** The n-th sync from now fails: 1 is the next one. */
  public void failSync(int n) {
    syncsUntilFailure = n;
  }

  /** Syncs so far: many batches share one. */
  public long syncs() {
    return syncs;
  }

  /** Bytes of keys and values that are durable. */
  public long bytes() {
    return records.bytes();
  }

  /**
   * The process dies, and a new one opens the disk. No completion comes any more for what was under
   * way.
   */
  public void crash(Crash crash) {
    switch (crash) {
      case LOSES_UNSYNCED -> log.loseUnsynced();
      case KEEPS_SOME -> log.keepSome(random);
      case TEARS -> log.tear(random);
    }
    records = log.replay();
    waiting.clear();
    incarnation++;
    busy = false;
    failing = false;
  }

  @Override
  public void append(JournalBatch batch, Stored completion) {
    submit(new Append(batch, completion));
  }

  @Override
  public void scan(Bytes prefix, Bytes after, int maximumBytes, Scanned completion) {
    submit(new Scan(prefix, after, maximumBytes, completion));
  }

  @Override
  public Health health() {
    if (failing) {
      return Health.FAILING;
    }
    return records.bytes() > capacityBytes ? Health.FULL : Health.READY;
  }

  private void submit(Operation operation) {
    waiting.add(operation);
    if (!busy) {
      busy = true;
      inThisIncarnation(0, this::startGroup);
    }
  }

  private void startGroup() {
    List<Operation> group = new ArrayList<>();
    failing = false;
    for (Operation operation : waiting) {
      if (operation instanceof Append append && !write(append)) {
        failing = true;
        break;
      }
      group.add(operation);
    }
    waiting.subList(0, group.size()).clear();
    long millis = leastMillis + (long) (random.nextDouble() * (mostMillis - leastMillis + 1));
    inThisIncarnation(millis, () -> endGroup(group));
  }

  private boolean write(Append append) {
    if (writesUntilFailure != NEVER && --writesUntilFailure == NEVER) {
      return false;
    }
    log.write(append.batch);
    return true;
  }

  private void endGroup(List<Operation> group) {
    if (!sync(group)) {
      // As after a failed fsync: what was written may be gone, so it is written again.
      failing = true;
      log.loseUnsynced();
      waiting.addAll(0, group);
      inThisIncarnation(RETRY_MILLIS, this::startGroup);
      return;
    }
    long started = incarnation;
    for (int i = 0; i < group.size() && started == incarnation; i++) {
      complete(group.get(i));
    }
    if (started != incarnation) {
      return; // a completion has crashed the disk
    }
    busy = !waiting.isEmpty();
    if (busy) {
      inThisIncarnation(failing ? RETRY_MILLIS : 0, this::startGroup);
    }
  }

  private boolean sync(List<Operation> group) {
    if (group.stream().noneMatch(Append.class::isInstance)) {
      return true;
    }
    syncs++;
    if (syncsUntilFailure != NEVER && --syncsUntilFailure == NEVER) {
      return false;
    }
    log.sync();
    return true;
  }

  private void complete(Operation operation) {
    if (operation instanceof Append append) {
      append.batch.forEach(records);
      append.completion.stored();
    } else if (operation instanceof Scan scan) {
      scan.completion.scanned(records.page(scan.prefix, scan.after, scan.maximumBytes));
    }
  }

  /** Unless the disk crashes before. */
  private void inThisIncarnation(long delayMillis, Runnable task) {
    long scheduled = incarnation;
    clock.after(
        delayMillis,
        () -> {
          if (scheduled == incarnation) {
            task.run();
          }
        });
  }

  private sealed interface Operation {}

  private record Append(JournalBatch batch, Stored completion) implements Operation {}

  private record Scan(Bytes prefix, Bytes after, int maximumBytes, Scanned completion)
      implements Operation {}
}
