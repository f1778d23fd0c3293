package io.culvert.runtime.config;

import java.util.List;

/**
 * One value as it was written somewhere.
 *
 * @param path with indexes: {@code mqtt.listeners[0].port}
 * @param parts one text, or the elements of a list
 * @param list whether it was written as a list
 * @param origin for error texts
 */
record Assignment(String path, List<String> parts, boolean list, String origin) {
  Assignment {
    parts = List.copyOf(parts);
  }

  static Assignment of(String path, String value, String origin) {
    return new Assignment(path, List.of(value), /* list= */ false, origin);
  }
}
