package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class WarningRateTest {
  private final Logger log = (Logger) LoggerFactory.getLogger("test.rate");
  private final WarningRate rate = new WarningRate(log, 3);

  @Test
  void eachSecondHasItsNumberAndTheRestIsToldAfterwards() {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    assertThat(allowed(5, 7_000)).isEqualTo(3);
    assertThat(lines.list).isEmpty();
    assertThat(allowed(2, 8_999)).isEqualTo(2);
    assertThat(allowed(2, 9_000)).isEqualTo(2);
    assertThat(lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList())
        .containsExactly("2 more such warnings were suppressed");
  }

  @Test
  void severalThreadsHaveItTogether() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Integer> ask = () -> allowed(1_000, 5_000);
      int sum = 0;
      for (Future<Integer> answer : threads.invokeAll(List.of(ask, ask, ask, ask))) {
        sum += answer.get();
      }
      assertThat(sum).as("one more per thread at the turn of a second").isBetween(3, 3 + 3);
    } finally {
      threads.shutdown();
    }
  }

  private int allowed(int times, long nowMillis) {
    return (int) IntStream.range(0, times).filter(i -> rate.mayWarn(nowMillis)).count();
  }
}
