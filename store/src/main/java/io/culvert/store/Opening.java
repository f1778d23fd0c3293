package io.culvert.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;

/**
 * Opens the database of a store, also one with damage: whatever is damaged is kept aside as it is,
 * named in the log, and the rest is opened. What the disk refuses, now or for everybody, is not
 * damage and fails.
 *
 * <p>The records are in tables, which a manifest lists, and in logs, as long as they are in no
 * table yet.
 */
final class Opening {
  private final Path store;
  private final Path database;
  private final RocksSettings settings;
  private final StoreLog log;
  private final StoreCounters counters;
  private final FileNotes notes;
  private final Findings findings;

  private Opening(
      Path store,
      Path database,
      RocksSettings settings,
      StoreLog log,
      StoreCounters counters,
      FileNotes notes,
      Findings findings) {
    this.store = store;
    this.database = database;
    this.settings = settings;
    this.log = log;
    this.counters = counters;
    this.notes = notes;
    this.findings = findings;
  }

  static RocksDB open(
      Path store,
      Path database,
      RocksSettings settings,
      StoreLog log,
      StoreCounters counters,
      FileNotes notes)
      throws DiskException {
    Findings findings = new Findings(store, log, counters);
    Opening opening = new Opening(store, database, settings, log, counters, notes, findings);
    try {
      RocksDB opened = opening.open();
      findings.tellWhereTheRestIs();
      return opened;
    } catch (IOException e) {
      throw new DiskException("opening %s failed: %s".formatted(database, Reasons.text(e)), e);
    } catch (RocksDBException e) {
      throw new DiskException("opening %s failed: %s".formatted(database, e.getMessage()), e);
    }
  }

  private RocksDB open() throws IOException, RocksDBException {
    Rebuild.finish(store, log);
    if (notes.exist() && !Files.exists(database)) {
      findings.damaged(database + " is missing, and begun anew");
    }
    Files.createDirectories(database, OwnerOnly.folderAttributes(database));
    String lost = notes.lostLog();
    if (lost != null) {
      findings.damaged(lost);
    }
    ManifestRepair manifest = new ManifestRepair(database, settings, notes, findings);
    manifest.run();
    new LogRepair(database, findings).run(manifest.logNumber());
    try {
      return rocks(manifest);
    } catch (RocksDBException e) {
      throwUnlessDamage(e);
      findings.damaged("%s is damaged: %s".formatted(database, e.getMessage()));
    }
    manifest.rebuild();
    try {
      return rocks(manifest);
    } catch (RocksDBException e) {
      throwUnlessDamage(e);
      findings.damaged(
          "%s cannot be repaired and is begun anew: %s".formatted(database, e.getMessage()));
    }
    findings.aside().move(database);
    Files.createDirectories(database);
    return rocks(manifest);
  }

  private RocksDB rocks(ManifestRepair manifest) throws IOException, RocksDBException {
    Options options = settings.options();
    options.setWalRecoveryMode(
        manifest.isRebuilt()
            ? WALRecoveryMode.SkipAnyCorruptedRecords
            : WALRecoveryMode.PointInTimeRecovery);
    if (manifest.isRebuilt()) {
      sortTogether();
    }
    return RocksDB.open(options, database.toString());
  }

  /** All tables at once, before anything else sorts some of them. */
  private void sortTogether() throws IOException, RocksDBException {
    settings.options().setDisableAutoCompactions(true);
    boolean isDamaged = false;
    try (RocksDB rocks = RocksDB.open(settings.options(), database.toString())) {
      rocks.compactRange();
    } catch (RocksDBException e) {
      if (!isCorruption(e)) {
        throw e;
      }
      isDamaged = true;
    } finally {
      settings.options().setDisableAutoCompactions(false);
    }
    if (isDamaged) {
      new Rebuild(store, settings, new Damages(log, counters), log).run();
    }
  }

  private static void throwUnlessDamage(RocksDBException e) throws RocksDBException {
    if (!isDamage(e)) {
      throw e;
    }
  }

  /** A checksum is wrong. */
  static boolean isCorruption(RocksDBException e) {
    Status status = e.getStatus();
    return status != null && status.getCode() == Status.Code.Corruption;
  }

  /** The device says so; that may pass. */
  static boolean isUnreadable(RocksDBException e) {
    return Reasons.text(e).contains("Input/output error");
  }

  /** Not what passes, like a full disk, and not what people have to decide, like permissions. */
  static boolean isDamage(RocksDBException e) {
    Status status = e.getStatus();
    String text = Reasons.text(e);
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
