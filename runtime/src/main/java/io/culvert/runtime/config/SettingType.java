package io.culvert.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What the value of a setting may be. A value is a String, Long, Boolean or list of Strings. */
public sealed interface SettingType
    permits SettingType.Text,
        SettingType.Flag,
        SettingType.Whole,
        SettingType.Choice,
        SettingType.TextList,
        HeapShare {

  /** The value that the parts mean; one part unless it was written as a list. */
  Object parse(List<String> parts, boolean list) throws BadValueException;

  /** As a user would write it; {@link #parse} of it gives the same value. */
  default String print(Object value) {
    return String.valueOf(value);
  }

  /** For the documentation: "1 to 65535", "`tcp` or `websocket`". */
  String describe();

  /** Any text. */
  record Text() implements SettingType {
    @Override
    public Object parse(List<String> parts, boolean list) throws BadValueException {
      return single(parts, list);
    }

    @Override
    public String describe() {
      return "text";
    }
  }

  /** {@code true} or {@code false}. */
  record Flag() implements SettingType {
    @Override
    public Object parse(List<String> parts, boolean list) throws BadValueException {
      String text = single(parts, list);
      return switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> throw new BadValueException("\"" + text + "\" is neither true nor false");
      };
    }

    @Override
    public String describe() {
      return "`true` or `false`";
    }
  }

  /** A whole number within bounds. */
  record Whole(long minimum, long maximum, Unit unit) implements SettingType {
    @Override
    public Object parse(List<String> parts, boolean list) throws BadValueException {
      String text = single(parts, list);
      long value = unit.parse(text);
      if (value < minimum || value > maximum) {
        throw new BadValueException(
            "is %s, but must be %s".formatted(unit.print(value), describe()));
      }
      return value;
    }

    @Override
    public String print(Object value) {
      return unit.print((Long) value);
    }

    @Override
    public String describe() {
      String least = unit.print(minimum);
      return minimum == maximum ? least : least + " to " + unit.print(maximum);
    }
  }

  /** One of several words. */
  record Choice(List<String> choices) implements SettingType {
    public Choice {
      choices = List.copyOf(choices);
    }

    @Override
    public Object parse(List<String> parts, boolean list) throws BadValueException {
      return chosen(single(parts, list), choices);
    }

    @Override
    public String describe() {
      return "one of `" + String.join("`, `", choices) + "`";
    }
  }

  /** Several texts; limited to {@code choices} unless that is empty. */
  record TextList(List<String> choices) implements SettingType {
    public TextList {
      choices = List.copyOf(choices);
    }

    @Override
    public Object parse(List<String> parts, boolean list) throws BadValueException {
      List<String> values = new ArrayList<>();
      for (String part : list ? parts : List.of(parts.get(0).split(",", -1))) {
        String value = part.strip();
        if (!value.isEmpty()) {
          values.add(choices.isEmpty() ? value : chosen(value, choices));
        }
      }
      return List.copyOf(values);
    }

    @Override
    public String print(Object value) {
      return ((List<?>) value).stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    @Override
    public String describe() {
      return choices.isEmpty() ? "list of texts" : "list of `" + String.join("`, `", choices) + "`";
    }
  }

  private static String single(List<String> parts, boolean list) throws BadValueException {
    if (list) {
      throw new BadValueException("takes one value, not a list");
    }
    String text = parts.get(0).strip();
    if (text.isEmpty()) {
      throw new BadValueException("has no value; give one or remove the key");
    }
    return text;
  }

  private static String chosen(String text, List<String> choices) throws BadValueException {
    if (!choices.contains(text)) {
      throw new BadValueException(
          "\"%s\" is not one of %s".formatted(text, String.join(", ", choices)));
    }
    return text;
  }
}
