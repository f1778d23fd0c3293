package io.culvert.runtime.files;

import io.culvert.runtime.config.Problem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * A text file that a setting names and that says who may do what. Empty lines, and lines that begin
 * with {@code #}, are left out. Anything that is wrong with it becomes a {@link Problem} with its
 * line, and stops the start: a file that is half understood might let in whom it should not, or
 * keep out whom it should let in.
 */
public final class SecurityFile {
  /** Some hundred thousand users; a larger file is a mistake. */
  private static final long LARGEST_BYTES = 64L << 20;

  private final String key;
  private final String name;
  private final List<Problem> problems;
  private final int problemsBefore;

  /**
   * @param key of the setting that names it
   * @param problems takes everything that is wrong, with file and line
   */
  public SecurityFile(String key, String name, List<Problem> problems) {
    this.key = key;
    this.name = name;
    this.problems = problems;
    this.problemsBefore = problems.size();
  }

  /** Hands over each line that means something; blocks. */
  public void read(LineReader reader) {
    List<String> lines = text().lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).stripTrailing();
      if (!line.isEmpty() && !line.startsWith("#")) {
        reader.read(i + 1, line);
      }
    }
  }

  /** What is in it; empty where it cannot be read, and refused where it is empty. Blocks. */
  public String readWhole() {
    String text = text();
    if (isFine() && text.isBlank()) {
      refuse(0, "is empty");
    }
    return text;
  }

  public boolean isFine() {
    return problems.size() == problemsBefore;
  }

  /**
   * Adds what is wrong.
   *
   * @param line from 1, or 0 for the file as a whole
   */
  public void refuse(int line, String message) {
    problems.add(new Problem(line == 0 ? name : name + ":" + line, key, message));
  }

  private String text() {
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
    return "";
  }

  /** Takes one line. */
  @FunctionalInterface
  public interface LineReader {
    void read(int number, String line);
  }
}
