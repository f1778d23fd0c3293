package io.culvert.runtime.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From assignments in ascending order of precedence to checked values with defaults. */
final class Resolution {
  /** A list of sections is written by people; more is a mistake in an index. */
  private static final int MAXIMUM_SECTIONS = 256;

  private static final Pattern INDEX = Pattern.compile("\\[([0-9]+)]");

  private final SettingTable table;
  private final List<Problem> problems;
  private final Map<String, Assignment> winners = new LinkedHashMap<>();
  private final Map<String, Configuration.Entry> entries = new LinkedHashMap<>();

  private Resolution(SettingTable table, List<Problem> problems) {
    this.table = table;
    this.problems = new ArrayList<>(problems);
  }

  static Configuration resolve(
      SettingTable table, List<Assignment> assignments, List<Problem> problems) {
    Resolution resolution = new Resolution(table, problems);
    assignments.forEach(resolution::layer);
    resolution.winners.values().forEach(resolution::check);
    table.settings().forEach(resolution::fill);
    if (!resolution.problems.isEmpty()) {
      throw new ConfigurationException(resolution.problems);
    }
    return Configuration.of(table, resolution.entries);
  }

  private void layer(Assignment assignment) {
    String path = assignment.path();
    if (assignment.list() && table.isSectionList(path)) {
      winners.keySet().removeIf(other -> other.startsWith(path + "["));
    }
    winners.remove(path); // so that the order is that of the last assignment
    winners.put(path, assignment);
  }

  private void check(Assignment assignment) {
    String path = assignment.path();
    Setting setting = table.find(path);
    if (setting != null) {
      if (!numbered(assignment)) {
        return;
      }
      try {
        Object value = setting.type().parse(assignment.parts(), assignment.list());
        entries.put(path, new Configuration.Entry(setting, value, assignment.origin()));
      } catch (BadValueException e) {
        refuse(assignment, String.valueOf(e.getMessage()));
      }
      return;
    }
    if (table.isSectionList(path)) {
      if (!assignment.list() || !assignment.parts().isEmpty()) {
        refuse(assignment, "is a list of sections; " + keysOf(path + "[0]"));
      }
    } else if (path.endsWith("]") && assignment.list() && assignment.parts().isEmpty()) {
      return; // a section of a list that leaves everything to its defaults
    } else if (!table.children(path).isEmpty()) {
      refuse(assignment, "is a section, not a value; " + keysOf(path));
    } else {
      Setting parent = table.parent(path);
      refuse(assignment, parent == null ? unknown(path) : "unknown key; " + leaf(parent));
    }
  }

  /** Adds defaults, in each section of a list. */
  private void fill(Setting setting) {
    if (setting.open()) {
      return;
    }
    for (String path : paths(setting.key())) {
      Object value = setting.defaultValue();
      if (value != null && !winners.containsKey(path)) {
        entries.put(path, new Configuration.Entry(setting, value, Configuration.DEFAULT));
      }
    }
  }

  /** The key once for each section that exists. */
  private List<String> paths(String key) {
    int list = key.indexOf("[]");
    if (list < 0) {
      return List.of(key);
    }
    List<String> paths = new ArrayList<>();
    String stem = key.substring(0, list);
    for (int i : indexes(stem)) {
      paths.addAll(paths(stem + "[" + i + "]" + key.substring(list + 2)));
    }
    return paths;
  }

  private NavigableSet<Integer> indexes(String stem) {
    TreeSet<Integer> indexes = new TreeSet<>();
    for (Assignment assignment : winners.values()) {
      Matcher matcher = INDEX.matcher(assignment.path());
      if (assignment.path().startsWith(stem + "[") && matcher.find(stem.length())) {
        indexes.add(index(matcher.group(1)));
      }
    }
    return indexes;
  }

  /** The sections of a list are numbered without gaps. */
  private boolean numbered(Assignment assignment) {
    Matcher matcher = INDEX.matcher(assignment.path());
    while (matcher.find()) {
      String stem = assignment.path().substring(0, matcher.start());
      int index = index(matcher.group(1));
      if (index >= MAXIMUM_SECTIONS) {
        refuse(assignment, "there may be at most " + MAXIMUM_SECTIONS + " sections in a list");
        return false;
      }
      int before = indexes(stem).headSet(index).size();
      if (before < index) {
        refuse(assignment, "there is no %s[%d] before it".formatted(stem, before));
        return false;
      }
    }
    return true;
  }

  private static int index(String digits) {
    return digits.length() > 3 ? MAXIMUM_SECTIONS : Integer.parseInt(digits);
  }

  private String unknown(String path) {
    String nearest = NearestKey.of(SettingTable.template(path), table.names());
    if (nearest != null) {
      return "unknown key; did you mean " + nearest + "?";
    }
    String section = path;
    while (section.contains(".")) {
      section = section.substring(0, section.lastIndexOf('.'));
      if (!table.children(section).isEmpty()) {
        return "unknown key; " + keysOf(section);
      }
    }
    return "unknown key; known at the top are " + String.join(", ", table.roots());
  }

  private String keysOf(String section) {
    return "known there are " + String.join(", ", table.children(section));
  }

  private static String leaf(Setting parent) {
    return parent.key() + " takes " + parent.type().describe().replace("`", "");
  }

  private void refuse(Assignment assignment, String message) {
    problems.add(new Problem(assignment.origin(), assignment.path(), message));
  }
}
