package io.culvert.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;

/**
 * Opens the database of a store, also one with damage: whatever is damaged is kept aside as it is,
 * named in the log, and the rest is opened. What the disk refuses, now or for everybody, is not
 * damage and fails.
 *
 * <p>The records are in tables, which a manifest lists, and in logs, as long as they are in no
 * table yet. A log is read up to its torn end, and around damages within. Without a manifest, or
 * with tables that are missing, all tables that can be used are listed in a new manifest.
 */
final class Opening {
  private final Path store;
  private final Path database;
  private final RocksSettings settings;
  private final StoreLog log;
  private final StoreCounters counters;
  private final Aside aside;
  private final NewestLog newestLog;
  private boolean isAroundDamage;

  private Opening(
      Path store,
      Path database,
      RocksSettings settings,
      StoreLog log,
      StoreCounters counters,
      NewestLog newestLog) {
    this.store = store;
    this.database = database;
    this.settings = settings;
    this.log = log;
    this.counters = counters;
    this.aside = new Aside(store, Aside.DAMAGED);
    this.newestLog = newestLog;
  }

  static RocksDB open(
      Path store,
      Path database,
      RocksSettings settings,
      StoreLog log,
      StoreCounters counters,
      NewestLog newestLog)
      throws DiskException {
    Opening opening = new Opening(store, database, settings, log, counters, newestLog);
    try {
      RocksDB opened = opening.open();
      opening.tellWhereTheRestIs();
      return opened;
    } catch (IOException e) {
      throw new DiskException("opening %s failed: %s".formatted(database, e), e);
    } catch (RocksDBException e) {
      throw new DiskException("opening %s failed: %s".formatted(database, e.getMessage()), e);
    }
  }

  private RocksDB open() throws IOException, RocksDBException {
    Rebuild.finish(store, log);
    Files.createDirectories(database);
    DatabaseFiles files = DatabaseFiles.list(database);
    lookAtLogs(files);
    if (!files.isEmpty() && files.currentManifest() == null) {
      damaged("no manifest is named by " + files.current());
      repairManifest();
    }
    lookAtTables();
    RocksDBException failure;
    try {
      return rocks();
    } catch (RocksDBException e) {
      failure = e;
    }
    throwUnlessDamage(failure);
    damaged("the database %s is damaged: %s".formatted(database, failure.getMessage()));
    isAroundDamage = true;
    rebuildManifest();
    try {
      return rocks();
    } catch (RocksDBException e) {
      failure = e;
    }
    throwUnlessDamage(failure);
    damaged(
        "the database %s cannot be repaired and is empty now: %s"
            .formatted(database, failure.getMessage()));
    aside.move(database);
    Files.createDirectories(database);
    return rocks();
  }

  private RocksDB rocks() throws RocksDBException {
    Options options = settings.options();
    options.setWalRecoveryMode(
        isAroundDamage
            ? WALRecoveryMode.SkipAnyCorruptedRecords
            : WALRecoveryMode.PointInTimeRecovery);
    return RocksDB.open(options, database.toString());
  }

  /** One that cannot be opened at all would hide everything: tables overlap. */
  private void lookAtTables() throws IOException {
    for (Path table : DatabaseFiles.list(database).tables()) {
      if (problem(table) != null) {
        isAroundDamage = true;
        rebuildManifest();
        return;
      }
    }
  }

  private void lookAtLogs(DatabaseFiles files) throws IOException {
    String lost = newestLog.lost(files);
    if (lost != null) {
      damaged(lost);
    }
    boolean isLast = true; // there is no batch behind it
    for (int i = files.logs().size() - 1; i >= 0; i--) {
      Path file = files.logs().get(i);
      LogFile content = LogFile.read(file);
      lookAtLog(file, content, isLast);
      isLast &= content.records() == 0;
    }
  }

  private void lookAtLog(Path file, LogFile content, boolean isLast) throws IOException {
    List<LogFile.Damage> damages = new ArrayList<>(content.damages());
    if (content.isTorn()) {
      LogFile.Damage end = new LogFile.Damage(content.tornFrom(), content.bytes());
      if (isLast) {
        log.warn(
            "%s ends with %d bytes that are no whole batch and are left out: it was being written when the process or the machine ended"
                .formatted(file, end.to() - end.from()));
      } else {
        damages.add(end);
      }
    }
    if (!damages.isEmpty()) {
      damages.forEach(damage -> damaged(unreadable(file, damage)));
      keepWhatIsReadable(file);
    }
  }

  /** RocksDB would leave out more than what is damaged, or all that is behind. */
  private void keepWhatIsReadable(Path file) throws IOException {
    aside.copy(file);
    Path readable = file.resolveSibling(file.getFileName() + ".readable");
    try (LogFileWriter writer = LogFileWriter.open(readable)) {
      LogFile.read(file, writer::record);
    }
    Files.move(readable, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    DurableFile.syncFolder(database);
  }

  private static String unreadable(Path file, LogFile.Damage damage) {
    return "%s is damaged: what was stored in its bytes %d to %d is lost"
        .formatted(file, damage.from(), damage.to());
  }

  /** Only the name of the manifest is lost when there is a whole one; else everything it lists. */
  private void repairManifest() throws IOException {
    DatabaseFiles files = DatabaseFiles.list(database);
    Path newest = newestWhole(files.manifests());
    if (newest == null) {
      isAroundDamage = true;
      rebuildManifest();
      return;
    }
    if (Files.exists(files.current())) {
      aside.copy(files.current());
    }
    DurableFile.write(
        files.current(), (newest.getFileName() + "\n").getBytes(StandardCharsets.ISO_8859_1));
    DurableFile.syncFolder(database);
    log.warn("%s names %s again".formatted(files.current(), newest.getFileName()));
  }

  private static @Nullable Path newestWhole(List<Path> manifests) throws IOException {
    for (int i = manifests.size() - 1; i >= 0; i--) {
      LogFile content = LogFile.read(manifests.get(i));
      if (content.records() > 0 && content.damages().isEmpty() && !content.isTorn()) {
        return manifests.get(i);
      }
    }
    return null;
  }

  private void rebuildManifest() throws IOException {
    DatabaseFiles files = DatabaseFiles.list(database);
    List<ManifestRebuild.Table> usable = new ArrayList<>();
    for (Path file : files.tables()) {
      String problem = problem(file);
      if (problem == null) {
        usable.add(new ManifestRebuild.Table(DatabaseFiles.number(file), Files.size(file)));
      } else {
        aside.move(file);
        damaged("%s cannot be used, its records are lost: %s".formatted(file, problem));
      }
    }
    if (Files.exists(files.current())) {
      aside.move(files.current());
    }
    for (Path manifest : files.manifests()) {
      aside.move(manifest);
    }
    ManifestRebuild.write(
        database, usable, files.greatestNumber() + 1, WallClock.sequenceBeyondAll());
    log.warn(
        "%d tables are listed in a new manifest of %s; what was deleted last may be there again"
            .formatted(usable.size(), database));
  }

  private @Nullable String problem(Path table) {
    try (SstFileReader reader = new SstFileReader(settings.options())) {
      reader.open(table.toString());
      return null;
    } catch (RocksDBException e) {
      return e.getMessage();
    }
  }

  private void damaged(String text) {
    counters.damaged(text);
    log.error(text);
  }

  private void tellWhereTheRestIs() throws IOException {
    if (!aside.isEmpty()) {
      log.warn(
          "damaged parts are kept in %s; the store does not need them, delete them when you do not"
              .formatted(aside.folder()));
    }
  }

  private static void throwUnlessDamage(RocksDBException e) throws RocksDBException {
    if (!isDamage(e)) {
      throw e;
    }
  }

  /** Not what passes, like a full disk, and not what people have to decide, like permissions. */
  static boolean isDamage(RocksDBException e) {
    Status status = e.getStatus();
    String text = String.valueOf(e.getMessage());
    if (status == null) {
      return text.startsWith("Corruption");
    }
    return switch (status.getCode()) {
      case Corruption, InvalidArgument, NotSupported, NotFound -> true;
      case IOError -> text.contains("No such file or directory");
      default -> false;
    };
  }
}
