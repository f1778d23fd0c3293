package io.culvert.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code newest-log} of a store: the name of the log that is written to, and how long it
 * was. A database that has lost its newest log, or the end of it, looks like one that has not been
 * written to for a while; this tells, as of its last note.
 */
final class NewestLog {
  static final String NAME = "newest-log";

  private static final Pattern CONTENT = Pattern.compile("([0-9]{6,18}\\.log) ([0-9]{1,18})\n");

  private final Path file;
  private final Path database;
  private String noted = "";

  NewestLog(Path store, Path database) {
    this.file = store.resolve(NAME);
    this.database = database;
  }

  /** What is missing, in words; null when nothing is known to be. */
  @Nullable String lost(DatabaseFiles files) throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    Matcher content =
        CONTENT.matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    if (!content.matches()) {
      return null; // it was being written
    }
    Path log = database.resolve(content.group(1));
    long length = Long.parseLong(content.group(2));
    List<Path> logs = files.logs();
    long newest = logs.isEmpty() ? 0 : DatabaseFiles.number(logs.get(logs.size() - 1));
    if (newest < DatabaseFiles.number(log)) {
      return "%s is missing: the last %d bytes that were stored are lost".formatted(log, length);
    }
    if (Files.exists(log) && Files.size(log) < length) {
      return "%s is cut: it had %d bytes, and what is missing is lost".formatted(log, length);
    }
    return null;
  }

  /** Writes it down. Not synced: a loss of power loses both. */
  void note() throws IOException {
    List<Path> logs = DatabaseFiles.list(database).logs();
    if (logs.isEmpty()) {
      return;
    }
    Path newest = logs.get(logs.size() - 1);
    String text = "%s %d\n".formatted(newest.getFileName(), Files.size(newest));
    if (!text.equals(noted)) {
      Files.writeString(file, text, StandardCharsets.ISO_8859_1);
      noted = text;
    }
  }
}
