package io.culvert.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does a retained message cost on its way to a new subscriber, from the tree to the bytes for
 * the socket, and what garbage does it leave (-prof gc)? Per message, of 10 000.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RetainedBenchmark {
  private static final int MESSAGES = 10_000;

  private final RetainedBed bed = RetainedBed.of(MESSAGES);

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long subscribe() {
    return bed.subscribe();
  }
}
