package io.culvert.benchmarks;

import io.culvert.mqtt.wire.QoS;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What does one more subscriber of the same topic cost, from the publisher's bytes to the bytes in
 * that subscriber's outbox, without sockets; at QoS 1 with its acknowledgement? Time and allocation
 * (-prof gc) are per target of a fan-out from 1 to 500.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FanOutBenchmark {
  static final int TARGETS = 500;

  @Param({"AT_MOST_ONCE", "AT_LEAST_ONCE"})
  QoS qos = QoS.AT_MOST_ONCE;

  private FanOutBed bed = FanOutBed.of(TARGETS, qos);

  @Setup
  public void setUp() {
    bed = FanOutBed.of(TARGETS, qos);
  }

  @Benchmark
  @OperationsPerInvocation(TARGETS)
  public long publish() {
    long bytes = bed.publish();
    bed.acknowledge();
    return bytes;
  }
}
