package io.culvert.launcher;

import io.culvert.broker.auth.PasswordHash;
import java.nio.file.Path;
import java.util.List;

/**
 * The user who is made when other machines can reach the broker and nobody has credentials: kept
 * hashed in the data folder, with the password printed once.
 */
final class FirstUser {
  private static final String NAME = "culvert";

  private FirstUser() {}

  /**
   * The password file in the data folder, made if there is none.
   *
   * @param uri that other machines can reach
   */
  static Path passwordFile(Path dataFolder, String uri, Console console) throws StartException {
    Path file = dataFolder.resolve("passwords");
    return MadeOnce.file(
        file,
        password -> List.of(PasswordFiles.line(NAME, password, PasswordHash.DEFAULT_ITERATIONS)),
        password ->
            """
            other machines can reach %s, and nobody had credentials yet. This user was made:
              user name  %s
              password   %s
            It is shown this once, and kept hashed in %s.
            More users: culvert passwd add %s USER"""
                .formatted(uri, NAME, password, file, file),
        console);
  }
}
