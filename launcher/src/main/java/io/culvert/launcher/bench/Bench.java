package io.culvert.launcher.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;

/** Runs a plan, with a line each second that says how it goes. */
public final class Bench {
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What is under way at the end has so long to arrive. */
  private static final int LAST_SECONDS = 10;

  private static final int CLOSE_SECONDS = 30;

  private final BenchPlan plan;
  private final PrintStream progress;
  private final Meter meter = new Meter();
  private final CountDownLatch stopped = new CountDownLatch(1);

  /**
   * A run.
   *
   * @param progress gets the lines
   */
  public Bench(BenchPlan plan, PrintStream progress) {
    this.plan = plan;
    this.progress = progress;
  }

  /** Ends it early; what was measured is reported. */
  public void stop() {
    stopped.countDown();
  }

  /**
   * Runs it; blocks.
   *
   * @throws ExecutionException when not all clients could be connected
   */
  public BenchReport run() throws ExecutionException, InterruptedException {
    Vertx vertx = Vertx.vertx();
    try {
      return run(vertx);
    } finally {
      try {
        future(vertx.close()).get(CLOSE_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        progress.println("some connections did not end in order");
      }
    }
  }

  private BenchReport run(Vertx vertx) throws ExecutionException, InterruptedException {
    int loops = Math.min(plan.clients(), Runtime.getRuntime().availableProcessors());
    List<BenchLoop> all = new ArrayList<>();
    for (int number = 0; number < loops; number++) {
      BenchLoop loop = new BenchLoop(plan, meter, number, loops);
      all.add(loop);
      future(vertx.deployVerticle(loop)).get();
    }
    long connecting = System.nanoTime();
    Future<?> open = Future.all(all.stream().map(BenchLoop::open).toList());
    CompletableFuture<?> opened = future(open);
    while (!isDone(opened) && stopped.getCount() > 0) {
      progress.printf(Locale.ROOT, "%,8d connected%n", meter.connected.sum());
    }
    if (opened.isDone()) {
      opened.get();
    }
    double connectSeconds = (System.nanoTime() - connecting) / NANOS;
    meter.interval();
    Histogram connects = meter.all().copy();
    long connected = meter.connected.sum();
    meter.restart();

    long start = System.nanoTime();
    all.forEach(BenchLoop::begin);
    load(start);
    double seconds = (System.nanoTime() - start) / NANOS;
    finish(all);
    meter.interval();
    return new BenchReport(
        plan,
        connected,
        connectSeconds,
        connects,
        seconds,
        meter.published.sum(),
        meter.received.sum(),
        meter.failed.sum(),
        meter.firstFailure(),
        meter.all());
  }

  private void load(long start) throws InterruptedException {
    long published = 0;
    long received = 0;
    for (int second = 1; second <= plan.seconds(); second++) {
      long due = start + TimeUnit.SECONDS.toNanos(second);
      if (stopped.await(Math.max(0, due - System.nanoTime()), TimeUnit.NANOSECONDS)) {
        return;
      }
      Histogram interval = meter.interval();
      progress.printf(
          Locale.ROOT,
          "%4d s  %,10d published/s  %,10d received/s  %s%n",
          second,
          meter.published.sum() - published,
          meter.received.sum() - received,
          interval.getTotalCount() == 0 ? "" : BenchReport.percentiles(interval));
      published = meter.published.sum();
      received = meter.received.sum();
    }
  }

  private void finish(List<BenchLoop> all) throws ExecutionException, InterruptedException {
    CompletableFuture<?> ended = future(Future.all(all.stream().map(BenchLoop::end).toList()));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LAST_SECONDS);
    while (!isDone(ended) && System.nanoTime() < end) {
      progress.println("waiting for what is under way");
    }
    // The last ones may be on their way from the server to the subscribers.
    while (plan.mode() == BenchMode.PAIRS
        && meter.received.sum() < meter.published.sum()
        && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /** Waits up to a second. */
  private static boolean isDone(CompletableFuture<?> future) throws InterruptedException {
    try {
      future.get(1, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return true;
    } catch (TimeoutException e) {
      return false;
    }
    return true;
  }

  private static <T> CompletableFuture<T> future(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture();
  }
}
