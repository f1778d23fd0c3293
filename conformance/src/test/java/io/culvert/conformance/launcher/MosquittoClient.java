package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A run of mosquitto_pub or mosquitto_sub that has ended.
 *
 * @param text what it has written, to stdout and stderr
 */
record MosquittoClient(int exitCode, String text) {
  private static final int LIMIT_SECONDS = 60;

  /** Publishes {@code x} at QoS 1; the options say where, to which topic, and the version. */
  static MosquittoClient publish(Path folder, String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("-m", "x", "-q", "1"));
    all.addAll(List.of(options));
    return run(folder, "mosquitto_pub", all);
  }

  /** Runs a program in a folder, to its end. */
  static MosquittoClient run(Path folder, String program, List<String> options) throws Exception {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(options);
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    return new MosquittoClient(process.exitValue(), text);
  }
}
