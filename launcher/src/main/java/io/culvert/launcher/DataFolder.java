package io.culvert.launcher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The folder for everything that is kept, held by one process: its file {@code lock} is locked and
 * names that process. The system frees the lock when the process ends in whatever way.
 */
final class DataFolder implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;

  private DataFolder(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** Creates it with mode 0700 where it does not exist. */
  static DataFolder open(Path folder) throws StartException {
    Path path = folder.toAbsolutePath().normalize();
    FileChannel channel = null;
    boolean locked = false;
    try {
      Files.createDirectories(path, OwnerOnly.attributes("rwx------"));
      Path lockFile = path.resolve("lock");
      channel =
          FileChannel.open(
              lockFile,
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      locked = tryLock(channel);
      if (!locked) {
        throw StartException.failure(
            """
            the data folder %s is in use by %s.
              Stop that one, or give this one its own folder: --data OTHER"""
                .formatted(path, holder(lockFile)));
      }
      String processId = ProcessHandle.current().pid() + "\n";
      channel.truncate(0).write(ByteBuffer.wrap(processId.getBytes(StandardCharsets.UTF_8)));
      return new DataFolder(path, channel);
    } catch (IOException e) {
      throw StartException.failure(
          """
          the data folder %s cannot be used: %s.
            Choose another one: --data OTHER"""
              .formatted(path, reason(e)));
    } finally {
      if (!locked && channel != null) {
        closeQuietly(channel);
      }
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // held within this process
    }
  }

  private static String holder(Path lockFile) {
    try {
      return "process " + Files.readString(lockFile).strip();
    } catch (IOException e) {
      return "another process";
    }
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "no permission for " + e.getMessage();
    }
    if (e instanceof FileAlreadyExistsException) {
      return e.getMessage() + " is a file";
    }
    return Reason.ofFile(e);
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The process is about to end; the system frees the lock.
    }
  }
}
