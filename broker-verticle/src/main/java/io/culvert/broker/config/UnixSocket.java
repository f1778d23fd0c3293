package io.culvert.broker.config;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.driver.UnixOptions;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Unix domain socket of a listener.
 *
 * @param file absolute
 * @param mode of the file, in octal digits
 */
public record UnixSocket(String file, String mode) {
  /** What belongs to listeners of other types. */
  private static final List<String> MEANINGLESS =
      List.of(
          "bind",
          "port",
          "path",
          "subprotocols",
          "origins",
          "certificate",
          "key",
          "client-certificates",
          "client-authority",
          "user-from-certificate");

  private static final String DEFAULT_MODE = "0600";

  /**
   * From a section of {@code mqtt.listeners}; null where that is of another type. Looks at the
   * folder, so it blocks.
   */
  static @Nullable UnixSocket from(
      Configuration section, ListenerOptions.Type type, List<Problem> problems) {
    if (type != ListenerOptions.Type.UNIX) {
      for (String key : List.of("socket", "socket-mode")) {
        if (!section.origin(key).equals(Configuration.DEFAULT)
            && !section.text(key).equals(DEFAULT_MODE)) { // which config print prints
          problems.add(problem(section, key, "has a meaning only with type: unix"));
        }
      }
      return null;
    }
    for (String key : MEANINGLESS) {
      if (!section.origin(key).equals(Configuration.DEFAULT)) {
        problems.add(problem(section, key, "has no meaning for a Unix domain socket"));
      }
    }
    String mode = section.text("socket-mode");
    if (!mode.matches("0?[0-7]{3}")) {
      problems.add(problem(section, "socket-mode", "is no mode such as 0600"));
    }
    return new UnixSocket(file(section, problems), mode);
  }

  /** The mode as a number. */
  public int modeBits() {
    return Integer.parseInt(mode, 8);
  }

  void addTo(JsonObject section) {
    section.put("socket", file).put("socket-mode", mode);
  }

  private static String file(Configuration section, List<Problem> problems) {
    if (!section.isPresent("socket") || section.text("socket").isEmpty()) {
      problems.add(
          new Problem("", section.path() + ".socket", "is needed: the path of the socket's file"));
      return "";
    }
    try {
      Path file = Path.of(section.text("socket")).toAbsolutePath().normalize();
      Path folder = file.getParent();
      if (folder == null || !Files.isDirectory(folder)) {
        problems.add(problem(section, "socket", "its folder does not exist: " + folder));
      } else if (bytes(file) > UnixOptions.LONGEST_PATH_BYTES) {
        problems.add(
            problem(
                section,
                "socket",
                "is longer than %d bytes".formatted(UnixOptions.LONGEST_PATH_BYTES)));
      } else if (bytes(folder) > UnixOptions.LONGEST_FOLDER_BYTES) {
        problems.add(
            problem(
                section,
                "socket",
                "its folder is longer than %d bytes".formatted(UnixOptions.LONGEST_FOLDER_BYTES)));
      }
      return file.toString();
    } catch (InvalidPathException e) {
      problems.add(problem(section, "socket", "is no name of a file"));
      return "";
    }
  }

  private static Problem problem(Configuration section, String key, String message) {
    return new Problem(section.origin(key), section.path() + "." + key, message);
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
