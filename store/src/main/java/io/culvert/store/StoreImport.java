package io.culvert.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Makes a store from the file of a {@link StoreExport}. The store is there when the whole file was
 * read and its end has said so; else there is none.
 */
public final class StoreImport {
  private static final int BATCH_BYTES = 1 << 20;

  private StoreImport() {}

  /**
   * Reads the file into a folder in which there is no store yet, or one without records.
   *
   * @return how many records there were
   */
  public static long run(Path folder, Path file) throws StoreException {
    try (ClosedStore closed = ClosedStore.make(folder)) {
      Path store = closed.folder();
      makeRoom(store);
      long records = read(file, store.resolve(Rebuild.UNFINISHED));
      FormatFile.write(store);
      Rebuild.complete(store);
      return records;
    } catch (IOException e) {
      throw new StoreException(
          "%s cannot be imported into %s: %s".formatted(file, folder, Reasons.text(e)), e);
    } catch (RocksDBException e) {
      throw new StoreException(
          "%s cannot be imported into %s: %s".formatted(file, folder, e.getMessage()), e);
    }
  }

  private static void makeRoom(Path store) throws IOException, RocksDBException, StoreException {
    Path database = store.resolve(StoreFolder.DATABASE);
    if (Files.exists(store.resolve(Rebuild.COMPLETE)) || !isEmpty(database)) {
      throw new StoreException(
          """
          there are records in %s already.
            Name another folder, or move that one away."""
              .formatted(store));
    }
    if (Files.exists(database)) {
      Folders.delete(database);
    }
    if (Files.exists(store.resolve(Rebuild.UNFINISHED))) {
      Folders.delete(store.resolve(Rebuild.UNFINISHED));
    }
    Files.deleteIfExists(store.resolve(FileNotes.NAME));
  }

  private static boolean isEmpty(Path database) throws IOException, RocksDBException {
    if (!Files.exists(database) || DatabaseFiles.list(database).isEmpty()) {
      return true;
    }
    Damages damages = new Damages(StoreLog.SILENT, new StoreCounters());
    try (RocksSettings settings = new RocksSettings(StoreOptions.defaults());
        RocksDB rocks = RocksDB.openReadOnly(settings.options(), database.toString());
        DatabaseCursor records = DatabaseCursor.all(rocks, damages)) {
      return records.key() == null && damages.isEmpty();
    }
  }

  private static long read(Path file, Path database)
      throws IOException, RocksDBException, StoreException {
    boolean isWhole = false;
    try (Lines lines = new Lines(Files.newBufferedReader(file, StandardCharsets.ISO_8859_1));
        RocksSettings settings = new RocksSettings(StoreOptions.defaults());
        RocksDB rocks = RocksDB.open(settings.options(), database.toString())) {
      long records = read(file, lines, rocks);
      isWhole = true;
      return records;
    } finally {
      if (!isWhole && Files.exists(database)) {
        Folders.delete(database);
      }
    }
  }

  private static long read(Path file, Lines lines, RocksDB rocks)
      throws IOException, RocksDBException, StoreException {
    ExportFormat format = new ExportFormat();
    long number = 1;
    try (WriteBatch batch = new WriteBatch();
        WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
        FlushOptions flush = new FlushOptions()) {
      String line = lines.next();
      ExportFormat.checkHeader(line == null ? "" : line);
      while ((line = lines.next()) != null && !ExportFormat.isTrailer(line)) {
        number++;
        var record = ExportFormat.parseRecord(line);
        format.add(line.getBytes(StandardCharsets.ISO_8859_1));
        batch.put(RecordKey.of(record.key()), record.value().toByteArray());
        if (batch.getDataSize() >= BATCH_BYTES) {
          rocks.write(unlogged, batch);
          batch.clear();
        }
      }
      number++;
      checkEnd(line, lines.next(), format);
      rocks.write(unlogged, batch);
      rocks.flush(flush);
      return format.records();
    } catch (StoreException e) {
      throw new StoreException(
          "%s cannot be imported: line %d %s.\n  Nothing was changed."
              .formatted(file, number, e.getMessage()));
    }
  }

  private static void checkEnd(@Nullable String line, @Nullable String behind, ExportFormat format)
      throws StoreException {
    if (line == null) {
      throw new StoreException("is missing: the file is cut");
    }
    if (!line.equals(format.trailer())) {
      throw new StoreException(
          "does not fit to what is before it: the file is damaged; expected "
              + format.trailer().strip());
    }
    if (behind != null) {
      throw new StoreException("is followed by something");
    }
  }

  /** Lines with their ends: one that is cut has none. */
  private record Lines(BufferedReader reader) implements AutoCloseable {
    @Nullable String next() throws IOException {
      StringBuilder line = new StringBuilder();
      int next;
      while ((next = reader.read()) >= 0) {
        line.append((char) next);
        if (next == '\n') {
          return line.toString();
        }
      }
      return line.isEmpty() ? null : line.toString();
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
