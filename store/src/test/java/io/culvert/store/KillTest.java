package io.culvert.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.testkit.Programs;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real process: what it has called stored is there after it was killed, or after its disk has
 * failed.
 */
class KillTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 3000})
  void whatWasStoredIsThereAfterAKill(int batches) throws Exception {
    Process probe = start(100_000);
    try (BufferedReader output = probe.inputReader()) {
      readUntil(output, "stored " + batches);
      probe.toHandle().destroyForcibly(); // unlike the process itself it leaves the output open
      int last = batches;
      for (String line; (line = output.readLine()) != null; ) {
        last = number(line);
      }
      assertEverythingIsThere(last);
    }
  }

  /** A sync fails, and the data may be lost though later syncs succeed: it is written again. */
  @ParameterizedTest
  @CsvSource({"EIO, 20", "EIO, 41..44", "ENOSPC, 60"})
  void whatWasStoredIsThereAfterTheDiskHasFailed(String error, String when) throws Exception {
    Programs.need("strace", Programs.run("strace", "-f", "--seccomp-bpf", "true"));
    int batches = 300;
    Process probe =
        start(
            batches,
            "strace",
            "-f",
            "--seccomp-bpf",
            "-o",
            folder.resolve("trace").toString(),
            "-e",
            "trace=fdatasync",
            "-e",
            "inject=fdatasync:error=%s:when=%s".formatted(error, when));
    try (BufferedReader output = probe.inputReader()) {
      List<String> lines = readUntil(output, "done");
      assertThat(lines)
          .contains("stored " + (batches - 1), "INFO the store works again")
          .anyMatch(line -> line.startsWith("ERROR") && line.endsWith("is kept and tried again"));
    } finally {
      for (ProcessHandle each : probe.descendants().toList()) {
        each.destroyForcibly();
        each.onExit().get();
      }
      probe.destroyForcibly().waitFor();
    }
    assertEverythingIsThere(batches - 1);
  }

  @Test
  void theFolderOfAKilledProcessIsFree() throws Exception {
    Process probe = start(1);
    try (BufferedReader output = probe.inputReader()) {
      readUntil(output, "done");
      assertThat(lockedBy()).contains("process " + probe.pid() + " on ");
      probe.destroyForcibly().waitFor();
      assertEverythingIsThere(0);
    }
  }

  private String lockedBy() {
    try (Store store = open()) {
      return "nobody";
    } catch (StoreException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void assertEverythingIsThere(int last) throws StoreException {
    try (Store store = open();
        Owner owner = new Owner(store)) {
      List<Bytes> keys = new ArrayList<>();
      owner.scan(Bytes.EMPTY, 64 << 10).forEach(entry -> keys.add(entry.key()));
      assertThat(keys.size()).isGreaterThan(last);
      for (int i = 0; i < keys.size(); i++) {
        assertThat(keys.get(i)).isEqualTo(StoreProbe.key(i));
      }
      assertThat(store.status().damages()).isZero();
    }
  }

  private Store open() throws StoreException {
    return RocksStore.open(folder.resolve("store"), CrashedStore.OPTIONS, new CollectingLog());
  }

  private Process start(int batches, String... under) throws Exception {
    List<String> command = new ArrayList<>(Arrays.asList(under));
    command.addAll(
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            StoreProbe.class.getName(),
            folder.resolve("store").toString(),
            "" + batches));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static List<String> readUntil(BufferedReader output, String last) throws Exception {
    List<String> lines = new ArrayList<>();
    for (String line; (line = output.readLine()) != null; ) {
      lines.add(line);
      if (line.equals(last)) {
        return lines;
      }
    }
    throw new AssertionError("ended before " + last + ": " + lines);
  }

  private static int number(String line) {
    return Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
  }
}
