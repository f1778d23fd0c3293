package io.culvert.broker.config;

import io.culvert.broker.auth.Acl;
import io.culvert.broker.auth.AclBuilder;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.files.SecurityFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The access control list, in the syntax of Mosquitto's {@code acl_file}; see {@link AclBuilder}.
 */
final class AclFile {
  private static final String KEY = "auth.acl-file";

  private AclFile() {}

  /**
   * Reads the file; blocks.
   *
   * @param problems takes everything that is wrong, with file and line
   * @return null when anything is
   */
  static @Nullable Acl read(String name, List<Problem> problems) {
    SecurityFile file = new SecurityFile(KEY, name, problems);
    AclBuilder builder = new AclBuilder();
    file.read(
        (number, line) -> {
          try {
            builder.line(line);
          } catch (IllegalArgumentException e) {
            file.refuse(number, String.valueOf(e.getMessage()));
          }
        });
    if (file.isFine() && builder.isEmpty()) {
      file.refuse(0, "has no rule, so nobody could do anything");
    }
    return file.isFine() ? builder.build() : null;
  }
}
