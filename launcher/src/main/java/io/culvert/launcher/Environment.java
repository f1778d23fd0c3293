package io.culvert.launcher;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.ConfigurationLoader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/**
 * What surrounds the command.
 *
 * @param variables environment variables
 * @param folder where relative files are looked for
 * @param input standard input
 */
record Environment(Map<String, String> variables, Path folder, InputStream input) {
  /** Read where no file is named. */
  static final String DEFAULT_FILE = "culvert.yaml";

  Environment {
    variables = Map.copyOf(variables);
  }

  static Environment ofProcess() {
    return new Environment(System.getenv(), Path.of(""), System.in);
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

  private String readInput() {
    try {
      return new String(input.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return ""; // a closed input is an empty one
    }
  }
}
