package io.culvert.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * RocksDB's library. It comes out of the jar as a file, which is deleted as soon as it is loaded
 * where the system allows that: a process that is killed leaves nothing behind.
 */
final class NativeLibrary {
  private NativeLibrary() {}

  /** Does nothing when it is loaded already. */
  static void load() throws IOException, StoreException {
    Path folder = Files.createTempDirectory("culvert-store-");
    try {
      NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
      RocksDB.loadLibrary();
    } catch (RuntimeException | LinkageError e) {
      throw new StoreException(
          """
          RocksDB's library cannot be loaded on %s %s: %s.
            Build Culvert on this machine, or take a release; and if %s does not allow programs,
            name another folder with -Djava.io.tmpdir."""
              .formatted(
                  System.getProperty("os.name"),
                  System.getProperty("os.arch"),
                  e.getMessage(),
                  folder.getParent()),
          e);
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      // Windows keeps a library that is in use; the JVM deletes it at the end.
    }
  }
}
