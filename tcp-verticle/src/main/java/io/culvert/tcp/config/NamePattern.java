package io.culvert.tcp.config;

import org.jspecify.annotations.Nullable;

/**
 * A URI or topic, or with {@code #} at its end that one and all below it, as in MQTT: {@code a/#}
 * is {@code a} and whatever begins with {@code a/}, and {@code #} is everything.
 */
public final class NamePattern {
  private final String base;
  private final boolean open;

  private NamePattern(String base, boolean open) {
    this.base = base;
    this.open = open;
  }

  public static NamePattern of(String text) {
    if (text.equals("#")) {
      return new NamePattern("", true);
    }
    return text.endsWith("/#")
        ? new NamePattern(text.substring(0, text.length() - 2), true)
        : new NamePattern(text, false);
  }

  /** Whether it stands for more than one name. */
  public boolean isOpen() {
    return open;
  }

  /**
   * What a name has beyond the base: nothing, or what begins with a slash; null where the pattern
   * does not mean the name.
   */
  public @Nullable String rest(String name) {
    if (!open) {
      return name.equals(base) ? "" : null;
    }
    if (base.isEmpty()) {
      return "/" + name;
    }
    return name.equals(base) || name.startsWith(base + "/") ? name.substring(base.length()) : null;
  }

  /** The name at the same place below this base; the base alone where this is one name only. */
  public String with(String rest) {
    if (!open) {
      return base;
    }
    return base.isEmpty() && !rest.isEmpty() ? rest.substring(1) : base + rest;
  }

  @Override
  public String toString() {
    return open ? (base.isEmpty() ? "#" : base + "/#") : base;
  }
}
