package io.culvert.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;

/**
 * Sees to it that a database which is about to be opened names a whole manifest, and that this
 * lists only tables that are there and can be opened: RocksDB refuses a database in which one is
 * missing.
 *
 * <p>When nothing whole is left, all tables are listed in a new manifest, in the level in which
 * they may overlap. Which of two records of a key is newer stands in the tables themselves, as long
 * as they are sorted together next.
 */
final class ManifestRepair {
  private final Path database;
  private final RocksSettings settings;
  private final FileNotes notes;
  private final Findings findings;
  private boolean isRebuilt;
  private long logNumber;

  ManifestRepair(Path database, RocksSettings settings, FileNotes notes, Findings findings) {
    this.database = database;
    this.settings = settings;
    this.notes = notes;
    this.findings = findings;
  }

  void run() throws IOException {
    DatabaseFiles files = DatabaseFiles.list(database);
    if (files.isEmpty()) {
      return;
    }
    Path manifest = files.currentManifest();
    if (manifest == null) {
      manifest = newestWhole(files.manifests());
      findings.damaged(
          files.current()
              + (Files.exists(files.current())
                  ? " names no manifest that is there"
                  : " is missing"));
      if (manifest != null) {
        name(manifest);
      }
    }
    if (manifest == null) {
      rebuild();
    } else if (!isWhole(manifest) || notes.isManifestCut()) {
      findings.damaged(manifest + " is damaged");
      rebuild();
    } else {
      Manifest content = Manifest.read(manifest);
      if (content != null) {
        logNumber = content.logNumber();
        lookAtTables(manifest, content);
      }
    }
  }

  /** Whether all tables have to be sorted together before anything else is done. */
  boolean isRebuilt() {
    return isRebuilt;
  }

  /** Logs with lesser numbers do not count. */
  long logNumber() {
    return logNumber;
  }

  /** From all tables that are there. */
  void rebuild() throws IOException {
    DatabaseFiles files = DatabaseFiles.list(database);
    Path named = files.currentManifest();
    Manifest known = named == null ? null : Manifest.read(named);
    long lastSequence = WallClock.sequenceBeyondAll();
    ManifestEdit edit =
        new ManifestEdit()
            .comparator()
            .logNumber(0)
            .nextFileNumber(files.greatestNumber() + 2)
            .lastSequence(lastSequence);
    int usable = 0;
    for (Path file : files.tables()) {
      long number = DatabaseFiles.number(file);
      String problem = problem(file, settings);
      if (problem != null) {
        findings.aside().move(file);
        findings.damaged("%s cannot be used: %s".formatted(file, problem));
      } else if (known == null || !known.isRemoved(number)) {
        edit.added(new Manifest.Table(0, number, Files.size(file)), lastSequence);
        usable++;
      }
    }
    for (Path manifest : files.manifests()) {
      findings.aside().move(manifest);
    }
    write(files, List.of(edit.toByteArray()));
    isRebuilt = true;
    logNumber = 0;
    findings.warn(
        "%d tables are listed in a new manifest of %s; records may be there again that were deleted"
            .formatted(usable, database));
  }

  private static @Nullable Path newestWhole(List<Path> manifests) throws IOException {
    for (int i = manifests.size() - 1; i >= 0; i--) {
      if (isWhole(manifests.get(i))) {
        return manifests.get(i);
      }
    }
    return null;
  }

  private static boolean isWhole(Path manifest) throws IOException {
    LogFile content = LogFile.read(manifest);
    return content.records() > 0 && content.damages().isEmpty();
  }

  private void name(Path manifest) throws IOException {
    Path current = database.resolve(DatabaseFiles.CURRENT);
    if (Files.exists(current)) {
      findings.aside().copy(current);
    }
    DurableFile.write(
        current, (manifest.getFileName() + "\n").getBytes(StandardCharsets.ISO_8859_1));
    DurableFile.syncFolder(database);
    findings.warn("%s names %s again".formatted(current, manifest.getFileName()));
  }

  private void lookAtTables(Path manifest, Manifest content) throws IOException {
    ManifestEdit edit = new ManifestEdit();
    boolean isChanged = false;
    for (Manifest.Table table : content.tables()) {
      Path file = DatabaseFiles.table(database, table.number());
      String problem = problem(file, table.bytes(), settings);
      if (problem != null) {
        if (Files.exists(file)) {
          findings.aside().move(file);
        }
        findings.damaged(
            "%s cannot be used, and its records are lost: %s".formatted(file, problem));
        edit.removed(table);
        isChanged = true;
      }
    }
    if (isChanged) {
      DatabaseFiles files = DatabaseFiles.list(database);
      edit.nextFileNumber(files.greatestNumber() + 2);
      List<byte[]> edits = new ArrayList<>();
      LogFile.read(manifest, edits::add);
      edits.add(edit.toByteArray());
      findings.aside().copy(manifest);
      write(files, edits);
    }
  }

  private void write(DatabaseFiles files, List<byte[]> edits) throws IOException {
    String name = "MANIFEST-%06d".formatted(files.greatestNumber() + 1);
    try (LogFileWriter manifest = LogFileWriter.open(database.resolve(name))) {
      for (byte[] edit : edits) {
        manifest.record(edit);
      }
    }
    DurableFile.write(files.current(), (name + "\n").getBytes(StandardCharsets.ISO_8859_1));
    DurableFile.syncFolder(database);
  }

  /** Why a table of so many bytes cannot be used; null when it can be. */
  static @Nullable String problem(Path table, long bytes, RocksSettings settings)
      throws IOException {
    if (!Files.exists(table)) {
      return "it is missing";
    }
    if (Files.size(table) != bytes) {
      return "it has %d bytes instead of %d".formatted(Files.size(table), bytes);
    }
    return problem(table, settings);
  }

  private static @Nullable String problem(Path table, RocksSettings settings) throws IOException {
    try (SstFileReader reader = new SstFileReader(settings.options())) {
      reader.open(table.toString());
      return null;
    } catch (RocksDBException e) {
      if (Opening.isDamage(e) || Opening.isUnreadable(e)) {
        return e.getMessage();
      }
      throw new IOException(e.getMessage(), e);
    }
  }
}
