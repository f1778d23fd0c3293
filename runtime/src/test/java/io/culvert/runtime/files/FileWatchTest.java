package io.culvert.runtime.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What counts as a change of a file, and what is done about one. */
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

  @Test
  void whatCouldNotBeReadIsTriedAgainAndSaidOnce() throws Exception {
    Vertx vertx = Vertx.vertx();
    List<String> wrong =
        new ArrayList<>(List.of("too many open files", "too many open files", "x"));
    List<String> said = new ArrayList<>();
    List<String> files = List.of(file());
    int[] reads = new int[1];
    FileWatch watch =
        new FileWatch(
            vertx,
            files,
            FileWatch.look(files),
            () -> {
              reads[0]++;
              return wrong.isEmpty()
                  ? Future.succeededFuture()
                  : Future.failedFuture(wrong.remove(0));
            },
            failure -> said.add(failure.getMessage()));
    try {
      look(watch);
      assertThat(reads[0]).as("nothing has changed").isZero();
      Files.writeString(Path.of(file()), "ann and bob");
      for (int i = 0; i < 5; i++) {
        look(watch);
      }
      assertThat(reads[0]).as("three times in vain, then read, and left alone").isEqualTo(4);
      assertThat(said).containsExactly("too many open files", "x");
      wrong.add("x");
      Files.writeString(Path.of(file()), "ann and cat and dan");
      look(watch);
      wrong.add("x");
      Files.writeString(Path.of(file()), "ann");
      look(watch);
      assertThat(said).as("once for each change").hasSize(4);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }

  private static void look(FileWatch watch) throws Exception {
    watch
        .look()
        .transform(done -> Future.succeededFuture())
        .toCompletionStage()
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }

  private String file() throws Exception {
    Path file = folder.resolve("users");
    if (!Files.exists(file)) {
      Files.writeString(file, "ann");
    }
    return file.toString();
  }
}
