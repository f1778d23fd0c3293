package io.culvert.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where damaged parts go before anything is done about them: a folder of its own for each time,
 * made when the first part comes. Nothing in it is ever used or deleted again by the store.
 */
final class Aside {
  static final String DAMAGED = "damaged-";
  static final String SET_ASIDE = "set-aside-";

  private final Path store;
  private final String kind;
  private @Nullable Path folder;

  Aside(Path store, String kind) {
    this.store = store;
    this.kind = kind;
  }

  /** Leaves the file where it is, and keeps what it is now. */
  Path copy(Path file) throws IOException {
    return Files.copy(file, place(file));
  }

  Path move(Path file) throws IOException {
    return Files.move(file, place(file));
  }

  boolean isEmpty() {
    return folder == null;
  }

  Path folder() throws IOException {
    Path made = folder;
    if (made == null) {
      made = create();
      folder = made;
    }
    return made;
  }

  private Path place(Path file) throws IOException {
    return free(folder(), file.getFileName().toString());
  }

  private Path create() throws IOException {
    return Files.createDirectory(free(store, kind + WallClock.inName()));
  }

  private static Path free(Path in, String name) {
    Path path = in.resolve(name);
    for (int i = 2; Files.exists(path); i++) {
      path = in.resolve(name + "-" + i);
    }
    return path;
  }
}
