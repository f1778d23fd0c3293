package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.CulvertJar;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The script {@code culvert}, as far as it chooses heap and collector. It runs beside the jar that
 * is tested, in a folder without sources: there it has nothing to build.
 */
class StartScriptIT {
  /** Far more than a start needs, also on a busy machine. */
  private static final int LIMIT_SECONDS = 60;

  private static final long MEBIBYTE = 1 << 20;

  /** A line of {@code -XX:+PrintFlagsFinal} about what was given to the JVM. */
  private static final Pattern GIVEN =
      Pattern.compile(
          "\\s+\\w+ ((?:Initial|Max)HeapSize|\\w*NewSize|NewRatio|Use\\w+GC)\\s+= (\\w+)\\s.*\\{command line.*");

  @TempDir static Path folder;

  @BeforeAll
  static void withoutSources() throws Exception {
    Path target = Files.createDirectories(folder.resolve("launcher/target"));
    Files.copy(CulvertJar.path(), target.resolve("culvert.jar"));
    Files.copy(Path.of("../culvert"), folder.resolve("culvert"));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      value = {
        "-                              | 48m 512m | NewSize=24m MaxNewSize=96m | Serial",
        "-Xlog:disable                  | 48m 512m | NewSize=24m MaxNewSize=96m | Serial",
        "-XX:+UseGCOverheadLimit        | 48m 512m | NewSize=24m MaxNewSize=96m | Serial",
        "-Xmx64m                        | 32m 64m  | NewRatio=4                 | Serial",
        "-Xms64m                        | 64m 512m | NewRatio=4                 | Serial",
        "-XX:MaxHeapSize=64m            | 32m 64m  | NewRatio=4                 | Serial",
        "-XX:InitialHeapSize=64m        | 64m 512m | NewRatio=4                 | Serial",
        "-XX:+UseG1GC                   | 48m 512m | NewSize=24m MaxNewSize=96m | G1",
        "-XX:+UseParallelGC -Xmx900m    | 32m 900m |                            | Parallel",
        "-XX:MaxNewSize=20m             | 48m 512m | MaxNewSize=20m             | Serial",
        "-Xmx100m -XX:MaxNewSize=20m    | 32m 100m | MaxNewSize=20m NewRatio=4  | Serial",
        "-XX:NewRatio=1 -Xmx100m        | 32m 100m | NewRatio=1                 | Serial",
      })
  void chosenOptionsCountAndTheOthersSuitThem(
      String chosen, String heap, String young, String collector) throws Exception {
    Map<String, String> expected = new TreeMap<>();
    expected.put("InitialHeapSize", heap.split(" ")[0]);
    expected.put("MaxHeapSize", heap.split(" ")[1]);
    if (young != null) {
      for (String each : young.split(" ")) {
        expected.put(each.split("=")[0], each.split("=")[1]);
      }
    }
    expected.put("Use" + collector + "GC", "true");
    assertThat(given(chosen)).isEqualTo(expected);
  }

  /** What the JVM takes of all that it is given. */
  private static Map<String, String> given(String chosen) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder("bash", folder.resolve("culvert").toString(), "version")
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("CULVERT_"));
    environment.remove("JAVA_TOOL_OPTIONS");
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("JDK_JAVA_OPTIONS", "-XX:+PrintFlagsFinal"); // beside what is chosen
    if (chosen != null) {
      environment.put("CULVERT_JAVA_OPTS", chosen);
    }
    Process process = builder.start();
    try {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(err)).isZero();
    String printed = Files.readString(out);
    assertThat(printed).containsPattern("(?m)^culvert \\d+\\.");
    Map<String, String> given = new TreeMap<>();
    for (String line : printed.split("\n")) {
      Matcher flag = GIVEN.matcher(line);
      if (flag.matches()) {
        given.put(flag.group(1), inMebibytes(flag.group(2)));
      }
    }
    return given;
  }

  private static String inMebibytes(String value) {
    boolean isSize = value.matches("\\d+") && Long.parseLong(value) >= MEBIBYTE;
    return isSize ? Long.parseLong(value) / MEBIBYTE + "m" : value;
  }
}
