package io.culvert.broker.config;

import io.culvert.broker.auth.PasswordHash;
import io.culvert.broker.auth.PasswordUsers;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.files.SecurityFile;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The users and their passwords, in the syntax of Mosquitto's {@code password_file}: one line
 * {@code name:hash} for each, as {@code culvert passwd add} and {@code mosquitto_passwd} write it.
 * See {@link SecurityFile}.
 */
public final class PasswordFile {
  private static final String KEY = "auth.password-file";

  private final SecurityFile file;
  private final Map<String, PasswordHash> users = new TreeMap<>();

  private PasswordFile(SecurityFile file) {
    this.file = file;
  }

  /** The line of one user; the inverse of reading it. */
  public static String line(String userName, PasswordHash hash) {
    return userName + ":" + hash.print();
  }

  /** Whose line it is; null for one that means nothing. */
  public static @Nullable String userOf(String line) {
    int colon = line.indexOf(':');
    return line.startsWith("#") || colon < 1 ? null : line.substring(0, colon);
  }

  /**
   * Whether a name can stand in the file.
   *
   * @throws IllegalArgumentException when it cannot
   */
  public static void checkName(String userName) {
    if (userName.isEmpty()) {
      throw new IllegalArgumentException("is empty");
    }
    if (userName.startsWith("#") || userName.contains(":")) {
      throw new IllegalArgumentException("begins with # or contains a colon");
    }
    if (userName.chars().anyMatch(Character::isISOControl) || !userName.equals(userName.strip())) {
      throw new IllegalArgumentException("has control characters, or spaces at its ends");
    }
  }

  /**
   * Reads the file; blocks.
   *
   * @param problems takes everything that is wrong, with file and line
   * @return null when anything is
   */
  public static @Nullable PasswordUsers read(String name, List<Problem> problems) {
    SecurityFile file = new SecurityFile(KEY, name, problems);
    PasswordFile reading = new PasswordFile(file);
    file.read(reading::readLine);
    if (file.isFine() && reading.users.isEmpty()) {
      file.refuse(0, "has no user; culvert passwd --help tells how to add one");
    }
    return file.isFine() ? PasswordUsers.of(reading.users) : null;
  }

  private void readLine(int number, String line) {
    String user = userOf(line);
    if (user == null) {
      file.refuse(number, "is not of the form name:$7$…");
      return;
    }
    try {
      checkName(user);
    } catch (IllegalArgumentException e) {
      file.refuse(number, "the user name " + e.getMessage());
      return;
    }
    try {
      if (users.put(user, PasswordHash.parse(line.substring(user.length() + 1))) != null) {
        file.refuse(number, "user " + user + " has a line already");
      }
    } catch (IllegalArgumentException e) {
      file.refuse(number, "the password of user " + user + " " + e.getMessage());
    }
  }
}
