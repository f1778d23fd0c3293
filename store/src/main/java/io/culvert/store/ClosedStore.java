package io.culvert.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of a store, held so that nobody opens it meanwhile. */
final class ClosedStore implements AutoCloseable {
  private final Path folder;
  private final FolderLock lock;

  private ClosedStore(Path folder, FolderLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** Of a folder in which there is a store. */
  static ClosedStore find(Path folder) throws IOException, StoreException {
    Path store = folder.toAbsolutePath().normalize();
    if (!StoreFolder.isStore(store)) {
      throw new StoreException("there is no store in " + store);
    }
    return hold(store);
  }

  /** Also of a folder that is not there yet. */
  static ClosedStore make(Path folder) throws IOException, StoreException {
    Path store = folder.toAbsolutePath().normalize();
    Files.createDirectories(store, OwnerOnly.folderAttributes(store));
    return hold(store);
  }

  Path folder() {
    return folder;
  }

  Path database() {
    return folder.resolve(StoreFolder.DATABASE);
  }

  @Override
  public void close() {
    lock.close();
  }

  private static ClosedStore hold(Path store) throws IOException, StoreException {
    NativeLibrary.load();
    return new ClosedStore(store, FolderLock.take(store));
  }
}
