package io.culvert.runtime.driver;

import java.nio.file.Path;

/**
 * Where and how a Unix domain socket listens.
 *
 * @param file of the socket; its folder exists
 * @param mode of that file, such as 0600 (octal); whoever may write to it may connect
 * @param backlog connections that the kernel keeps until they are accepted
 * @param maxConnections connections beyond this are closed at once
 * @param connectsPerSecond connections beyond this wait in the backlog; 0 for any number
 */
public record UnixOptions(
    Path file, int mode, int backlog, int maxConnections, int connectsPerSecond) {
  /** Bytes of a path that the kernel takes. */
  public static final int LONGEST_PATH_BYTES = 107;

  /** Bytes of the path of its folder: the socket is made in a folder of its own in there. */
  public static final int LONGEST_FOLDER_BYTES = LONGEST_PATH_BYTES - "/.xxxx/s".length();

  public UnixOptions {
    file = file.toAbsolutePath().normalize();
    if (mode < 0 || mode > 0777) {
      throw new IllegalArgumentException("mode: 0" + Integer.toOctalString(mode));
    }
    if (backlog < 1 || maxConnections < 1 || connectsPerSecond < 0) {
      throw new IllegalArgumentException(
          "backlog and maxConnections must be positive, connectsPerSecond not negative");
    }
  }
}
