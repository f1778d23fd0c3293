package io.culvert.launcher;

import java.nio.file.Path;
import java.util.List;

/**
 * The secret of the TCP message service that is made when nobody has named one: kept in the data
 * folder, and printed once.
 */
final class TcpSecret {
  private TcpSecret() {}

  /** The file in the data folder, made if there is none. */
  static Path file(Path dataFolder, Console console) throws StartException {
    Path file = dataFolder.resolve("tcp-secret");
    return MadeOnce.file(
        file,
        List::of,
        secret ->
            """
            peers of the TCP message service had no secret yet. This one was made:
              %s
            It is shown this once, and kept in %s."""
                .formatted(secret, file),
        console);
  }
}
