package io.culvert.runtime.config;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table that parsing, defaults, printing, environment names and the documentation
 * come from.
 *
 * @param key path in kebab-case; {@code listeners[]} is a list of sections, a last part {@code *}
 *     stands for any names
 * @param defaultText as a user would write it; null when there is none
 * @param description one sentence for users
 * @param change whether a change needs a restart
 */
public record Setting(
    String key, SettingType type, @Nullable String defaultText, String description, Change change) {

  /** When a changed value is used. */
  public enum Change {
    RESTART,
    HOT
  }

  private static final Pattern KEY =
      Pattern.compile("[a-z][a-z0-9-]*(\\[])?(\\.[a-z][a-z0-9-]*(\\[])?)+(\\.\\*)?");

  public Setting {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException("not a setting key: " + key);
    }
    if (defaultText != null) {
      parseDefault(key, type, defaultText);
    }
  }

  public static Setting text(String key, @Nullable String defaultText, String description) {
    return new Setting(key, new SettingType.Text(), defaultText, description, Change.RESTART);
  }

  public static Setting flag(String key, boolean defaultValue, String description) {
    return new Setting(
        key, new SettingType.Flag(), String.valueOf(defaultValue), description, Change.RESTART);
  }

  public static Setting number(
      String key,
      Unit unit,
      long minimum,
      long maximum,
      @Nullable String defaultText,
      String description) {
    return new Setting(
        key,
        new SettingType.Whole(minimum, maximum, unit),
        defaultText,
        description,
        Change.RESTART);
  }

  /** A size that may follow the heap; {@link HeapShare#bytes} gives it. */
  public static Setting heapShare(String key, String defaultText, String description) {
    return new Setting(key, new HeapShare(), defaultText, description, Change.RESTART);
  }

  public static Setting choice(
      String key, List<String> choices, @Nullable String defaultText, String description) {
    return new Setting(
        key, new SettingType.Choice(choices), defaultText, description, Change.RESTART);
  }

  /** A list of texts; an empty {@code choices} allows every text. */
  public static Setting texts(
      String key, List<String> choices, @Nullable String defaultText, String description) {
    return new Setting(
        key, new SettingType.TextList(choices), defaultText, description, Change.RESTART);
  }

  /** The same setting, taken over without a restart. */
  public Setting hot() {
    return new Setting(key, type, defaultText, description, Change.HOT);
  }

  /** The first part of the key. */
  public String root() {
    return key.substring(0, key.indexOf('.'));
  }

  /** Whether the key ends in {@code *}. */
  boolean open() {
    return key.endsWith(".*");
  }

  /** The default as a value, null when there is none. */
  @Nullable Object defaultValue() {
    return defaultText == null ? null : parseDefault(key, type, defaultText);
  }

  private static Object parseDefault(String key, SettingType type, String text) {
    try {
      return type.parse(List.of(text), /* list= */ false);
    } catch (BadValueException e) {
      throw new IllegalArgumentException("default of " + key + ": " + e.getMessage(), e);
    }
  }
}
