package io.culvert.benchmarks;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal;
import io.culvert.engine.JournalBatch;
import io.culvert.store.RocksStore;
import io.culvert.store.Store;
import io.culvert.store.StoreException;
import io.culvert.store.StoreLog;
import io.culvert.store.StoreOptions;
import io.culvert.store.SyncMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a record of 200 bytes cost that is stored and soon deleted, in batches of one, ten and
 * a hundred of them, of which a thousand records wait at once? Per record, with the sync or
 * without. The store is in the folder for temporary files.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // JMH calls open before anything else
public class StoreBenchmark {
  private static final int RECORDS = 1000;
  private static final int KEY_BYTES = 18;
  private static final int VALUE_BYTES = 182;

  /** So many records later it is deleted. */
  private static final long LIFETIME = 10_000;

  @Param({"1", "10", "100"})
  public int recordsPerBatch;

  @Param({"ALWAYS", "NEVER"})
  public SyncMode sync = SyncMode.ALWAYS;

  private final ExecutorService owner = Executors.newSingleThreadExecutor();
  private final Bytes value = randomValue();
  private Path folder = Path.of("");
  private Store store;
  private Journal journal;
  private long next;

  @Setup(Level.Trial)
  public void open() throws IOException, StoreException {
    folder = Files.createTempDirectory("culvert-store-benchmark");
    store = RocksStore.open(folder, StoreOptions.defaults().withSync(sync), StoreLog.SILENT);
    journal = store.journal(owner);
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    store.close();
    owner.shutdown();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
        Files.delete(file);
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(RECORDS)
  public void storeAndDelete() throws InterruptedException {
    CountDownLatch stored = new CountDownLatch(RECORDS / recordsPerBatch);
    owner.execute(
        () -> {
          for (int i = 0; i < RECORDS / recordsPerBatch; i++) {
            journal.append(batch(), stored::countDown);
          }
        });
    stored.await();
  }

  private JournalBatch batch() {
    JournalBatch batch = new JournalBatch();
    for (int i = 0; i < recordsPerBatch; i++) {
      batch.put(key(next), value).delete(key(next - LIFETIME));
      next++;
    }
    return batch;
  }

  /** As of a message in a queue: what is the same for all, and its number. */
  private static Bytes key(long number) {
    return Bytes.wrap(ByteBuffer.allocate(KEY_BYTES).putLong(KEY_BYTES - 8, number).array());
  }

  private static Bytes randomValue() {
    byte[] bytes = new byte[VALUE_BYTES];
    new Random(1).nextBytes(bytes);
    return Bytes.wrap(bytes);
  }
}
