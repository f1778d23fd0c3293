package io.culvert.benchmarks;

import io.culvert.mqtt.topic.FanOut;
import io.culvert.mqtt.topic.TopicTree;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does it take to find who gets a message among 10 000 filters, without wildcards, and
 * with `+` and `#` in them, does the number of filters matter, and what is gained where the tree
 * remembers recent topics? They change from call to call; all come again after 1024. Matching must
 * allocate nothing (-prof gc).
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TopicMatchBenchmark {
  private static final int TOPICS = 1024;
  private static final int GROUPS = 100;

  /** Large and prime, so that neighbouring calls are far apart in the tree. */
  private static final int STEP = 7919;

  @Param({"100", "10000"})
  int filters = 10_000;

  @Param({"exact", "wildcard"})
  String kind = "exact";

  @Param({"0", "1024"})
  int recent;

  private TopicTree<Integer> tree = new TopicTree<>(Function.identity(), 42);
  private final FanOut<Integer> fanOut = new FanOut<>();
  private final TopicName[] topics = new TopicName[TOPICS];
  private int next;

  @Setup
  public void setUp() {
    tree = new TopicTree<>(Function.identity(), 42, recent);
    for (int i = 0; i < filters; i++) {
      tree.put(TopicFilter.parse(filter(i)), i);
    }
    for (int i = 0; i < TOPICS; i++) {
      int device = (int) ((long) i * STEP % filters);
      topics[i] = TopicName.of("plant/g" + device % GROUPS + "/s" + device + "/t");
    }
  }

  /** One topic, one to two filters that match it. */
  @Benchmark
  public int match() {
    fanOut.clear();
    tree.match(topics[next++ & (TOPICS - 1)], fanOut);
    if (fanOut.size() == 0) {
      throw new IllegalStateException("every topic here has a subscriber");
    }
    return fanOut.size();
  }

  private String filter(int i) {
    int group = i % GROUPS;
    if (kind.equals("exact")) {
      return "plant/g" + group + "/s" + i + "/t";
    }
    return switch (i % 3) {
      case 0 -> "plant/+/s" + i + "/t";
      case 1 -> "plant/g" + group + "/s" + i + "/#";
      default -> "plant/g" + group + "/s" + i + "/+";
    };
  }
}
