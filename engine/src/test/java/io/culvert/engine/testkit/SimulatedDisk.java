package io.culvert.engine.testkit;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.engine.JournalBatch;
import io.culvert.engine.JournalRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A journal on a disk that takes virtual time and can fail: slow, full, failing writes and syncs,
 * and crashes that take what was not synced. What arrives during a sync waits and shares the next
 * one. All chance comes from the seed.
 */
public final class SimulatedDisk implements Journal {
  private static final int NEVER = 0;

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
  private boolean broken;

  public SimulatedDisk(VirtualClock clock, long seed) {
    this.clock = clock;
    this.random = new Random(seed);
  }

  /** How long a group of calls takes from now on. */
  public void takesMillis(long least, long most) {
    leastMillis = least;
    mostMillis = most;
  }

  /** How many bytes of keys and values there is room for; batches that only delete need none. */
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
    broken = false;
  }

  @Override
  public void append(JournalBatch batch, Appended completion) {
    submit(new Append(batch, completion));
  }

  @Override
  public void scan(Bytes prefix, Bytes after, int maximumBytes, Scanned completion) {
    submit(new Scan(prefix, after, maximumBytes, completion));
  }

  private void submit(Operation operation) {
    waiting.add(operation);
    if (!busy) {
      busy = true;
      inThisIncarnation(0, this::startGroup);
    }
  }

  private void startGroup() {
    List<Operation> group = List.copyOf(waiting);
    waiting.clear();
    List<Outcome> outcomes = new ArrayList<>();
    long newBytes = 0;
    for (Operation operation : group) {
      Outcome outcome = operation instanceof Append append ? write(append, newBytes) : Outcome.DONE;
      outcomes.add(outcome);
      if (outcome == Outcome.DONE && operation instanceof Append append) {
        newBytes += append.batch.bytes();
      }
    }
    long millis = leastMillis + (long) (random.nextDouble() * (mostMillis - leastMillis + 1));
    inThisIncarnation(millis, () -> endGroup(group, outcomes));
  }

  private Outcome write(Append append, long newBytes) {
    if (writesUntilFailure != NEVER && --writesUntilFailure == NEVER) {
      broken = true;
    }
    if (broken) {
      return Outcome.BROKEN;
    }
    long wanted = records.bytes() + newBytes + append.batch.bytes();
    if (wanted > capacityBytes && !append.onlyDeletes()) {
      return Outcome.FULL;
    }
    log.write(append.batch);
    return Outcome.DONE;
  }

  private void endGroup(List<Operation> group, List<Outcome> outcomes) {
    boolean synced = sync(group);
    long started = incarnation;
    for (int i = 0; i < group.size() && started == incarnation; i++) {
      Outcome outcome =
          synced || outcomes.get(i) == Outcome.FULL ? outcomes.get(i) : Outcome.BROKEN;
      complete(group.get(i), outcome);
    }
    if (started != incarnation) {
      return; // a completion has crashed the disk
    }
    busy = !waiting.isEmpty();
    if (busy) {
      inThisIncarnation(0, this::startGroup);
    }
  }

  private boolean sync(List<Operation> group) {
    if (broken || group.stream().noneMatch(Append.class::isInstance)) {
      return !broken;
    }
    syncs++;
    if (syncsUntilFailure != NEVER && --syncsUntilFailure == NEVER) {
      broken = true;
      return false;
    }
    log.sync();
    return true;
  }

  private void complete(Operation operation, Outcome outcome) {
    if (operation instanceof Append append) {
      if (outcome == Outcome.DONE) {
        append.batch.forEach(records);
      }
      append.completion.appended(outcome);
    } else if (operation instanceof Scan scan) {
      scan.completion.scanned(
          broken
              ? Page.failed(Outcome.BROKEN)
              : records.page(scan.prefix, scan.after, scan.maximumBytes));
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

  private record Append(JournalBatch batch, Appended completion) implements Operation {
    boolean onlyDeletes() {
      boolean[] puts = {false};
      batch.forEach(
          new JournalBatch.Visitor() {
            @Override
            public void put(Bytes key, Bytes value) {
              puts[0] = true;
            }

            @Override
            public void delete(Bytes key) {}
          });
      return !puts[0];
    }
  }

  private record Scan(Bytes prefix, Bytes after, int maximumBytes, Scanned completion)
      implements Operation {}
}
