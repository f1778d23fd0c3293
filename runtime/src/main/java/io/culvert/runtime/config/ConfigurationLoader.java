package io.culvert.runtime.config;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects the layers of a configuration; each call adds a layer that goes before the earlier ones.
 * Nothing is refused before {@link #load}, which reports everything together.
 */
public final class ConfigurationLoader {
  /** The first parts of all keys of all modules. */
  private static final Set<String> ROOTS =
      Set.of(
          "mqtt",
          "auth",
          "limits",
          "store",
          "cluster",
          "event-loops",
          "rpc",
          "http",
          "mail",
          "tcp",
          "metrics",
          "logging");

  private final SettingTable table;
  private final List<Assignment> assignments = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  private ConfigurationLoader(SettingTable table) {
    this.table = table;
  }

  public static ConfigurationLoader of(SettingTable table) {
    return new ConfigurationLoader(table);
  }

  /** A YAML or JSON file. Blocks. */
  public ConfigurationLoader file(Path file) {
    try {
      return text(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      problems.add(new Problem(file.toString(), "", "there is no such file"));
    } catch (CharacterCodingException e) {
      problems.add(new Problem(file.toString(), "", "is not UTF-8 text"));
    } catch (AccessDeniedException e) {
      problems.add(new Problem(file.toString(), "", "this user may not read it"));
    } catch (IOException e) {
      problems.add(new Problem(file.toString(), "", "cannot be read: " + e.getMessage()));
    }
    return this;
  }

  /** YAML or JSON; {@code name} is what errors call it. */
  public ConfigurationLoader text(String name, String text) {
    assignments.addAll(YamlSource.read(name, /* lines= */ true, "", text, problems));
    return this;
  }

  /**
   * The configuration of a verticle, which may be that of all verticles: a root that belongs to
   * other modules is left to them. {@code name} is what errors call it.
   */
  public ConfigurationLoader json(String name, JsonObject json) {
    JsonObject own = json.copy();
    own.fieldNames().removeIf(root -> ROOTS.contains(root) && !table.roots().contains(root));
    assignments.addAll(YamlSource.read(name, /* lines= */ false, "", own.encode(), problems));
    return this;
  }

  /** The variables that begin with {@code CULVERT_}. */
  public ConfigurationLoader environment(Map<String, String> environment) {
    assignments.addAll(EnvironmentSource.read(table, environment, problems));
    return this;
  }

  /** {@code key=value}. */
  public ConfigurationLoader set(String keyAndValue) {
    assignments.addAll(TextSource.read(keyAndValue, "--set", problems));
    return this;
  }

  /** The value of a flag that stands for a setting; {@code flag} is what errors call it. */
  public ConfigurationLoader flag(String flag, String key, String value) {
    assignments.add(Assignment.of(key, value, flag));
    return this;
  }

  /**
   * The values in effect.
   *
   * @throws ConfigurationException with everything that is wrong in any layer
   */
  public Configuration load() {
    return Resolution.resolve(table, assignments, problems);
  }
}
