package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.engine.Journal.Entry;
import io.culvert.engine.JournalBatch;
import io.culvert.engine.JournalRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store promises, on disk and in memory. */
abstract class StoreContract {
  private Store store;
  private Owner owner;

  /** A store without records. */
  abstract Store open() throws Exception;

  @BeforeEach
  void start() throws Exception {
    store = open();
    owner = new Owner(store);
  }

  @AfterEach
  void stop() {
    store.close();
    owner.close();
  }

  final Store store() {
    return store;
  }

  final Owner owner() {
    return owner;
  }

  @Test
  void completesInTheOrderOfTheCalls() {
    List<String> seen = new ArrayList<>();
    owner.call(
        journal -> {
          journal.append(put("a", "1"), () -> seen.add("first"));
          journal.scan(Bytes.EMPTY, Bytes.EMPTY, 100, page -> seen.add(text(page.entries())));
          journal.append(put("b", "2"), () -> seen.add("second"));
          journal.scan(Bytes.EMPTY, Bytes.EMPTY, 100, page -> seen.add(text(page.entries())));
          journal.append(new JournalBatch(), () -> seen.add("barrier"));
          assertThat(seen).isEmpty();
        });
    owner.barrier();

    assertThat(owner.ask(() -> List.copyOf(seen)))
        .containsExactly("first", "a=1", "second", "a=1 b=2", "barrier");
  }

  @Test
  void whatACompletionCallsComesLater() {
    CountDownLatch done = new CountDownLatch(1);
    List<String> seen = new ArrayList<>();
    owner.call(
        journal ->
            journal.append(
                put("a", "1"),
                () -> {
                  journal.append(put("b", "2"), done::countDown);
                  seen.add("first");
                }));

    await(done);
    assertThat(owner.ask(() -> List.copyOf(seen))).containsExactly("first");
    assertThat(text(owner.scan(Bytes.EMPTY, 100))).isEqualTo("a=1 b=2");
  }

  @Test
  void aCompletionThatFailsHoldsNobodyUp() {
    CountDownLatch done = new CountDownLatch(1);
    owner.call(
        journal -> {
          journal.append(
              put("a", "1"),
              () -> {
                throw new IllegalStateException("thrown on purpose");
              });
          journal.append(put("b", "2"), done::countDown);
        });

    await(done);
    assertThat(owner.failures()).containsExactly("thrown on purpose");
  }

  @Test
  void theLaterOfTwoChangesOfOneKeyCounts() {
    owner.store(
        new JournalBatch()
            .put(key("a"), key("1"))
            .put(key("b"), key("2"))
            .put(key("c1"), key("3"))
            .delete(key("a"))
            .deleteAll(key("c"))
            .put(key("c2"), key("4")));

    assertThat(text(owner.scan(Bytes.EMPTY, 100))).isEqualTo("b=2 c2=4");
  }

  @Test
  void aPrefixDoesNotReachItsNeighbours() {
    JournalBatch batch = new JournalBatch();
    List.of("a", "a/1", "a/2", "a0", "b").forEach(k -> batch.put(key(k), key("v")));
    owner.store(batch);

    assertThat(text(owner.scan(key("a/"), 100))).isEqualTo("a/1=v a/2=v");
    assertThat(owner.scan(key("c"), 100)).isEmpty();
  }

  @Test
  void aPrefixOfTheGreatestBytesIsOneToo() {
    Bytes greatest = Bytes.hex("ffff");
    owner.store(
        new JournalBatch()
            .put(Bytes.hex("fffe"), key("kept"))
            .put(greatest, key("1"))
            .put(Bytes.hex("ffffffffffffffff00"), key("2")));
    assertThat(owner.scan(greatest, 1)).hasSize(2);

    owner.store(new JournalBatch().deleteAll(greatest));
    assertThat(owner.scan(Bytes.EMPTY, 100))
        .containsExactly(new Entry(Bytes.hex("fffe"), key("kept")));
  }

  @Test
  void keysAndValuesThatAreViewsAreStoredAsTheyAre() {
    Bytes text = key("keyvalue");
    owner.store(new JournalBatch().put(text.slice(0, 3), text.slice(3, 8)).put(key("k"), key("")));

    assertThat(text(owner.scan(Bytes.EMPTY, 100))).isEqualTo("k= key=value");
  }

  @Test
  void aRecordThatIsLargerThanThePageStillComes() {
    owner.store(
        new JournalBatch().put(key("a"), Bytes.wrap(new byte[1000])).put(key("b"), key("1")));

    assertThat(owner.scan(Bytes.EMPTY, 1)).hasSize(2);
  }

  @Test
  void whatOneThreadHasAppendedIsStoredBeforeWhatAnotherAppendsAfterwards() {
    int rounds = 200;
    try (Owner other = new Owner(store)) {
      for (int i = 0; i < rounds; i++) {
        Bytes value = key("" + i);
        CountDownLatch stored = new CountDownLatch(2);
        owner.call(
            journal -> {
              journal.append(new JournalBatch().put(key("a"), value), stored::countDown);
              other.call(
                  theirs -> theirs.append(new JournalBatch().delete(key("a")), stored::countDown));
            });
        await(stored);
        assertThat(other.scan(Bytes.EMPTY, 100)).isEmpty();
      }
    }
  }

  @Test
  void storesWhatManyThreadsAppendAtOnce() {
    int threads = 4;
    int batches = 2000;
    CountDownLatch stored = new CountDownLatch(threads * batches);
    List<Owner> owners = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      owners.add(new Owner(store));
    }
    for (int batch = 0; batch < batches; batch++) {
      for (int thread = 0; thread < threads; thread++) {
        JournalBatch each = put("%d/%05d".formatted(thread, batch), "v");
        owners.get(thread).call(journal -> journal.append(each, stored::countDown));
      }
    }
    await(stored);

    assertThat(owner.scan(Bytes.EMPTY, 10_000)).hasSize(threads * batches);
    StoreStatus status = store.status();
    assertThat(status.storedBatches()).isEqualTo(threads * batches);
    assertThat(status.storedBytes()).isEqualTo(threads * batches * 8L);
    assertThat(status.waitingBatches()).isZero();
    assertThat(status.waitingBytes()).isZero();
    assertThat(status.problem()).isEmpty();
    owners.forEach(Owner::close);
  }

  @Test
  void agreesWithAModelHoweverItIsPaged() {
    for (long seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      JournalRecords model = new JournalRecords();
      JournalBatch clear = new JournalBatch();
      for (int i = 0; i < 256; i++) {
        clear.deleteAll(Bytes.wrap(new byte[] {(byte) i}));
      }
      owner.store(clear);
      for (int i = 0; i < 30; i++) {
        JournalBatch batch = randomBatch(random);
        batch.forEach(model);
        owner.append(batch);
      }
      Bytes prefix = randomBytes(random, random.nextInt(2));

      assertThat(owner.scan(prefix, 1 + random.nextInt(100)))
          .describedAs("seed %d", seed)
          .isEqualTo(model.page(prefix, Bytes.EMPTY, Integer.MAX_VALUE).entries());
    }
  }

  @Test
  void nothingComesAfterTheEnd() {
    store.close();
    AtomicLong completions = new AtomicLong();
    owner.call(
        journal -> {
          journal.append(put("a", "1"), completions::incrementAndGet);
          journal.scan(Bytes.EMPTY, Bytes.EMPTY, 1, page -> completions.incrementAndGet());
        });
    store.close();

    owner.ask(() -> "all that was due is run");
    assertThat(completions).hasValue(0);
  }

  @Test
  void isReady() {
    assertThat(owner.health()).isEqualTo(Journal.Health.READY);
    assertThat(store.status().health()).isEqualTo(Journal.Health.READY);
    assertThat(store.status().freeBytes()).isPositive();
  }

  static JournalBatch put(String key, String value) {
    return new JournalBatch().put(key(key), key(value));
  }

  static Bytes key(String text) {
    return Bytes.utf8(text);
  }

  static String text(List<Entry> entries) {
    StringBuilder text = new StringBuilder();
    for (Entry entry : entries) {
      text.append(text.isEmpty() ? "" : " ")
          .append(entry.key().toUtf8())
          .append('=')
          .append(entry.value().toUtf8());
    }
    return text.toString();
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JournalBatch randomBatch(Random random) {
    JournalBatch batch = new JournalBatch();
    for (int change = random.nextInt(5); change > 0; change--) {
      Bytes key = randomBytes(random, 1 + random.nextInt(2));
      switch (random.nextInt(12)) {
        case 0 -> batch.deleteAll(key);
        case 1, 2, 3 -> batch.delete(key);
        default -> batch.put(key, randomBytes(random, random.nextInt(20)));
      }
    }
    return batch;
  }

  /** Few different bytes, so that keys collide, with the sign bit among them. */
  private static Bytes randomBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (random.nextInt(4) * 0x55);
    }
    return Bytes.wrap(bytes);
  }
}
