package io.culvert.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The file {@code format} of a store: what the folder is, in which version of its layout, and who
 * made it. A checksum tells a damaged file from one of another program.
 */
final class FormatFile {
  static final String NAME = "format";
  static final int VERSION = 1;

  private static final String PRODUCT = "culvert-store";
  private static final int MAXIMUM_BYTES = 4096;
  private static final Pattern CHECKSUM = Pattern.compile("(?s)(.*\n)checksum ([0-9a-f]{8})\n");
  private static final Pattern OURS = Pattern.compile("(?s)" + PRODUCT + " ([0-9]{1,9})\n(.*)");

  private FormatFile() {}

  /** What a folder is. */
  sealed interface Format {}

  /** Nothing says so. */
  record Missing() implements Format {}

  /** Of this version. */
  record Known() implements Format {}

  /** Somebody has changed the file, or the disk has. */
  record Damaged() implements Format {}

  /** Of another program or a newer version of this one; the text says which. */
  record Other(String text) implements Format {}

  static Format read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      return new Missing();
    }
    if (Files.size(file) > MAXIMUM_BYTES) {
      return new Damaged();
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    Matcher sealed = CHECKSUM.matcher(text);
    if (!sealed.matches() || !checksum(sealed.group(1)).equals(sealed.group(2))) {
      return new Damaged();
    }
    Matcher ours = OURS.matcher(sealed.group(1));
    if (!ours.matches()) {
      return new Other("of another program: " + firstLine(text));
    }
    int version = Integer.parseInt(ours.group(1));
    return version == VERSION
        ? new Known()
        : new Other("of format %d, %s".formatted(version, firstLine(ours.group(2))));
  }

  /** Of this version, made now; whole or not at all. */
  static void write(Path folder) throws IOException {
    String content =
        "%s %d\nwritten by Culvert %s\ncreated %s\n"
            .formatted(PRODUCT, VERSION, program(), WallClock.text());
    write(folder, content);
  }

  /** Any content, with its checksum. */
  static void write(Path folder, String content) throws IOException {
    Path written = folder.resolve(NAME + ".new");
    String text = content + "checksum " + checksum(content) + "\n";
    DurableFile.write(written, text.getBytes(StandardCharsets.ISO_8859_1));
    Files.move(
        written,
        folder.resolve(NAME),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    DurableFile.syncFolder(folder);
  }

  private static String checksum(String content) {
    CRC32C crc = new CRC32C();
    crc.update(content.getBytes(StandardCharsets.ISO_8859_1));
    return "%08x".formatted(crc.getValue());
  }

  private static String firstLine(String text) {
    List<String> lines = text.lines().limit(1).toList();
    return lines.isEmpty() ? "" : lines.get(0);
  }

  /** From the jar's manifest; class folders have none. */
  private static String program() {
    String version = FormatFile.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
