package io.culvert.runtime.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Checked values of a {@link SettingTable}, defaults included. Immutable.
 *
 * <p>A getter of a key that the table does not have, or of another type, is our mistake and throws
 * {@link IllegalArgumentException}.
 */
public final class Configuration {
  /** The origin of a value that nobody has set. */
  public static final String DEFAULT = "default";

  private final SettingTable table;
  private final Map<String, Entry> entries;
  private final String prefix;

  private Configuration(SettingTable table, Map<String, Entry> entries, String prefix) {
    this.table = table;
    this.entries = entries;
    this.prefix = prefix;
  }

  static Configuration of(SettingTable table, Map<String, Entry> entries) {
    Map<String, Entry> ordered = new LinkedHashMap<>();
    for (Setting setting : table.settings()) {
      entries.forEach(
          (path, entry) -> {
            if (entry.setting().equals(setting)) {
              ordered.put(path, entry);
            }
          });
    }
    return new Configuration(table, ordered, "");
  }

  public String text(String key) {
    return value(key, String.class);
  }

  public boolean flag(String key) {
    return value(key, Boolean.class);
  }

  /** In the unit of the key's name. */
  public long number(String key) {
    return value(key, Long.class);
  }

  /** As {@link #number}, for settings whose range is that of an {@code int}. */
  public int integer(String key) {
    return Math.toIntExact(number(key));
  }

  public List<String> texts(String key) {
    List<?> values = value(key, List.class);
    return values.stream().map(String::valueOf).toList();
  }

  /** The sections of a list, each with keys relative to it; empty when none is given. */
  public List<Configuration> sections(String key) {
    String path = prefix + key;
    if (!table.isSectionList(path)) {
      throw new IllegalArgumentException("no list of sections: " + path);
    }
    TreeSet<Integer> indexes = new TreeSet<>();
    for (String entry : entries.keySet()) {
      if (entry.startsWith(path + "[")) {
        indexes.add(
            Integer.parseInt(entry, path.length() + 1, entry.indexOf(']', path.length()), 10));
      }
    }
    List<Configuration> sections = new ArrayList<>();
    indexes.forEach(i -> sections.add(new Configuration(table, entries, path + "[" + i + "].")));
    return List.copyOf(sections);
  }

  /** The values below an open key: {@code named("logging.levels")}. */
  public Map<String, String> named(String key) {
    String stem = prefix + key + ".";
    Map<String, String> values = new LinkedHashMap<>();
    entries.forEach(
        (path, entry) -> {
          if (path.startsWith(stem) && entry.setting().open()) {
            values.put(path.substring(stem.length()), entry.print());
          }
        });
    return values;
  }

  /** Whether there is a value, set or by default. */
  public boolean isPresent(String key) {
    if (table.find(prefix + key) == null) {
      throw new IllegalArgumentException("unknown setting " + prefix + key);
    }
    return entries.containsKey(prefix + key);
  }

  /** Where the value was written, {@link #DEFAULT} when nowhere. */
  public String origin(String key) {
    Entry entry = isPresent(key) ? entries.get(prefix + key) : null;
    return entry == null ? DEFAULT : entry.origin();
  }

  /** Something that is wrong with a value, said with its path and where it was written. */
  public Problem problem(String key, String message) {
    String origin = origin(key);
    return new Problem(origin.equals(DEFAULT) ? "" : origin, prefix + key, message);
  }

  /** This path, for error texts; empty at the top. */
  public String path() {
    return prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
  }

  /** The same without some keys. */
  public Configuration without(Set<String> keys) {
    Map<String, Entry> rest = new LinkedHashMap<>(entries);
    rest.keySet().removeAll(keys);
    return new Configuration(table, rest, prefix);
  }

  /** All values as nested JSON; numbers in the unit of the key's name. */
  public JsonObject toJson() {
    return tree(
        entry ->
            entry.value() instanceof List<?> list
                ? new JsonArray(List.copyOf(list))
                : entry.value());
  }

  /** Sections as objects, lists of sections as arrays, and what {@code leaf} makes of a value. */
  JsonObject tree(Function<Entry, Object> leaf) {
    JsonObject root = new JsonObject();
    entries.forEach(
        (path, entry) -> {
          // The name below an open key stays one name: loggers have dots.
          int open = entry.setting().open() ? entry.setting().key().length() - 2 : -1;
          int end = open < 0 ? path.lastIndexOf('.') : open;
          section(root, path.substring(0, end)).put(path.substring(end + 1), leaf.apply(entry));
        });
    return root;
  }

  private <T> T value(String key, Class<T> type) {
    Entry entry = isPresent(key) ? entries.get(prefix + key) : null;
    if (entry == null) {
      throw new IllegalArgumentException("setting " + prefix + key + " has no value");
    }
    if (!type.isInstance(entry.value())) {
      throw new IllegalArgumentException("setting " + prefix + key + " is another type");
    }
    return type.cast(entry.value());
  }

  private static JsonObject section(JsonObject root, String path) {
    JsonObject section = root;
    for (String part : path.split("\\.", -1)) {
      section = child(section, part);
    }
    return section;
  }

  private static JsonObject child(JsonObject section, String part) {
    int bracket = part.indexOf('[');
    if (bracket < 0) {
      return (JsonObject) section.getMap().computeIfAbsent(part, key -> new JsonObject());
    }
    String name = part.substring(0, bracket);
    int index = Integer.parseInt(part, bracket + 1, part.length() - 1, 10);
    JsonArray list = (JsonArray) section.getMap().computeIfAbsent(name, key -> new JsonArray());
    while (list.size() <= index) {
      list.add(new JsonObject());
    }
    return list.getJsonObject(index);
  }

  /** A value with its setting and where it was written. */
  record Entry(Setting setting, Object value, String origin) {
    String print() {
      return setting.type().print(value);
    }
  }
}
