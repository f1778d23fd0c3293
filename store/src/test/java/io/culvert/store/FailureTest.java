package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal.Health;
import io.culvert.engine.Journal.Page;
import io.culvert.engine.JournalBatch;
import io.culvert.engine.JournalRecords;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a disk that fails does to those who wait for it. */
class FailureTest {
  /** How often a step of a history fails; each failure costs a pause. */
  private static final int HISTORIES = 14;

  @TempDir private Path folder;
  private final CollectingLog log = new CollectingLog();
  private FailingDisk disk;
  private Store store;
  private Owner owner;

  @BeforeEach
  void open() throws StoreException {
    open(CrashedStore.OPTIONS.withReserveBytes(1000));
  }

  private void open(StoreOptions options) throws StoreException {
    store = RocksStore.open(folder, options, log, this::failing);
    owner = new Owner(store);
  }

  private Disk failing(Disk real) {
    disk = new FailingDisk(real);
    return disk;
  }

  @AfterEach
  void close() {
    store.close();
    owner.close();
  }

  @Test
  void nothingIsStoredUntilTheDiskWorksAgain() {
    CountDownLatch stored = new CountDownLatch(1);
    disk.failWhen(step -> true);
    owner.call(journal -> journal.append(StoreContract.put("a", "1"), stored::countDown));
    disk.awaitFailure();
    assertThat(owner.health()).isEqualTo(Health.FAILING);
    assertThat(stored.getCount()).isOne();
    StoreStatus status = store.status();
    assertThat(status.waitingBatches()).isOne();
    assertThat(status.failures()).isPositive();
    assertThat(status.problem()).endsWith("failed on purpose");

    disk.failWhen(step -> false);
    StoreContract.await(stored);
    owner.barrier();
    assertThat(owner.health()).isEqualTo(Health.READY);
    assertThat(store.status().failingMillis()).isZero();
    assertThat(log.lines())
        .contains(
            "ERROR write failed on purpose; what waits is kept and tried again",
            "INFO the store works again");
  }

  @Test
  void aScanThatCannotBeReadIsAnsweredLater() {
    owner.store(StoreContract.put("a", "1"));
    List<Page> pages = new ArrayList<>();
    disk.failWhen(step -> step > 1);
    owner.call(
        journal -> {
          journal.scan(Bytes.EMPTY, Bytes.EMPTY, 100, pages::add);
          journal.append(StoreContract.put("b", "2"), () -> {});
        });
    disk.awaitFailure();
    disk.failWhen(step -> false);
    owner.barrier();

    assertThat(owner.ask(() -> StoreContract.text(pages.get(0).entries()))).isEqualTo("a=1");
    assertThat(StoreContract.text(owner.scan(Bytes.EMPTY, 100))).isEqualTo("a=1 b=2");
  }

  @Test
  void aScanThatCannotBeReadForLongIsAnsweredWithWhatIsThere() {
    owner.store(StoreContract.put("a", "1"));
    disk.failWhen(step -> step > 1);

    assertThat(StoreContract.text(owner.scan(Bytes.EMPTY, 100))).isEqualTo("a=1");
    assertThat(log.lines()).contains("ERROR read failed on purpose; it is tried again");
    disk.failWhen(step -> false);
  }

  /** Each step of a history fails once, and then also the step after it, and so on. */
  @Test
  void whicheverStepFailsEverythingIsStoredOnceAndInOrder() {
    JournalRecords model = new JournalRecords();
    for (int n = 1; n <= HISTORIES; n++) {
      int first = n;
      Random random = new Random(n);
      int last = first + random.nextInt(3);
      disk.failWhen(step -> step >= first && step <= last);
      play(random, model);
      disk.failWhen(step -> false);
      assertThat(owner.scan(Bytes.EMPTY, 500))
          .describedAs("failures from step %d to %d", first, last)
          .isEqualTo(model.page(Bytes.EMPTY, Bytes.EMPTY, Integer.MAX_VALUE).entries());
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasStoredSurvivesInEveryMode(SyncMode mode) throws StoreException {
    close();
    open(CrashedStore.OPTIONS.withSync(mode).withSyncIntervalMillis(20));
    JournalRecords model = new JournalRecords();
    disk.failWhen(step -> step == 3 || step == 15);
    play(new Random(1), model);
    disk.failWhen(step -> false);
    close();
    open(CrashedStore.OPTIONS);

    assertThat(owner.scan(Bytes.EMPTY, 500))
        .isEqualTo(model.page(Bytes.EMPTY, Bytes.EMPTY, Integer.MAX_VALUE).entries());
  }

  @Test
  void aSyncThatFailsBetweenIsTriedAgain() throws StoreException {
    close();
    open(CrashedStore.OPTIONS.withSync(SyncMode.INTERVAL).withSyncIntervalMillis(1));
    disk.failWhen(step -> step == 3);
    owner.store(StoreContract.put("a", "1"));
    disk.awaitFailure();
    owner.store(StoreContract.put("b", "2"));

    assertThat(StoreContract.text(owner.scan(Bytes.EMPTY, 100))).isEqualTo("a=1 b=2");
    assertThat(log.lines()).contains("INFO the store works again");
  }

  @Test
  void isFullBelowItsReserveAndHasRoomWellAboveIt() {
    disk.usableBytes(999);
    owner.store(StoreContract.put("a", "1"));
    awaitHealth(Health.FULL);
    assertThat(store.status().freeBytes()).isEqualTo(999);
    owner.store(new JournalBatch().delete(Bytes.utf8("a")));

    disk.usableBytes(1100);
    owner.barrier();
    assertThat(owner.health()).isEqualTo(Health.FULL);
    disk.usableBytes(1200);
    awaitHealth(Health.READY);
    assertThat(log.lines())
        .containsSubsequence(
            "ERROR the disk is full: 999 bytes are left, the reserve is 1000; free some",
            "INFO the disk has room again: 1200 bytes");
  }

  @Test
  void closingGivesUpWhatCannotBeStored() throws StoreException {
    close();
    open(CrashedStore.OPTIONS.withCloseMillis(1));
    disk.failWhen(step -> true);
    owner.append(StoreContract.put("a", "1"));
    disk.awaitFailure();
    store.close();

    assertThat(log.lines())
        .last()
        .asString()
        .startsWith("ERROR 1 calls were not stored when the store was closed: ");
  }

  /**
   * Appends and scans at random, and asserts that completions come in order and scans are right.
   */
  private void play(Random random, JournalRecords model) {
    List<Integer> completed = new ArrayList<>();
    int calls = 40;
    CountDownLatch done = new CountDownLatch(calls);
    for (int i = 0; i < calls; i++) {
      int number = i;
      if (random.nextInt(4) == 0) {
        Page expected = model.page(Bytes.EMPTY, Bytes.EMPTY, 200);
        owner.call(
            journal ->
                journal.scan(
                    Bytes.EMPTY,
                    Bytes.EMPTY,
                    200,
                    page -> {
                      completed.add(number);
                      if (!page.equals(expected)) {
                        throw new AssertionError("call " + number + " saw " + page);
                      }
                      done.countDown();
                    }));
      } else {
        JournalBatch batch = randomBatch(random);
        batch.forEach(model);
        owner.call(
            journal ->
                journal.append(
                    batch,
                    () -> {
                      completed.add(number);
                      done.countDown();
                    }));
      }
    }
    owner.barrier();
    assertThat(owner.failures()).isEmpty();
    StoreContract.await(done);
    assertThat(owner.ask(() -> List.copyOf(completed))).hasSize(calls).isSorted();
  }

  private static JournalBatch randomBatch(Random random) {
    JournalBatch batch = new JournalBatch();
    for (int change = random.nextInt(4); change > 0; change--) {
      Bytes key = Bytes.wrap(new byte[] {(byte) random.nextInt(20)});
      switch (random.nextInt(6)) {
        case 0 -> batch.deleteAll(key);
        case 1 -> batch.delete(key);
        default -> batch.put(key, Bytes.wrap(new byte[random.nextInt(50)]));
      }
    }
    return batch;
  }

  /** The store looks at the disk from time to time by itself. */
  private void awaitHealth(Health expected) {
    Until.holds(() -> store.status().health() == expected);
  }
}
