package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.Journal.Health;
import io.culvert.engine.JournalBatch;
import io.culvert.engine.testkit.Programs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk of a few megabytes that is really full. */
class FullDiskTest {
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withWriteBufferBytes(256 << 10).withReserveBytes(2 << 20);

  @TempDir private Path temp;
  private final CollectingLog log = new CollectingLog();
  private Path disk;
  private boolean isMounted;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(temp.resolve("disk"));
    String problem =
        Programs.run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk.toString());
    isMounted = problem.isEmpty();
    Programs.need("mount (tmpfs, by root)", problem);
  }

  @AfterEach
  void unmount() throws Exception {
    if (isMounted) {
      assertThat(Programs.run("umount", disk.toString())).isEmpty();
    }
  }

  @Test
  void saysFullBeforeItIsAndGoesOnWithDeletes() throws Exception {
    Random random = new Random(1);
    try (Store store = RocksStore.open(disk.resolve("store"), OPTIONS, log);
        Owner owner = new Owner(store)) {
      int records = 0;
      while (owner.health() == Health.READY) {
        owner.store(new JournalBatch().put(key(records++), value(random)));
      }
      assertThat(owner.health()).isEqualTo(Health.FULL);
      assertThat(owner.scan(Bytes.EMPTY, 64 << 10)).hasSize(records);

      for (int i = 0; i < records; i++) {
        owner.append(new JournalBatch().delete(key(i)));
      }
      owner.barrier();
      assertThat(owner.scan(Bytes.EMPTY, 64 << 10)).isEmpty();
      assertThat(store.status().failures()).isZero();
    }
  }

  @Test
  void withoutAnyRoomNothingIsStoredAndWithRoomEverythingIs() throws Exception {
    Random random = new Random(1);
    Path ballast = disk.resolve("ballast");
    int before = 100;
    int after = 2000;
    CountDownLatch stored = new CountDownLatch(after);
    try (Store store = RocksStore.open(disk.resolve("store"), OPTIONS, log);
        Owner owner = new Owner(store)) {
      for (int i = 0; i < before; i++) {
        owner.store(new JournalBatch().put(key(i), value(random)));
      }
      fill(ballast);
      for (int i = 0; i < after; i++) {
        JournalBatch batch = new JournalBatch().put(key(before + i), value(random));
        owner.call(journal -> journal.append(batch, stored::countDown));
      }
      Until.holds(() -> store.status().health() == Health.FAILING);
      assertThat(stored.getCount()).isPositive();
      assertThat(store.status().problem()).contains("No space left on device");

      Files.delete(ballast);
      StoreContract.await(stored);
      assertThat(owner.scan(Bytes.EMPTY, 64 << 10)).hasSize(before + after);
    }
    try (Store store = RocksStore.open(disk.resolve("store"), OPTIONS, log);
        Owner owner = new Owner(store)) {
      assertThat(owner.scan(Bytes.EMPTY, 64 << 10)).hasSize(before + after);
      assertThat(store.status().damages()).isZero();
    }
  }

  private static Bytes key(int number) {
    return Bytes.utf8("%08d".formatted(number));
  }

  private static Bytes value(Random random) {
    byte[] value = new byte[1000];
    random.nextBytes(value);
    return Bytes.wrap(value);
  }

  /** Up to the last byte. */
  private static void fill(Path file) throws IOException {
    byte[] block = new byte[4096];
    try (OutputStream output = Files.newOutputStream(file)) {
      while (true) {
        output.write(block);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }
}
