package io.culvert.runtime.files;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Looks at files from time to time, and has them read again when one has changed; not again before
 * that is done. Files are looked at on worker threads, everything else happens in the context that
 * it was made in.
 */
public final class FileWatch {
  /** Where the system tells, also when who may read it was changed. */
  private static final String ATTRIBUTES =
      FileSystems.getDefault().supportedFileAttributeViews().contains("unix")
          ? "unix:lastModifiedTime,size,fileKey,ctime"
          : "lastModifiedTime,size,fileKey";

  private final Vertx vertx;
  private final List<String> files;
  private final Supplier<Future<Void>> reload;
  private List<String> seen;
  private boolean looking;

  private FileWatch(
      Vertx vertx, List<String> files, List<String> seen, Supplier<Future<Void>> reload) {
    this.vertx = vertx;
    this.files = List.copyOf(files);
    this.seen = seen;
    this.reload = reload;
  }

  /** What files are now; to be asked before they are read, so that no change is missed. Blocks. */
  public static List<String> look(List<String> files) {
    return files.stream().map(FileWatch::state).toList();
  }

  /**
   * Watches them from now on, if there are any.
   *
   * @param seconds between two looks; 0 for none
   * @param seen what they were when they were read
   * @param reload reads them; says itself what went wrong
   */
  public static void start(
      Vertx vertx,
      int seconds,
      List<String> files,
      List<String> seen,
      Supplier<Future<Void>> reload) {
    if (seconds > 0 && !files.isEmpty()) {
      FileWatch watch = new FileWatch(vertx, files, seen, reload);
      vertx.setPeriodic(seconds * 1000L, ignored -> watch.look());
    }
  }

  private void look() {
    if (looking) {
      return;
    }
    looking = true;
    vertx
        .executeBlocking(() -> look(files), /* ordered= */ false)
        .compose(
            now -> {
              boolean same = now.equals(seen);
              seen = now;
              return same ? Future.succeededFuture() : reload.get();
            })
        .onComplete(done -> looking = false);
  }

  /** Changes when the file does; the same for all times at which there is none. */
  private static String state(String file) {
    try {
      return file + " " + new TreeMap<>(Files.readAttributes(Path.of(file), ATTRIBUTES));
    } catch (IOException | InvalidPathException e) {
      return file + " cannot be read";
    }
  }
}
