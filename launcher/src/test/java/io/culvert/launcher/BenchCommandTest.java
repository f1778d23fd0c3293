package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code culvert bench} with the real broker. */
class BenchCommandTest {
  @TempDir Path folder;
  private RunningBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = RunningBroker.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    broker.stop();
  }

  @Test
  void whatPairsPublishArrives() throws Exception {
    Session bench = new Session(folder);
    int code =
        bench.execute(
            "bench",
            "pairs",
            "-p",
            broker.port(),
            "--clients",
            "3",
            "-q",
            "2",
            "--duration",
            "1",
            "--size",
            "100",
            "--window",
            "5",
            "--json");
    assertThat(code).as(bench.out() + bench.err()).isZero();
    JsonObject report = new JsonObject(bench.out());
    assertThat(report.getString("mode")).isEqualTo("pairs");
    assertThat(report.getInteger("connected")).isEqualTo(6);
    assertThat(report.getLong("published")).isPositive().isEqualTo(report.getLong("received"));
    assertThat(report.getInteger("failed")).isZero();
    assertThat(report.getJsonObject("deliveryMillis").getDouble("p50")).isPositive();
    assertThat(report.getJsonObject("connectMillis").getDouble("p99.9")).isPositive();
    assertThat(bench.err()).contains("   1 s  ", " published/s ", " received/s  p50 ");
  }

  @Test
  void aRateIsKept() throws Exception {
    Session bench = new Session(folder);
    int code =
        bench.execute(
            "bench",
            "pub",
            "-p",
            broker.port(),
            "--clients",
            "2",
            "-q",
            "1",
            "--duration",
            "1",
            "--rate",
            "50",
            "--json",
            "-i",
            "load");
    assertThat(code).as(bench.out() + bench.err()).isZero();
    // What was late may be made up for, but no more than the rate is sent.
    assertThat(new JsonObject(bench.out()).getLong("published")).isBetween(1L, 200L);
  }

  @Test
  void connectionsAreHeldUntilItIsAskedToEnd() throws Exception {
    Session bench = new Session(folder);
    bench.start(
        "bench", "connections", "-p", broker.port(), "--clients", "200", "--duration", "600");
    // The report comes at once when it is asked to end, with all connections in it.
    bench.errLine("   1 s  ");
    assertThat(bench.end()).isZero();
    assertThat(bench.out()).startsWith("connected  200 in ").contains("connect    p50 ");
  }

  @Test
  void aFailureIsCountedAndTold() throws Exception {
    Session bench = new Session(folder);
    int code =
        bench.execute(
            "bench",
            "pub",
            "-p",
            broker.port(),
            "-t",
            "$SYS/no",
            "-q",
            "1",
            "--clients",
            "1",
            "--duration",
            "1");
    assertThat(code).isEqualTo(ExitCode.FAILURE);
    assertThat(bench.out()).containsPattern("failed +\\d+; the first: .*0x87");
  }

  @Test
  void connectionThatIsLostIsAFailure() throws Exception {
    Session bench = new Session(folder);
    bench.start("bench", "connections", "-p", broker.port(), "--clients", "3", "--duration", "600");
    bench.errLine("   1 s  ");
    broker.stop();
    bench.errLine("   3 s  ");
    assertThat(bench.end()).isEqualTo(ExitCode.FAILURE);
    assertThat(bench.out())
        .containsPattern("failed +3; the first: mqtt://localhost:\\d+ has ended");
  }

  @Test
  void wrongArgumentsAreNamed() throws Exception {
    Session bench = new Session(folder);
    assertThat(bench.execute("bench", "walk")).isEqualTo(ExitCode.USAGE);
    assertThat(bench.err()).contains("connections, pub, sub or pairs, not walk");
  }
}
