package io.culvert.runtime.config;

import org.jspecify.annotations.Nullable;

/** The known name that a mistyped one most probably means; dots separate the parts of a key. */
public final class NearestKey {
  /** Shorter names resemble everything. */
  private static final int SHORTEST_NAME = 3;

  private NearestKey() {}

  /** Null when no key is near. A key in the wrong section counts as near. */
  public static @Nullable String of(String path, Iterable<String> known) {
    String name = lastPart(path);
    String nearest = null;
    int least = Integer.MAX_VALUE;
    int leastWhole = Integer.MAX_VALUE;
    for (String key : known) {
      int whole = distance(path, key);
      int part = distance(name, lastPart(key)) + 1;
      boolean sameName = name.length() >= SHORTEST_NAME && part <= 1 + name.length() / 3;
      int mistakes = sameName ? Math.min(whole, part) : whole;
      int rank = 2 * mistakes + (section(key).equals(section(path)) ? 0 : 1); // of equals, its own
      boolean isNear = sameName || whole <= Math.max(2, path.length() / 3);
      if (isNear && (rank < least || (rank == least && whole < leastWhole))) {
        least = rank;
        leastWhole = whole;
        nearest = key;
      }
    }
    return nearest;
  }

  /** Insertions, deletions, replacements and swaps of neighbours. */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replace = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replace, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }

  private static String section(String path) {
    return path.substring(0, path.length() - lastPart(path).length());
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
