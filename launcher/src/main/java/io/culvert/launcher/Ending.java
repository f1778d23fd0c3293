package io.culvert.launcher;

import io.vertx.core.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The end of a run on SIGTERM, SIGINT or whatever else runs shutdown hooks: stops what was started,
 * within a limit, and ends the process with {@link ExitCode#OK}. Where a run cannot go on it ends
 * in the same way, with {@link ExitCode#FAILURE}.
 *
 * <p>The hook runs on its own thread while the thread that called {@link #await} waits.
 */
final class Ending {
  /** Clients get their DISCONNECT well before; a service manager kills after 30 s or more. */
  private static final long LIMIT_MILLIS = 10_000;

  private final Console console;
  private final long limitMillis;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<@Nullable Supplier<Future<Void>>> stop = new AtomicReference<>();
  private final AtomicBoolean hasFailed = new AtomicBoolean();
  private volatile boolean isAsked;
  private volatile long moreMillis;

  private Ending(Console console, long limitMillis) {
    this.console = console;
    this.limitMillis = limitMillis;
  }

  /** To be asked by {@link #ask}. */
  static Ending create(Console console, long limitMillis) {
    return new Ending(console, limitMillis);
  }

  /** To be asked by the system. */
  static Ending ofProcess(Console console) {
    Ending ending = new Ending(console, LIMIT_MILLIS);
    Thread hook = new Thread(ending::endProcess, "culvert-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    return ending;
  }

  /** What to do at the end; completes when it is done. */
  void whenAsked(Supplier<Future<Void>> action) {
    whenAsked(action, 0);
  }

  /**
   * As above.
   *
   * @param seconds that it may take beyond the limit
   */
  void whenAsked(Supplier<Future<Void>> action, int seconds) {
    moreMillis = TimeUnit.SECONDS.toMillis(seconds);
    stop.set(action);
    if (hasFailed.get()) {
      askElsewhere();
    }
  }

  /** There is nothing to stop any more. */
  void cancel() {
    stop.set(null);
  }

  /** It cannot go on, and is ended soon; only the first reason counts. From any thread. */
  void cannotGoOn(String message) {
    if (hasFailed.compareAndSet(false, true)) {
      console.fail(message);
      askElsewhere();
    }
  }

  /** Whatever fails from now on may do so because it was stopped. */
  boolean isAsked() {
    return isAsked;
  }

  /** Waits until everything has stopped. */
  int await() throws InterruptedException {
    ended.await();
    return exitCode();
  }

  /** Stops everything now. */
  void ask() {
    Supplier<Future<Void>> action = stop.getAndSet(null);
    if (action == null) {
      return;
    }
    isAsked = true;
    long mostMillis = limitMillis + moreMillis;
    CompletableFuture<Void> stopped = action.get().toCompletionStage().toCompletableFuture();
    try {
      stopped.get(mostMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      fail("it did not stop within " + mostMillis + " ms and was ended");
    } catch (ExecutionException e) {
      fail("it did not stop in order: " + Reason.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ended.countDown();
  }

  private void fail(String message) {
    hasFailed.set(true);
    console.fail(message);
  }

  private int exitCode() {
    return hasFailed.get() ? ExitCode.FAILURE : ExitCode.OK;
  }

  /** What is stopped may need this thread. */
  private void askElsewhere() {
    new Thread(this::ask, "culvert-stop").start();
  }

  /** The system would report 128 + signal, although everything went well. */
  private void endProcess() {
    if (stop.get() != null) {
      ask();
      Runtime.getRuntime().halt(exitCode());
    }
  }
}
