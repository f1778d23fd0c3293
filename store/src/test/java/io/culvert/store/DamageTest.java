package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Each file of a store is damaged in each way: it opens, and loses only what it says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamageTest {
  private static final int FLIPS = 3;

  private Path temp;
  private CrashedStore crashed;
  private int copies;

  @BeforeAll
  void make(@TempDir(factory = MemoryFolder.class) Path folder) throws Exception {
    temp = folder;
    crashed = CrashedStore.make(temp.resolve("crashed"));
    assertThat(crashed.files())
        .filteredOn(name -> name.endsWith(".sst"))
        .describedAs("tables to damage")
        .hasSizeGreaterThan(2);
    assertThat(crashed.files())
        .filteredOn(name -> name.endsWith(".log"))
        .describedAs("logs to damage")
        .isNotEmpty();
  }

  @Test
  void withoutDamageNothingIsMissing() throws Exception {
    assertThat(crashed.check(copy(), "no damage")).isZero();
  }

  @Test
  void everyFileCanBeDeleted() throws Exception {
    for (String name : crashed.files()) {
      Path folder = copy();
      Files.delete(folder.resolve(name));
      crashed.check(folder, "deleted " + name);
    }
  }

  @Test
  void everyFileCanBeEmptyOrCut() throws Exception {
    for (String name : crashed.files()) {
      for (int part : new int[] {0, 50, 99}) {
        Path folder = copy();
        Path file = folder.resolve(name);
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
          access.setLength(access.length() * part / 100);
        }
        String how = "%s cut to %d %%".formatted(name, part);
        crashed.check(folder, how);
      }
    }
  }

  @Test
  void everyFileCanHaveAFlippedBit() throws Exception {
    Random random = new Random(1);
    for (String name : crashed.files()) {
      for (int i = 0; i < FLIPS; i++) {
        Path folder = copy();
        Path file = folder.resolve(name);
        long length = Files.size(file);
        if (length == 0) {
          continue;
        }
        long at = i < 2 ? length * i / 2 : (long) (random.nextDouble() * length);
        flip(file, at, random.nextInt(8));
        String how = "a flipped bit at %d of %d in %s".formatted(at, length, name);
        crashed.check(folder, how);
      }
    }
  }

  @Test
  void everyFileCanHaveAZeroedPage() throws Exception {
    for (String name : crashed.files()) {
      Path folder = copy();
      Path file = folder.resolve(name);
      long length = Files.size(file);
      for (long page = 0; page < length; page += 32 << 10) {
        Path each = page == 0 ? folder : copy();
        zero(each.resolve(name), page, 4096);
        String how = "a zeroed page at %d of %d in %s".formatted(page, length, name);
        crashed.check(each, how);
      }
    }
  }

  @Test
  void filesCanBeSwapped() throws Exception {
    List<String> names = crashed.files();
    for (int i = 1; i < names.size(); i++) {
      Path folder = copy();
      Path one = folder.resolve(names.get(i - 1));
      Path other = folder.resolve(names.get(i));
      Path between = folder.resolve("between");
      Files.move(one, between);
      Files.move(other, one);
      Files.move(between, other);
      String how = "swapped %s and %s".formatted(names.get(i - 1), names.get(i));
      crashed.check(folder, how);
    }
  }

  private Path copy() throws IOException {
    return crashed.copyTo(temp.resolve("copy-" + ++copies));
  }

  static void flip(Path file, long at, int bit) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(at);
      int old = access.read();
      access.seek(at);
      access.write(old ^ (1 << bit));
    }
  }

  private static void zero(Path file, long at, int bytes) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(at);
      access.write(new byte[(int) Math.min(bytes, access.length() - at)]);
    }
  }
}
