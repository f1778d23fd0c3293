package io.culvert.store;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WALRecoveryMode;

/**
 * Writes all records that can be read to a file, as they are at one moment: also those of a store
 * that is in use, which goes on meanwhile. The format is described at {@link ExportFormat}.
 */
public final class StoreExport {
  /** Sorting may delete a table between the moment when it is listed and when it is opened. */
  private static final int ATTEMPTS = 10;

  private StoreExport() {}

  /**
   * Writes the file, which must not be there yet, whole or not at all.
   *
   * @param log is told of records that cannot be read and are left out
   * @return how many records the file has
   */
  public static long run(Path folder, Path file, StoreLog log) throws StoreException {
    Path store = folder.toAbsolutePath().normalize();
    if (!StoreFolder.isStore(store)) {
      throw new StoreException("there is no store in " + store);
    }
    if (Files.exists(file)) {
      throw new StoreException("%s is there already.\n  Name another file.".formatted(file));
    }
    Path into = file.toAbsolutePath().getParent();
    if (into == null || !Files.isDirectory(into)) {
      throw new StoreException("%s cannot be written: there is no folder %s".formatted(file, into));
    }
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    try {
      NativeLibrary.load();
    } catch (IOException e) {
      throw StoreException.unusable(store, Reasons.text(e), e);
    }
    try {
      long records = write(store, unfinished, new Damages(log, new StoreCounters()));
      Files.move(unfinished, file);
      return records;
    } catch (FileAlreadyExistsException e) {
      throw new StoreException(
          "%s is there already.\n  Delete it, unless another export is under way."
              .formatted(e.getMessage()));
    } catch (IOException e) {
      delete(unfinished);
      throw new StoreException("%s cannot be written: %s".formatted(file, Reasons.text(e)), e);
    } catch (RocksDBException e) {
      delete(unfinished);
      throw StoreException.unusable(store, Reasons.text(e), e);
    }
  }

  private static long write(Path store, Path file, Damages damages)
      throws IOException, RocksDBException {
    try (RocksSettings settings = new RocksSettings(StoreOptions.defaults());
        RocksDB rocks = open(store.resolve(StoreFolder.DATABASE), settings);
        FileChannel channel = create(file);
        OutputStream output = new BufferedOutputStream(Channels.newOutputStream(channel));
        DatabaseCursor cursor = DatabaseCursor.all(rocks, damages)) {
      long records = write(cursor, output);
      output.flush();
      channel.force(true);
      return records;
    }
  }

  private static long write(DatabaseCursor cursor, OutputStream output)
      throws IOException, RocksDBException {
    ExportFormat format = new ExportFormat();
    output.write(ExportFormat.header().getBytes(StandardCharsets.US_ASCII));
    byte[] key;
    while ((key = cursor.key()) != null) {
      byte[] line =
          ExportFormat.record(RecordKey.key(key), cursor.value())
              .getBytes(StandardCharsets.US_ASCII);
      format.add(line);
      output.write(line);
      cursor.next();
    }
    output.write(format.trailer().getBytes(StandardCharsets.US_ASCII));
    return format.records();
  }

  /** All tables are open then, and stay readable when sorting deletes them. */
  private static RocksDB open(Path database, RocksSettings settings) throws RocksDBException {
    settings
        .options()
        .setMaxOpenFiles(-1)
        .setWalRecoveryMode(WALRecoveryMode.SkipAnyCorruptedRecords);
    for (int attempt = 1; ; attempt++) {
      try {
        return RocksDB.openReadOnly(settings.options(), database.toString());
      } catch (RocksDBException e) {
        if (attempt == ATTEMPTS || !Opening.isDamage(e)) {
          throw e;
        }
      }
    }
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        OwnerOnly.fileAttributes(file));
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // Whoever reads the message sees the file.
    }
  }
}
