package io.culvert.conformance.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.testkit.JavaCommand;
import io.culvert.engine.testkit.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The blocking client with virtual threads: they have one carrier among them, so that one which
 * kept it while it waits would stop all the others.
 */
class VirtualThreadsTest {
  private static final int FIRST_VERSION = 21;
  private static final int LIMIT_SECONDS = 120;
  private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"([0-9]+)");

  @TempDir Path folder;

  @Test
  void waitingThreadsLetTheOthersWork() throws Exception {
    Path java = java();
    Programs.need("java " + FIRST_VERSION, java == null ? "there is only an older one" : "");
    Path output = folder.resolve("output");
    try (InProcessBroker broker = InProcessBroker.start()) {
      Process program =
          new ProcessBuilder(
                  JavaCommand.of(
                      java,
                      List.of(
                          "-Djdk.virtualThreadScheduler.parallelism=1",
                          "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                          "--enable-native-access=ALL-UNNAMED",
                          "-Xmx256m"),
                      VirtualThreadsProgram.class.getName(),
                      broker.address()))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = program.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
      program.destroyForcibly();
      String said = Files.readString(output, StandardCharsets.UTF_8);
      assertThat(ended).as(said).isTrue();
      assertThat(program.exitValue()).as(said).isZero();
      assertThat(said.lines()).contains("taken " + 999 * 1000 / 2);
    }
  }

  /** Of this process, or else one that is installed beside it; null when all are older. */
  private static Path java() throws IOException {
    Path own = Path.of(System.getProperty("java.home")).toRealPath();
    try (Stream<Path> beside = Files.list(own.getParent())) {
      return Stream.concat(Stream.of(own), beside)
          .filter(home -> version(home) >= FIRST_VERSION)
          .map(home -> home.resolve("bin").resolve("java"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElse(null);
    }
  }

  private static int version(Path home) {
    try {
      Matcher version = VERSION.matcher(Files.readString(home.resolve("release")));
      return version.find() ? Integer.parseInt(version.group(1)) : 0;
    } catch (IOException e) {
      return 0; // no Java installation
    }
  }
}
