package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFileTest {
  private static final int MAXIMUM_BYTES = 1000;

  @TempDir Path folder;

  @Test
  void filesAreForTheirOwnerAndBoundedInSizeAndNumber() throws Exception {
    AuditFile audit = open(2);
    for (int i = 0; i < 200; i++) {
      audit.doAppend(event("event " + i));
    }
    audit.stop();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files)
          .hasSize(3)
          .allSatisfy(
              file -> {
                assertThat(Files.size(file)).isBetween(1L, (long) MAXIMUM_BYTES);
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
              });
    }
    List<String> newest = Files.readAllLines(file());
    assertThat(newest.get(newest.size() - 1)).endsWith("event 199");
    List<String> before = Files.readAllLines(folder.resolve("audit.log.1"));
    int first = number(newest.get(0));
    assertThat(number(before.get(before.size() - 1))).isEqualTo(first - 1);
  }

  @Test
  void aFileThatOthersCouldReadIsForItsOwnerFromNowOn() throws Exception {
    Files.createFile(
        file(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
    open(0).stop();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void itGoesOnBehindWhatWasThere() throws Exception {
    for (int i = 0; i < 2; i++) {
      AuditFile audit = open(0);
      audit.doAppend(event("run " + i));
      audit.stop();
    }
    assertThat(Files.readAllLines(file())).hasSize(2);
  }

  @Test
  void olderFilesAreNotKeptWhereNoneIsWanted() throws Exception {
    AuditFile audit = open(0);
    for (int i = 0; i < 50; i++) {
      audit.doAppend(event("event " + i));
    }
    audit.stop();
    assertThat(folder.toFile().list()).containsExactly("audit.log");
  }

  @Test
  void folderThatIsNotThereIsAnError() {
    assertThatThrownBy(
            () ->
                AuditFile.open(
                    folder.resolve("none").resolve("audit.log"), new TextEncoder(), 1000, 1))
        .isInstanceOf(IOException.class);
  }

  private static int number(String line) {
    return Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
  }

  private Path file() {
    return folder.resolve("audit.log");
  }

  private AuditFile open(int older) throws IOException {
    LoggerContext context = new LoggerContext();
    AuditFile audit = AuditFile.open(file(), new TextEncoder(), MAXIMUM_BYTES, older);
    audit.setContext(context);
    audit.start();
    return audit;
  }

  private static LoggingEvent event(String message) {
    Logger logger = new LoggerContext().getLogger("culvert.audit");
    return new LoggingEvent("here", logger, Level.INFO, message, null, new Object[0]);
  }
}
