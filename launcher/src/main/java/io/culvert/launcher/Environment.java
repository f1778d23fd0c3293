package io.culvert.launcher;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.ConfigurationLoader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/**
 * What surrounds the command.
 *
 * @param variables environment variables
 * @param folder where relative files are looked for
 * @param input standard input
 * @param terminal where somebody can be asked, or null where nobody sits
 */
record Environment(
    Map<String, String> variables, Path folder, InputStream input, @Nullable Terminal terminal) {
  /** Read where no file is named. */
  static final String DEFAULT_FILE = "culvert.yaml";

  Environment {
    variables = Map.copyOf(variables);
  }

  static Environment ofProcess() {
    return new Environment(System.getenv(), Path.of(""), System.in, Terminal.ofProcess());
  }

  /** All layers: file, environment variables, {@code --set}, flags. */
  Configuration load(ParseResult result) {
    ConfigurationLoader loader = ConfigurationLoader.of(Settings.TABLE);
    String file = result.matchedOptionValue("--config", "");
    if (file.equals("-")) {
      loader.text("standard input", readInput());
    } else if (!file.isEmpty()) {
      loader.file(folder.resolve(file));
    } else if (Files.exists(folder.resolve(DEFAULT_FILE))) {
      loader.file(folder.resolve(DEFAULT_FILE));
    }
    loader.environment(variables);
    Flags.load(result, loader);
    return loader.load();
  }

  /** The first line of standard input, as UTF-8, without its end. */
  String readLine() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      for (int next = input.read(); next >= 0 && next != '\n'; next = input.read()) {
        line.write(next);
      }
    } catch (IOException e) {
      // a closed input ends the line
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  private String readInput() {
    try {
      return new String(input.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return ""; // a closed input is an empty one
    }
  }
}
