package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What signals do to processes: as the help tells it. */
class SignalTest {
  private static final int SIGTERM = 15;

  @TempDir Path folder;

  @Test
  void whatGoesOnUntilItIsStoppedIsDoneThen() throws Exception {
    Process demo = start("demo", "--every-millis", "1");
    try (BufferedReader out = demo.inputReader(StandardCharsets.UTF_8)) {
      String line = "";
      while (line != null && !line.contains("after ")) {
        line = out.readLine();
      }
      demo.destroy();
      assertThat(exitCode(demo)).isZero();
    }
    assertThat(err()).isEmpty();
  }

  @Test
  void whatHasNotFinishedItsWorkSaysSo() throws Exception {
    RunningBroker broker = RunningBroker.start(folder);
    Process pub = start("pub", "-l", "-r", "-t", "a", "-q", "1", "-p", broker.port());
    pub.getOutputStream().write("x\n".getBytes(StandardCharsets.UTF_8));
    pub.getOutputStream().flush();
    Session sub = new Session(folder);
    sub.start("sub", "-t", "a", "-p", broker.port());
    assertThat(sub.line("x")).isEqualTo("x");
    pub.destroy();
    assertThat(exitCode(pub)).isEqualTo(128 + SIGTERM);
    assertThat(sub.end()).isZero();
    broker.stop();
  }

  private Process start(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  private static int exitCode(Process process) throws Exception {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private String err() throws Exception {
    return Files.readString(folder.resolve("err"));
  }
}
