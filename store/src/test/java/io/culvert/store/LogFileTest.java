package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

class LogFileTest {
  @Property(tries = 200)
  void readsWhatWasWritten(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    List<byte[]> records = records(random, 1 + random.nextInt(20), 20_000);
    Path file = write(records);

    List<byte[]> read = new ArrayList<>();
    LogFile content = LogFile.read(file, read::add);
    assertThat(read).usingElementComparator(Arrays::compare).isEqualTo(records);
    assertThat(content)
        .isEqualTo(new LogFile(Files.size(file), records.size(), List.of(), Files.size(file)));
    Files.delete(file);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 6, 7, 8, 100})
  void whateverIsLeftOfABlockIsNoDamage(int left) throws IOException {
    List<byte[]> records =
        List.of(new byte[LogFile.BLOCK_BYTES - LogFile.HEADER_BYTES - left], new byte[100]);
    Path file = write(records);

    List<byte[]> read = new ArrayList<>();
    LogFile content = LogFile.read(file, read::add);
    assertThat(read).usingElementComparator(Arrays::compare).isEqualTo(records);
    assertThat(content).isEqualTo(new LogFile(Files.size(file), 2, List.of(), Files.size(file)));
    Files.delete(file);
  }

  /** Records of up to one block, so that a damage of one byte hits one record. */
  @Property(tries = 500)
  void oneByteCostsOneRecord(@ForAll long seed, @ForAll @IntRange(min = 1, max = 255) int change)
      throws IOException {
    Random random = new Random(seed);
    List<byte[]> records = records(random, 2 + random.nextInt(50), 1000);
    Path file = write(records);
    byte[] bytes = Files.readAllBytes(file);
    int at = random.nextInt(bytes.length);
    bytes[at] ^= (byte) change;
    Files.write(file, bytes);

    List<byte[]> read = new ArrayList<>();
    LogFile content = LogFile.read(file, read::add);
    assertThat(records).usingElementComparator(Arrays::compare).containsSubsequence(read);
    assertThat(read.size()).isBetween(records.size() - 1, records.size());
    if (read.size() < records.size()) {
      boolean isLast = Arrays.equals(read.get(read.size() - 1), records.get(read.size() - 1));
      assertThat(content.damages()).hasSize(isLast ? 0 : 1);
      assertThat(content.isTorn()).isEqualTo(isLast);
      content
          .damages()
          .forEach(damage -> assertThat(at).isBetween((int) damage.from(), (int) damage.to()));
    }
    Files.delete(file);
  }

  @Property(tries = 200)
  void whatIsCutOffIsTorn(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    List<byte[]> records = records(random, 1 + random.nextInt(20), 20_000);
    Path file = write(records);
    byte[] bytes = Files.readAllBytes(file);
    int length = random.nextInt(bytes.length);
    Files.write(file, Arrays.copyOf(bytes, length));

    List<byte[]> read = new ArrayList<>();
    LogFile content = LogFile.read(file, read::add);
    assertThat(read)
        .usingElementComparator(Arrays::compare)
        .isEqualTo(records.subList(0, read.size()));
    assertThat(content.damages()).isEmpty();
    assertThat(content.bytes()).isEqualTo(length);
    Files.delete(file);
  }

  @Test
  void whatIsReservedAndNotWrittenIsNoDamage() throws IOException {
    List<byte[]> records = records(new Random(1), 10, 10_000);
    Path file = write(records);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 100_000));

    LogFile content = LogFile.read(file);
    assertThat(content.records()).isEqualTo(10);
    assertThat(content.damages()).isEmpty();
    assertThat(content.isTorn()).isFalse();
    Files.delete(file);
  }

  @Test
  void garbageIsNoRecord() throws IOException {
    byte[] garbage = new byte[300_000];
    new Random(1).nextBytes(garbage);
    Path file = Files.createTempFile("log", ".log");
    Files.write(file, garbage);

    assertThat(LogFile.read(file)).isEqualTo(new LogFile(garbage.length, 0, List.of(), 0));
    Files.delete(file);
  }

  @Test
  void readsWhatRocksDbWrites(@TempDir Path folder) throws Exception {
    NativeLibrary.load();
    try (Options options = new Options().setCreateIfMissing(true);
        RocksDB rocks = RocksDB.open(options, folder.toString())) {
      for (int i = 0; i < 100; i++) {
        rocks.put(new byte[] {(byte) i}, new byte[i * 1000]);
      }
      DatabaseFiles files = DatabaseFiles.list(folder);
      assertThat(LogFile.read(files.logs().get(0)).records()).isEqualTo(100);
      LogFile manifest = LogFile.read(files.manifests().get(0));
      assertThat(manifest.records()).isPositive();
      assertThat(manifest.damages()).isEmpty();
      assertThat(manifest.isTorn()).isFalse();
    }
  }

  private static List<byte[]> records(Random random, int count, int maximumBytes) {
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] record = new byte[1 + random.nextInt(maximumBytes)];
      random.nextBytes(record);
      records.add(record);
    }
    return records;
  }

  private static Path write(List<byte[]> records) throws IOException {
    Path file = Files.createTempFile("log", ".log");
    try (LogFileWriter writer = LogFileWriter.open(file)) {
      for (byte[] record : records) {
        writer.record(record);
      }
    }
    return file;
  }
}
