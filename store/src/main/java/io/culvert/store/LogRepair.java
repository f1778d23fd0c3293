package io.culvert.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks through the logs of a database that is about to be opened. A log is replaced by what can be
 * read of it when there is damage within: RocksDB would leave out more than that, or all that is
 * behind. What is torn at the end of the last log was being written; RocksDB leaves it out.
 */
final class LogRepair {
  private final Path database;
  private final Findings findings;

  LogRepair(Path database, Findings findings) {
    this.database = database;
    this.findings = findings;
  }

  /**
   * @param leastNumber logs with lesser numbers do not count any more
   */
  void run(long leastNumber) throws IOException {
    List<Path> logs = DatabaseFiles.list(database).logs();
    boolean isLast = true; // there is no batch behind it
    for (int i = logs.size() - 1; i >= 0; i--) {
      Path file = logs.get(i);
      if (DatabaseFiles.number(file) < leastNumber) {
        return;
      }
      LogFile content = LogFile.read(file);
      look(file, content, isLast);
      isLast &= content.records() == 0;
    }
  }

  private void look(Path file, LogFile content, boolean isLast) throws IOException {
    List<LogFile.Damage> damages = new ArrayList<>(content.damages());
    if (content.isTorn()) {
      LogFile.Damage end = new LogFile.Damage(content.tornFrom(), content.bytes());
      if (isLast) {
        findings.warn(
            """
            %s ends with %d bytes that are no whole batch and are left out: it was being written when the process or the machine ended"""
                .formatted(file, end.to() - end.from()));
      } else {
        damages.add(end);
      }
    }
    if (!damages.isEmpty()) {
      for (LogFile.Damage damage : damages) {
        findings.damaged(
            "%s is damaged: what was stored in its bytes %d to %d is lost"
                .formatted(file, damage.from(), damage.to()));
      }
      keepWhatIsReadable(file);
    }
  }

  private void keepWhatIsReadable(Path file) throws IOException {
    findings.aside().copy(file);
    Path readable = file.resolveSibling(file.getFileName() + ".readable");
    try (LogFileWriter writer = LogFileWriter.open(readable)) {
      LogFile.read(file, writer::record);
    }
    Files.move(readable, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    DurableFile.syncFolder(database);
  }
}
