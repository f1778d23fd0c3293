package io.culvert.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** A file with a secret that is made when nobody has named one: only its owner reads it. */
final class MadeOnce {
  private MadeOnce() {}

  /**
   * The file, made if there is none; what was made is said once.
   *
   * @param lines what is written, by the secret
   * @param told what people are told, by the secret
   */
  static Path file(
      Path file,
      Function<String, List<String>> lines,
      Function<String, String> told,
      Console console)
      throws StartException {
    if (Files.exists(file)) {
      return file;
    }
    String secret = PasswordFiles.newPassword();
    try {
      PasswordFiles.write(file, lines.apply(secret));
    } catch (IOException e) {
      throw StartException.failure("%s cannot be written: %s".formatted(file, Reason.ofFile(e)));
    }
    console.err().println(told.apply(secret));
    console.err().flush();
    return file;
  }
}
