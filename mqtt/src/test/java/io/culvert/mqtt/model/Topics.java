package io.culvert.mqtt.model;

import java.util.List;

/** Topic Filters by the letter of section 4.7 and 4.8.2, level by level. */
final class Topics {
  private static final String SHARE = "$share/";

  private Topics() {}

  static boolean isShared(String filter) {
    return filter.startsWith(SHARE);
  }

  /** What is matched: without {@code $share/name/}. */
  static String inner(String filter) {
    if (!isShared(filter)) {
      return filter;
    }
    int nameEnd = filter.indexOf('/', SHARE.length());
    return filter.substring(nameEnd + 1);
  }

  static boolean isValid(String filter) {
    if (isShared(filter)) {
      int nameEnd = filter.indexOf('/', SHARE.length());
      if (nameEnd <= SHARE.length()) {
        return false;
      }
      String name = filter.substring(SHARE.length(), nameEnd);
      return !name.contains("+") && !name.contains("#") && isPlain(filter.substring(nameEnd + 1));
    }
    return isPlain(filter);
  }

  static boolean matches(String filter, String topic) {
    boolean hidden = topic.startsWith("$");
    if (hidden && (filter.startsWith("#") || filter.startsWith("+"))) {
      return false;
    }
    return matches(List.of(filter.split("/", -1)), List.of(topic.split("/", -1)));
  }

  private static boolean matches(List<String> filter, List<String> topic) {
    if (filter.isEmpty()) {
      return topic.isEmpty();
    }
    if (filter.get(0).equals("#")) {
      return true;
    }
    if (topic.isEmpty()) {
      return false;
    }
    boolean same = filter.get(0).equals("+") || filter.get(0).equals(topic.get(0));
    List<String> rest = filter.subList(1, filter.size());
    if (same && topic.size() == 1 && rest.equals(List.of("#"))) {
      return true; // the parent level
    }
    return same && matches(rest, topic.subList(1, topic.size()));
  }

  private static boolean isPlain(String filter) {
    if (filter.isEmpty() || filter.indexOf('\0') >= 0) {
      return false;
    }
    String[] levels = filter.split("/", -1);
    for (int i = 0; i < levels.length; i++) {
      boolean lastHash = levels[i].equals("#") && i == levels.length - 1;
      if (!lastHash
          && !levels[i].equals("+")
          && (levels[i].contains("#") || levels[i].contains("+"))) {
        return false;
      }
    }
    return true;
  }
}
