package io.culvert.broker.config;

import io.culvert.mqtt.auth.SaslPrep;
import io.culvert.mqtt.auth.ScramCredential;
import io.culvert.mqtt.auth.ScramUsers;
import io.culvert.runtime.config.Problem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The users who may authenticate by SCRAM-SHA-256: one line {@code name:credential} for each, as
 * {@code culvert scram} prints it. Empty lines, and lines that begin with {@code #}, are left out.
 *
 * <p>Anything else in it is a mistake that stops the start: a file that is half understood might
 * let in whom it should not, or keep out whom it should let in.
 */
public final class ScramFile {
  private static final String KEY = "auth.scram-file";
  private static final String MARK = ":SCRAM-SHA-256$";

  /** Some hundred thousand users; a larger file is a mistake. */
  private static final long LARGEST_BYTES = 64L << 20;

  private final String name;
  private final List<Problem> problems;
  private final Map<String, ScramCredential> users = new TreeMap<>();

  private ScramFile(String name, List<Problem> problems) {
    this.name = name;
    this.problems = problems;
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
  static @Nullable ScramUsers read(String file, List<Problem> problems) {
    ScramFile reading = new ScramFile(file, problems);
    int before = problems.size();
    reading.readLines();
    if (problems.size() == before && reading.users.isEmpty()) {
      reading.refuse(0, "has no user; culvert scram --help tells how to add one");
    }
    return problems.size() == before ? ScramUsers.of(reading.users) : null;
  }

  private void readLines() {
    String text = text();
    if (text != null) {
      List<String> lines = text.lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i).stripTrailing();
        if (!line.isEmpty() && !line.startsWith("#")) {
          readLine(i + 1, line);
        }
      }
    }
  }

  private void readLine(int number, String line) {
    int mark = line.lastIndexOf(MARK);
    if (mark < 0) {
      refuse(number, "is not of the form name" + MARK + "…");
      return;
    }
    String user = line.substring(0, mark);
    try {
      checkName(user);
    } catch (IllegalArgumentException e) {
      refuse(number, "the user name " + e.getMessage());
      return;
    }
    try {
      if (users.put(user, ScramCredential.parse(line.substring(mark + 1))) != null) {
        refuse(number, "user " + user + " has a line already");
      }
    } catch (IllegalArgumentException e) {
      refuse(number, "the credential of user " + user + ": " + e.getMessage());
    }
  }

  private @Nullable String text() {
    try {
      Path path = Path.of(name);
      if (!Files.isRegularFile(path) && Files.exists(path)) {
        refuse(0, "is not a file");
      } else if (Files.size(path) > LARGEST_BYTES) {
        refuse(0, "is larger than 64 MiB");
      } else {
        return Files.readString(path, StandardCharsets.UTF_8);
      }
    } catch (NoSuchFileException | InvalidPathException e) {
      refuse(0, "there is no such file");
    } catch (CharacterCodingException e) {
      refuse(0, "is not UTF-8");
    } catch (IOException e) {
      refuse(0, "cannot be read: " + e.getMessage());
    }
    return null;
  }

  private void refuse(int line, String message) {
    problems.add(new Problem(line == 0 ? name : name + ":" + line, KEY, message));
  }
}
