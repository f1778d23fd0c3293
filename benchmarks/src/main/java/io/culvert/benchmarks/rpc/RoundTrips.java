package io.culvert.benchmarks.rpc;

import io.culvert.rpc.RpcClient;
import io.culvert.rpc.protocol.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Keeps a number of requests under way: each answer asks the next one. */
final class RoundTrips {
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int DIGITS = 3;

  private final RpcClient client;
  private final long untilNanos;
  private final Histogram histogram = new Histogram(LONGEST_NANOS, DIGITS);
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private int underWay;

  RoundTrips(RpcClient client, long untilNanos) {
    this.client = client;
    this.untilNanos = untilNanos;
  }

  /**
   * Returns when the time is over and the last answer there.
   *
   * @return how many there were
   */
  long run(int concurrency) throws Exception {
    underWay = concurrency;
    for (int i = 0; i < concurrency; i++) {
      ask();
    }
    ended.get(2, TimeUnit.MINUTES);
    return histogram.getTotalCount();
  }

  double millis(double percentile) {
    return histogram.getValueAtPercentile(percentile) / 1e6;
  }

  /** All answers come on one event loop. */
  private void ask() {
    long startNanos = System.nanoTime();
    client
        .request("device", "bench", "gains", Method.GET)
        .onFailure(ended::completeExceptionally)
        .onSuccess(
            answer -> {
              long now = System.nanoTime();
              histogram.recordValue(Math.min(now - startNanos, LONGEST_NANOS));
              if (now < untilNanos) {
                ask();
              } else if (--underWay == 0) {
                ended.complete(null);
              }
            });
  }
}
