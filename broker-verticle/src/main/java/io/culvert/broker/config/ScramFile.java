package io.culvert.broker.config;

import io.culvert.mqtt.auth.SaslPrep;
import io.culvert.mqtt.auth.ScramCredential;
import io.culvert.mqtt.auth.ScramUsers;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.files.SecurityFile;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The users who may authenticate by SCRAM-SHA-256: one line {@code name:credential} for each, as
 * {@code culvert scram} prints it. See {@link SecurityFile}.
 */
public final class ScramFile {
  private static final String KEY = "auth.scram-file";
  private static final String MARK = ":SCRAM-SHA-256$";

  private final SecurityFile file;
  private final Map<String, ScramCredential> users = new TreeMap<>();

  private ScramFile(SecurityFile file) {
    this.file = file;
  }

  /** The line of one user; the inverse of reading it. */
  public static String line(String userName, ScramCredential credential) {
    return userName + ":" + credential.print();
  }

  /**
   * Whether a name can stand in the file.
   *
   * @throws IllegalArgumentException when it cannot
   */
  public static void checkName(String userName) {
    if (!SaslPrep.prepare(userName).equals(userName)) {
      throw new IllegalArgumentException(
          "is not written in its simplest form: \"" + SaslPrep.prepare(userName) + "\"");
    }
    if (userName.startsWith("#") || userName.contains(MARK)) {
      throw new IllegalArgumentException("begins with # or contains " + MARK);
    }
  }

  /**
   * Reads the file; blocks.
   *
   * @param problems takes everything that is wrong, with file and line
   * @return null when anything is
   */
  static @Nullable ScramUsers read(String name, List<Problem> problems) {
    SecurityFile file = new SecurityFile(KEY, name, problems);
    ScramFile reading = new ScramFile(file);
    file.read(reading::readLine);
    if (file.isFine() && reading.users.isEmpty()) {
      file.refuse(0, "has no user; culvert scram --help tells how to add one");
    }
    return file.isFine() ? ScramUsers.of(reading.users) : null;
  }

  private void readLine(int number, String line) {
    int mark = line.lastIndexOf(MARK);
    if (mark < 0) {
      file.refuse(number, "is not of the form name" + MARK + "…");
      return;
    }
    String user = line.substring(0, mark);
    try {
      checkName(user);
    } catch (IllegalArgumentException e) {
      file.refuse(number, "the user name " + e.getMessage());
      return;
    }
    try {
      if (users.put(user, ScramCredential.parse(line.substring(mark + 1))) != null) {
        file.refuse(number, "user " + user + " has a line already");
      }
    } catch (IllegalArgumentException e) {
      file.refuse(number, "the credential of user " + user + ": " + e.getMessage());
    }
  }
}
