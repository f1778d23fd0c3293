package io.culvert.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What counts as a change of a file. */
class FileWatchTest {
  @TempDir Path folder;

  @Test
  void aFileThatIsLeftAloneStaysTheSame() throws Exception {
    List<String> files = List.of(file(), folder.resolve("missing").toString());
    assertThat(FileWatch.look(files)).isEqualTo(FileWatch.look(files));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void whoMayReadItIsAChange() throws Exception {
    List<String> files = List.of(file());
    List<String> before = FileWatch.look(files);
    Path path = Path.of(file());
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r--r--"));
    assertThat(FileWatch.look(files)).isNotEqualTo(before);
  }

  private String file() throws Exception {
    Path file = folder.resolve("users");
    if (!Files.exists(file)) {
      Files.writeString(file, "ann");
    }
    return file.toString();
  }
}
