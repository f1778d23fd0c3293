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
 * The file {@code files} of a store: the names of the log and the manifest that are written to, and
 * how long they were. A database that has lost one of them, or the end of it, looks like one that
 * has not been written to for a while; this tells, as of its last note.
 */
final class FileNotes {
  static final String NAME = "files";

  private static final Pattern CONTENT =
      Pattern.compile("([0-9]{6,18}\\.log) ([0-9]{1,18})\n(MANIFEST-[0-9]{6,18}) ([0-9]{1,18})\n");

  private final Path file;
  private final Path database;
  private String noted = "";

  FileNotes(Path store, Path database) {
    this.file = store.resolve(NAME);
    this.database = database;
  }

  /** The database was opened before. */
  boolean exist() {
    return Files.exists(file);
  }

  /** What is missing of the log, in words; null when nothing is known to be. */
  @Nullable String lostLog() throws IOException {
    Matcher content = content();
    if (content == null) {
      return null;
    }
    Path log = database.resolve(content.group(1));
    long length = Long.parseLong(content.group(2));
    if (newest(DatabaseFiles.list(database).logs()) < DatabaseFiles.number(log)) {
      return "%s is missing: the last %d bytes that were stored are lost".formatted(log, length);
    }
    return isCut(log, length)
        ? "%s is cut: it had %d bytes, and what is missing is lost".formatted(log, length)
        : null;
  }

  /** Whether the manifest is known to be shorter than it was. */
  boolean isManifestCut() throws IOException {
    Matcher content = content();
    return content != null
        && isCut(database.resolve(content.group(3)), Long.parseLong(content.group(4)));
  }

  /** Writes it down. Not synced: a loss of power loses both. */
  void note() throws IOException {
    DatabaseFiles files = DatabaseFiles.list(database);
    Path manifest = files.currentManifest();
    if (files.logs().isEmpty() || manifest == null) {
      return;
    }
    Path log = files.logs().get(files.logs().size() - 1);
    String text =
        "%s %d\n%s %d\n"
            .formatted(
                log.getFileName(), Files.size(log), manifest.getFileName(), Files.size(manifest));
    if (!text.equals(noted)) {
      Files.writeString(file, text, StandardCharsets.ISO_8859_1);
      noted = text;
    }
  }

  /** Null when there is no note, or it was being written. */
  private @Nullable Matcher content() throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    Matcher content =
        CONTENT.matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    return content.matches() ? content : null;
  }

  private static boolean isCut(Path path, long length) throws IOException {
    return Files.exists(path) && Files.size(path) < length;
  }

  private static long newest(List<Path> files) {
    return files.isEmpty() ? 0 : DatabaseFiles.number(files.get(files.size() - 1));
  }
}
