package io.culvert.conformance.faults.broker;

import io.culvert.conformance.broker.CulvertJar;
import io.culvert.engine.testkit.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The runnable jar, and the quickest way to start it that is always the same. */
public record Jar(Path path, Path classArchive) {

  /** That of {@link CulvertJar}. */
  public static Jar built(Path work) {
    Path jar = CulvertJar.path();
    String archive = "culvert-" + jar.toFile().lastModified() + ".jsa"; // of this jar only
    return new Jar(jar, work.toAbsolutePath().resolve(archive));
  }

  /**
   * Runs a command of it to its end.
   *
   * @return its exit code
   */
  public int run(String... arguments) throws IOException, InterruptedException {
    List<String> command = java();
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /**
   * The cheap compiler, one collector thread, and the classes from the archive that the first
   * orderly end leaves behind.
   */
  List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(JavaCommand.java().toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("-XX:+ExitOnOutOfMemoryError");
    if (Files.isRegularFile(classArchive)) {
      command.addAll(
          List.of("-XX:SharedArchiveFile=" + classArchive, "-Xshare:auto", "-Xlog:disable"));
    } else {
      command.addAll(List.of("-XX:ArchiveClassesAtExit=" + classArchive, "-Xlog:disable"));
    }
    command.addAll(List.of("-jar", path.toString()));
    return command;
  }
}
