package io.culvert.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of a database by their kind, each in the order of its numbers.
 *
 * @param logs what was written and not yet sorted into tables
 * @param tables sorted records
 * @param manifests which tables count
 * @param greatestNumber of all files
 */
record DatabaseFiles(
    Path folder, List<Path> logs, List<Path> tables, List<Path> manifests, long greatestNumber) {
  static final String CURRENT = "CURRENT";
  private static final Pattern NUMBERED =
      Pattern.compile("([0-9]{6,18})\\.(log|sst)|(?:MANIFEST|OPTIONS)-([0-9]{6,18})");

  DatabaseFiles {
    logs = List.copyOf(logs);
    tables = List.copyOf(tables);
    manifests = List.copyOf(manifests);
  }

  static DatabaseFiles list(Path folder) throws IOException {
    List<Path> logs = new ArrayList<>();
    List<Path> tables = new ArrayList<>();
    List<Path> manifests = new ArrayList<>();
    long greatest = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!NUMBERED.matcher(name).matches()) {
          continue;
        }
        greatest = Math.max(greatest, number(file));
        if (name.endsWith(".log")) {
          logs.add(file);
        } else if (name.endsWith(".sst")) {
          tables.add(file);
        } else if (name.startsWith("MANIFEST")) {
          manifests.add(file);
        }
      }
    }
    Comparator<Path> byNumber = Comparator.comparingLong(DatabaseFiles::number);
    logs.sort(byNumber);
    tables.sort(byNumber);
    manifests.sort(byNumber);
    return new DatabaseFiles(folder, logs, tables, manifests, greatest);
  }

  /** The number in the name of a file, or 0. */
  static long number(Path file) {
    Matcher matcher = NUMBERED.matcher(file.getFileName().toString());
    if (!matcher.matches()) {
      return 0;
    }
    String digits = matcher.group(1) == null ? matcher.group(3) : matcher.group(1);
    return Long.parseLong(digits);
  }

  /** The file of a table. */
  static Path table(Path folder, long number) {
    return folder.resolve("%06d.sst".formatted(number));
  }

  boolean isEmpty() {
    return logs.isEmpty() && tables.isEmpty() && manifests.isEmpty();
  }

  Path current() {
    return folder.resolve(CURRENT);
  }

  /** The manifest that counts, or null when none is named or it is not there. */
  @Nullable Path currentManifest() throws IOException {
    if (!Files.exists(current())) {
      return null;
    }
    byte[] content = Files.readAllBytes(current());
    String name = new String(content, StandardCharsets.ISO_8859_1);
    for (Path manifest : manifests) {
      if (name.equals(manifest.getFileName() + "\n")) {
        return manifest;
      }
    }
    return null;
  }
}
