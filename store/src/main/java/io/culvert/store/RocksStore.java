package io.culvert.store;

import io.culvert.engine.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/**
 * Records on disk, in RocksDB. One thread writes and syncs all that waits at once, another one
 * reads. The folder belongs to one process at a time.
 */
public final class RocksStore implements Store {
  private final FolderLock lock;
  private final StoreThread thread;
  private final StoreCounters counters;
  private final FolderSize size;

  private RocksStore(FolderLock lock, StoreThread thread, StoreCounters counters, FolderSize size) {
    this.lock = lock;
    this.thread = thread;
    this.counters = counters;
    this.size = size;
  }

  /** Opens the store in this folder, which is made when it is not there. Blocks. */
  public static RocksStore open(Path folder, StoreOptions options, StoreLog log)
      throws StoreException {
    return open(folder, options, log, disk -> disk);
  }

  /** With something between it and its disk. */
  static RocksStore open(
      Path folder, StoreOptions options, StoreLog log, UnaryOperator<Disk> around)
      throws StoreException {
    Path path = folder.toAbsolutePath().normalize();
    FolderLock lock = null;
    boolean isOpen = false;
    try {
      NativeLibrary.load();
      Files.createDirectories(path, OwnerOnly.folderAttributes(path));
      lock = FolderLock.take(path);
      StoreCounters counters = new StoreCounters();
      StoreFolder.prepare(path, log, counters);
      Disk disk = Database.open(path, options, log, counters);
      StoreThread thread = new StoreThread(around.apply(disk), options, log, counters);
      thread.start();
      isOpen = true;
      return new RocksStore(lock, thread, counters, new FolderSize(path));
    } catch (IOException e) {
      throw StoreException.unusable(path, Reasons.text(e), e);
    } catch (DiskException e) {
      throw StoreException.unusable(path, Reasons.text(e), e);
    } finally {
      if (!isOpen && lock != null) {
        lock.close();
      }
    }
  }

  @Override
  public Journal journal(Executor owner) {
    return new StoreJournal(owner, thread::submit, thread::health);
  }

  @Override
  public StoreStatus status() {
    return new StoreStatus(
        thread.health(),
        size.bytes(),
        thread.freeBytes(),
        counters.waitingBatches(),
        counters.waitingBytes(),
        counters.storedBatches(),
        counters.storedBytes(),
        counters.syncs(),
        counters.syncNanos(),
        counters.scans(),
        counters.failures(),
        counters.damages(),
        thread.failingMillis(),
        counters.problem());
  }

  @Override
  public void close() {
    thread.close();
    lock.close();
  }
}
