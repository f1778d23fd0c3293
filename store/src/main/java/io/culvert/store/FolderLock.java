package io.culvert.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A folder is used by one process at a time: its file {@code lock} is locked and names that
 * process. The system frees the lock when the process ends in whatever way.
 */
final class FolderLock implements AutoCloseable {
  private static final String NAME = "lock";

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  static FolderLock take(Path folder) throws IOException, StoreException {
    Path file = folder.resolve(NAME);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean isLocked = false;
    try {
      isLocked = tryLock(channel);
      if (!isLocked) {
        throw new StoreException(
            """
            the store %s is in use by %s.
              Stop that one, or give this one a folder of its own."""
                .formatted(folder, holder(file)));
      }
      String text = WallClock.processText();
      channel.truncate(0).write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      return new FolderLock(channel);
    } finally {
      if (!isLocked) {
        channel.close();
      }
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // The system frees the lock with the process.
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // held within this process
    }
  }

  private static String holder(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "another process";
    }
  }
}
