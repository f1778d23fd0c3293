package io.culvert.runtime.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The settings that are known, in the order of the documentation. Modules contribute theirs. */
public final class SettingTable {
  private static final Pattern INDEX = Pattern.compile("\\[[0-9]+]");

  private final Map<String, Setting> byKey;

  private SettingTable(Map<String, Setting> byKey) {
    this.byKey = byKey;
  }

  public static SettingTable of(Setting... settings) {
    return of(List.of(settings));
  }

  /** All settings of several modules. */
  public static SettingTable join(SettingTable... tables) {
    List<Setting> all = new ArrayList<>();
    for (SettingTable table : tables) {
      all.addAll(table.settings());
    }
    return of(all);
  }

  private static SettingTable of(List<Setting> settings) {
    Map<String, Setting> byKey = new LinkedHashMap<>();
    Set<String> variables = new LinkedHashSet<>();
    for (Setting setting : settings) {
      if (byKey.put(setting.key(), setting) != null) {
        throw new IllegalArgumentException("two settings have the key " + setting.key());
      }
      if (!variables.add(EnvironmentName.of(setting))) {
        throw new IllegalArgumentException(
            "two settings have the variable " + EnvironmentName.of(setting));
      }
    }
    return new SettingTable(byKey);
  }

  public Collection<Setting> settings() {
    return byKey.values();
  }

  /** The first parts of all keys. */
  public Set<String> roots() {
    Set<String> roots = new LinkedHashSet<>();
    settings().forEach(setting -> roots.add(setting.root()));
    return roots;
  }

  /** The setting at a path such as {@code mqtt.listeners[1].port}; null when none is known. */
  @Nullable Setting find(String path) {
    Setting exact = byKey.get(template(path));
    if (exact != null && !exact.open()) {
      return exact;
    }
    for (Setting setting : settings()) {
      if (setting.open()) {
        int stem = setting.key().length() - 1;
        if (path.length() > stem && path.startsWith(setting.key().substring(0, stem))) {
          return setting;
        }
      }
    }
    return null;
  }

  /** The names below a section, empty when {@code path} is none. */
  Set<String> children(String path) {
    String stem = template(path) + ".";
    Set<String> children = new LinkedHashSet<>();
    for (String key : byKey.keySet()) {
      if (key.startsWith(stem)) {
        String rest = key.substring(stem.length());
        int end = rest.indexOf('.');
        children.add((end < 0 ? rest : rest.substring(0, end)).replace("[]", ""));
      }
    }
    return children;
  }

  /** Whether {@code path} is a list of sections. */
  boolean isSectionList(String path) {
    return !children(path + "[0]").isEmpty();
  }

  /** The setting that ends where {@code path} goes on, null when there is none. */
  @Nullable Setting parent(String path) {
    String template = template(path);
    for (Setting setting : settings()) {
      if (template.startsWith(setting.key() + ".") || template.startsWith(setting.key() + "[")) {
        return setting;
      }
    }
    return null;
  }

  /** The keys of all settings, and of all lists of sections. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (Setting setting : settings()) {
      names.add(setting.key());
      int list = setting.key().indexOf("[]");
      if (list > 0) {
        names.add(setting.key().substring(0, list));
      }
    }
    return names;
  }

  static String template(String path) {
    return INDEX.matcher(path).replaceAll("[]");
  }
}
