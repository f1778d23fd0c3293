package io.culvert.broker.auth;

/**
 * Topic Filters as sets of topics: whether two have a topic in common, and whether one contains the
 * other. Filters are given as their levels, without a share name.
 */
final class FilterSets {
  private FilterSets() {}

  /** Some topic matches both. */
  static boolean overlap(String[] one, String[] other) {
    if (isWildcard(one[0]) ? other[0].startsWith("$") : isHidden(one, other)) {
      return false; // [MQTT5-4.7.2-1]
    }
    int shorter = Math.min(one.length, other.length);
    for (int i = 0; i < shorter; i++) {
      if (one[i].equals("#") || other[i].equals("#")) {
        return true;
      }
      if (!one[i].equals(other[i]) && !one[i].equals("+") && !other[i].equals("+")) {
        return false;
      }
    }
    return one.length == other.length
        || endsAt(one, shorter) // "a/#" also matches "a"
        || endsAt(other, shorter);
  }

  /** Every topic that matches the inner one matches the outer one. */
  static boolean contains(String[] outer, String[] inner) {
    if (isHidden(inner, outer)) {
      return false;
    }
    for (int i = 0; i < inner.length; i++) {
      if (i < outer.length && outer[i].equals("#")) {
        return true;
      }
      if (i >= outer.length || inner[i].equals("#")) {
        return false;
      }
      if (!outer[i].equals("+") && !outer[i].equals(inner[i])) {
        return false;
      }
    }
    return outer.length == inner.length || endsAt(outer, inner.length);
  }

  /** The first begins with $ and the second with a wildcard, which does not match that. */
  private static boolean isHidden(String[] one, String[] other) {
    return one[0].startsWith("$") && isWildcard(other[0]);
  }

  private static boolean isWildcard(String level) {
    return level.equals("#") || level.equals("+");
  }

  private static boolean endsAt(String[] filter, int length) {
    return filter.length == length + 1 && filter[length].equals("#");
  }
}
