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
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at files from time to time, and has them read again when one has changed; not again before
 * that is done. What could not be read is tried at each look until it can: what was wrong may not
 * be seen in the files (too many open ones, a certificate that did not hold yet). Files are looked
 * at on worker threads, everything else happens in the context that it was made in.
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
  private final Consumer<Throwable> failed;
  private List<String> seen;
  private @Nullable String wrong;
  private boolean looking;

  /** As {@link #start}, for whoever has its own clock. */
  FileWatch(
      Vertx vertx,
      List<String> files,
      List<String> seen,
      Supplier<Future<Void>> reload,
      Consumer<Throwable> failed) {
    this.vertx = vertx;
    this.files = List.copyOf(files);
    this.seen = seen;
    this.reload = reload;
    this.failed = failed;
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
   * @param reload reads them
   * @param failed is told what went wrong: once, until a file changes or something else is wrong
   */
  public static void start(
      Vertx vertx,
      int seconds,
      List<String> files,
      List<String> seen,
      Supplier<Future<Void>> reload,
      Consumer<Throwable> failed) {
    if (seconds > 0 && !files.isEmpty()) {
      FileWatch watch = new FileWatch(vertx, files, seen, reload, failed);
      vertx.setPeriodic(seconds * 1000L, ignored -> watch.look());
    }
  }

  /** Completes when what has changed, or could not be read before, was read or could not be. */
  Future<Void> look() {
    if (looking) {
      return Future.succeededFuture();
    }
    looking = true;
    return vertx
        .executeBlocking(() -> look(files), /* ordered= */ false)
        .compose(
            now -> {
              boolean changed = !now.equals(seen);
              seen = now;
              return changed || wrong != null ? read(changed) : Future.<Void>succeededFuture();
            })
        .onComplete(done -> looking = false);
  }

  private Future<Void> read(boolean changed) {
    return Future.succeededFuture()
        .compose(ignored -> reload.get()) // what it throws is a failure
        .onSuccess(done -> wrong = null)
        .onFailure(
            failure -> {
              String text = failure.toString();
              boolean said = !changed && text.equals(wrong);
              wrong = text;
              if (!said) {
                failed.accept(failure);
              }
            });
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
