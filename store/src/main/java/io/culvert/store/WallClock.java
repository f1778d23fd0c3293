package io.culvert.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** The time of day, for names of files and for people. */
final class WallClock {
  private static final DateTimeFormatter IN_NAMES =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private WallClock() {}

  /** As people read it. */
  static String text() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** As part of the name of a file. */
  static String inName() {
    return IN_NAMES.format(Instant.now());
  }

  /**
   * For the changes of a database that no longer knows how many there were: greater than their
   * number and than every answer before, as long as there are less than four million a second.
   */
  static long sequenceBeyondAll() {
    return Instant.now().toEpochMilli() << 12;
  }

  /** Names this process. */
  static String processText() {
    return "process %d on %s since %s%n".formatted(ProcessHandle.current().pid(), host(), text());
  }

  /** Without asking anybody on the network. */
  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      String name = System.getenv("COMPUTERNAME"); // Windows
      return name == null ? "this host" : name;
    }
  }
}
