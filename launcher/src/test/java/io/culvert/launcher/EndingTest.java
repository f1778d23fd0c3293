package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An end within a limit. */
class EndingTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
  private final Console console = new Console(stream, stream, false, false);

  @Test
  void whatHasStoppedEndsWell() throws Exception {
    Ending ending = Ending.create(console, 30_000);
    ending.whenAsked(Future::succeededFuture);
    ending.ask();
    assertThat(ending.await()).isEqualTo(ExitCode.OK);
    assertThat(err.size()).isZero();
  }

  @Test
  void whatDoesNotStopIsEnded() throws Exception {
    Promise<Void> never = Promise.promise();
    Ending ending = Ending.create(console, 1);
    ending.whenAsked(never::future);
    ending.ask();
    assertThat(ending.await()).isEqualTo(ExitCode.FAILURE);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("culvert: it did not stop within 1 ms and was ended\n");
  }

  @Test
  void whatCannotGoOnIsStoppedOnce() throws Exception {
    AtomicInteger stopped = new AtomicInteger();
    Ending ending = Ending.create(console, 30_000);
    ending.cannotGoOn("nobody reads"); // before there is anything to stop, too
    ending.cannotGoOn("nobody reads this either");
    ending.whenAsked(
        () -> {
          stopped.incrementAndGet();
          return Future.succeededFuture();
        });
    assertThat(ending.await()).isEqualTo(ExitCode.FAILURE);
    ending.ask();
    assertThat(stopped).hasValue(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("culvert: nobody reads\n");
  }

  @Test
  void aFailureIsReported() throws Exception {
    Ending ending = Ending.create(console, 30_000);
    ending.whenAsked(() -> Future.failedFuture("the listener would not close"));
    ending.ask();
    assertThat(ending.await()).isEqualTo(ExitCode.FAILURE);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("culvert: it did not stop in order: the listener would not close\n");
  }
}
