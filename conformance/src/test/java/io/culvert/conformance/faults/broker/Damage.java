package io.culvert.conformance.faults.broker;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What can become of the files of a store while no process has them open. */
public enum Damage {
  BIT_FLIPPED {
    @Override
    String damage(List<Path> files, Random random) throws IOException {
      Path file = any(files, random);
      try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
        long at = random.nextLong(access.length());
        int bit = random.nextInt(8);
        access.seek(at);
        int value = access.read();
        access.seek(at);
        access.write(value ^ 1 << bit);
        return file.getFileName() + ", bit " + bit + " of byte " + at;
      }
    }
  },
  TRUNCATED {
    @Override
    String damage(List<Path> files, Random random) throws IOException {
      Path file = any(files, random);
      try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
        long was = access.length();
        access.setLength(random.nextLong(was));
        return file.getFileName() + ", " + access.length() + " of " + was + " bytes are left";
      }
    }
  },
  PAGE_ZEROED {
    @Override
    String damage(List<Path> files, Random random) throws IOException {
      Path file = any(files, random);
      try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
        long page = random.nextLong((access.length() + PAGE_BYTES - 1) / PAGE_BYTES);
        access.seek(page * PAGE_BYTES);
        access.write(new byte[(int) Math.min(PAGE_BYTES, access.length() - page * PAGE_BYTES)]);
        return file.getFileName() + ", page " + page;
      }
    }
  },
  DELETED {
    @Override
    String damage(List<Path> files, Random random) throws IOException {
      Path file = any(files, random);
      Files.delete(file);
      return file.getFileName().toString();
    }
  },
  SWAPPED {
    @Override
    String damage(List<Path> files, Random random) throws IOException {
      Path one = any(files, random);
      List<Path> others = new ArrayList<>(files);
      others.remove(one);
      Path other = any(others, random);
      Path between = one.resolveSibling("between");
      Files.move(one, between);
      Files.move(other, one);
      Files.move(between, other);
      return one.getFileName() + " and " + other.getFileName();
    }
  };

  private static final int PAGE_BYTES = 4096;

  /**
   * Damages what is in a folder.
   *
   * @return what it has done
   */
  public String to(Path folder, Random random) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return damage(all.filter(Damage::isContent).sorted().toList(), random);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  abstract String damage(List<Path> files, Random random) throws IOException;

  private static Path any(List<Path> files, Random random) {
    return files.get(random.nextInt(files.size()));
  }

  /** Not what is only written, for people and for locking. */
  private static boolean isContent(Path file) {
    String name = String.valueOf(file.getFileName());
    try {
      return Files.isRegularFile(file)
          && Files.size(file) > 0
          && !name.startsWith("LOG")
          && !name.equalsIgnoreCase("lock");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
