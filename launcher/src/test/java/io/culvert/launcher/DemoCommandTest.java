package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.BrokerVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The demonstration with the real broker. */
class DemoCommandTest {
  @TempDir Path folder;
  private Session session;

  @BeforeEach
  void open() {
    session = new Session(folder).broker(BrokerVerticle::new);
  }

  @Test
  void everyMessageIsShownAndItEndsByItself() throws Exception {
    assertThat(session.execute("demo", "--count", "3", "--every-millis", "1")).isZero();
    assertThat(session.out().lines().filter(line -> line.contains("after ")))
        .hasSize(3)
        .allSatisfy(
            line ->
                assertThat(line)
                    .matches(
                        "  \\d\\d:\\d\\d:\\d\\d  demo/kitchen/temperature  \\d\\d\\.\\d °C"
                            + "  █+░+  after \\d+\\.\\d ms"));
    assertThat(session.out())
        .contains("broker      mqtt://127.0.0.1:", "mosquitto_sub -p ")
        .endsWith("\n3 published, 3 acknowledged, 3 delivered\n")
        .doesNotContain("\u001B");
    assertThat(session.err()).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void asciiIsEnough() throws Exception {
    assertThat(session.ascii().execute("demo", "--count", "1")).isZero();
    assertThat(session.out()).containsPattern("\\d\\.\\d C  #+-+  after ");
    assertThat(session.out().chars()).allMatch(c -> c < 128);
  }

  @Test
  void itGoesOnUntilItIsAskedToEnd() throws Exception {
    session.start("demo", "--every-millis", "1");
    assertThat(session.line("after ")).contains("demo/kitchen/temperature");
    assertThat(session.end()).isZero();
    assertThat(session.out())
        .containsPattern("\n\\d+ published, \\d+ acknowledged, \\d+ delivered\n$");
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "run --ephemeral --port 0 --ws-port 0"})
  void whoEndsItAtTheVeryStartIsToldNothing(String command) throws Exception {
    session.broker(
        () -> {
          session.ask();
          return new BrokerVerticle();
        });
    assertThat(session.execute(command.split(" "))).isZero();
    assertThat(session.out()).isEmpty();
    assertThat(session.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "run --ephemeral --port 0 --ws-port 0"})
  void whoEndsItWhileItStartsIsToldNothing(String command) throws Exception {
    CompletableFuture<Void> starting = new CompletableFuture<>();
    session.broker(
        () ->
            new VerticleBase() {
              @Override
              public Future<?> start() {
                starting.complete(null);
                return Promise.promise().future();
              }
            });
    session.start(command.split(" "));
    starting.get(30, TimeUnit.SECONDS);
    assertThat(session.end()).isZero();
    assertThat(session.out()).isEmpty();
    assertThat(session.err()).isEmpty();
  }

  @Test
  void aBrokerThatDoesNotListenIsReported() throws Exception {
    session.broker(
        () ->
            new VerticleBase() {
              @Override
              public Future<?> start() {
                return Future.succeededFuture();
              }
            });
    assertThat(session.execute("demo", "--count", "1")).isEqualTo(ExitCode.FAILURE);
    assertThat(session.err()).startsWith("culvert: the demo has ended: ");
  }

  @Test
  void aCountIsPositive() throws Exception {
    assertThat(session.execute("demo", "--count", "0")).isEqualTo(ExitCode.USAGE);
    assertThat(session.err()).isEqualTo("culvert: --count must be 1 or more, not 0\n");
  }
}
