package io.culvert.store;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/** The bytes of all files in a folder, looked at once a second at most. */
final class FolderSize {
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Path folder;
  private boolean isKnown;
  private long lookedAtNanos;
  private long bytes;

  FolderSize(Path folder) {
    this.folder = folder;
  }

  synchronized long bytes() {
    long now = System.nanoTime();
    if (!isKnown || now - lookedAtNanos >= LOOK_NANOS) {
      bytes = of(folder);
      lookedAtNanos = now;
      isKnown = true;
    }
    return bytes;
  }

  /** Files that come and go meanwhile count or do not. */
  static long of(Path folder) {
    long[] sum = {0};
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              sum[0] += attributes.size();
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      return sum[0];
    }
    return sum[0];
  }
}
