package io.culvert.tcp.config;

import io.culvert.engine.Bytes;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.files.SecurityFile;
import io.culvert.tcp.wire.HmacAuth;
import io.culvert.tcp.wire.Secrets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that peers sign with: the first line is the current one, and each further line {@code
 * until 2026-12-31T00:00:00Z SECRET} one that is taken until then. See {@link SecurityFile}.
 */
final class SecretFile {
  private static final String UNTIL = "until ";

  private final SecurityFile file;
  private final List<Secrets.Older> older = new ArrayList<>();
  private @Nullable Bytes current;

  private SecretFile(SecurityFile file) {
    this.file = file;
  }

  /**
   * Reads the file; blocks.
   *
   * @param key of the setting that names it
   * @param problems takes everything that is wrong, with file and line
   * @return null when anything is
   */
  static @Nullable Secrets read(String key, String name, List<Problem> problems) {
    SecurityFile file = new SecurityFile(key, name, problems);
    SecretFile reading = new SecretFile(file);
    file.read(reading::readLine);
    if (file.isFine() && reading.current == null) {
      file.refuse(0, "has no secret");
    }
    Bytes first = reading.current;
    return file.isFine() && first != null ? new Secrets(first, reading.older) : null;
  }

  private void readLine(int number, String line) {
    if (current == null) {
      current = secret(number, line);
      if (line.startsWith(UNTIL)) {
        file.refuse(number, "begins with the secret that is signed with, which has no end");
      }
      return;
    }
    String[] words = line.split(" ", 3);
    if (!line.startsWith(UNTIL) || words.length < 3) {
      file.refuse(number, "is not of the form: until 2026-12-31T00:00:00Z SECRET");
      return;
    }
    if (older.size() == Secrets.MOST_OLDER) {
      file.refuse(number, "has one more older secret than the " + Secrets.MOST_OLDER + " allowed");
      return;
    }
    try {
      older.add(
          new Secrets.Older(secret(number, words[2]), Instant.parse(words[1]).getEpochSecond()));
    } catch (DateTimeParseException e) {
      file.refuse(number, words[1] + " is no time such as 2026-12-31T00:00:00Z");
    }
  }

  private Bytes secret(int number, String text) {
    Bytes secret = Bytes.utf8(text);
    if (secret.length() < HmacAuth.MINIMUM_SECRET_BYTES) {
      file.refuse(
          number,
          "the secret in it is too short: it needs %d bytes or more"
              .formatted(HmacAuth.MINIMUM_SECRET_BYTES));
    }
    return secret;
  }
}
