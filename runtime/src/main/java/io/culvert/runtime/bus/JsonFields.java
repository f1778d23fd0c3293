package io.culvert.runtime.bus;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a request. What has another type than it should, lies outside its range, or
 * is not known at all is a {@link MqttFailure#BAD_REQUEST} that names the field.
 */
public final class JsonFields {
  private final JsonObject json;
  private final String path;

  private JsonFields(JsonObject json, String path) {
    this.json = json;
    this.path = path;
  }

  /**
   * The fields of a message's body.
   *
   * @throws ReplyException if it is no object, or has other fields than these
   */
  public static JsonFields of(@Nullable Object body, Set<String> known) {
    return of(body, "", known);
  }

  private static JsonFields of(@Nullable Object body, String path, Set<String> known) {
    if (!(body instanceof JsonObject json)) {
      throw bad(path.isEmpty() ? "the body" : path, "must be a JSON object");
    }
    String prefix = path.isEmpty() ? "" : path + ".";
    for (String name : json.fieldNames()) {
      if (!known.contains(name)) {
        throw bad(prefix + name, "is not known; there are " + String.join(", ", sorted(known)));
      }
    }
    return new JsonFields(json, prefix);
  }

  /** A text that must be there, and not be empty. */
  public String text(String name) {
    String text = optionalText(name);
    if (text == null || text.isEmpty()) {
      throw bad(path + name, "must be a text that is not empty");
    }
    return text;
  }

  public @Nullable String optionalText(String name) {
    Object value = json.getValue(name);
    if (value != null && !(value instanceof String)) {
      throw bad(path + name, "must be a text");
    }
    return (String) value;
  }

  public boolean flag(String name, boolean otherwise) {
    Object value = json.getValue(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw bad(path + name, "must be true or false");
  }

  /** A whole number in a range, ends included. */
  public long number(String name, long minimum, long maximum, long otherwise) {
    Long value = optionalNumber(name, minimum, maximum);
    return value == null ? otherwise : value;
  }

  public @Nullable Long optionalNumber(String name, long minimum, long maximum) {
    Object value = json.getValue(name);
    if (value == null) {
      return null;
    }
    if (value instanceof Integer || value instanceof Long) {
      long number = ((Number) value).longValue();
      if (number >= minimum && number <= maximum) {
        return number;
      }
    }
    throw bad(path + name, "must be a whole number from " + minimum + " to " + maximum);
  }

  /** Bytes in Base64. */
  public byte @Nullable [] optionalBytes(String name) {
    String text = optionalText(name);
    if (text == null) {
      return null;
    }
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw bad(path + name, "must be Base64");
    }
  }

  /** Bytes: a text, or Base64 in the field whose name has {@code Base64} behind it; else none. */
  public byte[] octets(String name) {
    String encoded = name + "Base64";
    if (has(name) && has(encoded)) {
      throw bad(path + encoded, "stands beside " + name + "; give one of them");
    }
    byte[] bytes = optionalBytes(encoded);
    if (bytes != null) {
      return bytes;
    }
    String text = optionalText(name);
    try {
      ByteBuffer utf8 =
          StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text == null ? "" : text));
      byte[] written = new byte[utf8.remaining()];
      utf8.get(written);
      return written;
    } catch (CharacterCodingException e) {
      throw bad(path + name, "has half of a surrogate pair; give " + encoded);
    }
  }

  /** Pairs of texts: {@code [["name", "value"], …]}. */
  public List<MqttProperties.UserProperty> pairs(String name) {
    Object value = json.getValue(name);
    if (value == null) {
      return List.of();
    }
    List<MqttProperties.UserProperty> pairs = new ArrayList<>();
    if (value instanceof JsonArray array) {
      for (Object each : array) {
        if (each instanceof JsonArray pair
            && pair.size() == 2
            && pair.getValue(0) instanceof String key
            && pair.getValue(1) instanceof String text) {
          pairs.add(new MqttProperties.UserProperty(key, text));
        } else {
          throw bad(path + name, "must have pairs of texts only");
        }
      }
      return List.copyOf(pairs);
    }
    throw bad(path + name, "must be a list of pairs of texts");
  }

  /** Any value: a text, number, truth value, {@link JsonObject} or {@link JsonArray}, or null. */
  public @Nullable Object value(String name) {
    return json.getValue(name);
  }

  /** A list of texts that are not empty; none where it is absent. */
  public List<String> texts(String name) {
    Object value = json.getValue(name);
    List<String> texts = new ArrayList<>();
    if (value instanceof JsonArray array) {
      for (Object each : array) {
        if (!(each instanceof String text) || text.isEmpty()) {
          throw bad(path + name, "must have texts only that are not empty");
        }
        texts.add(text);
      }
    } else if (value != null) {
      throw bad(path + name, "must be a list of texts");
    }
    return List.copyOf(texts);
  }

  /** Texts by names; none where it is absent. */
  public Map<String, String> textMap(String name) {
    Object value = json.getValue(name);
    Map<String, String> texts = new LinkedHashMap<>();
    if (value instanceof JsonObject object) {
      for (Map.Entry<String, Object> each : object) {
        if (!(each.getValue() instanceof String text)) {
          throw bad(path + name + "." + each.getKey(), "must be a text");
        }
        texts.put(each.getKey(), text);
      }
    } else if (value != null) {
      throw bad(path + name, "must be an object of texts");
    }
    return texts;
  }

  /** The fields of an object in it, none where it is absent. */
  public JsonFields object(String name, Set<String> known) {
    Object value = json.getValue(name);
    return of(value == null ? new JsonObject() : value, path + name, known);
  }

  public boolean has(String name) {
    return json.getValue(name) != null;
  }

  /** The failure of a field. */
  public ReplyException wrong(String name, String why) {
    return bad(path + name, why);
  }

  private static ReplyException bad(String field, String why) {
    return MqttFailure.BAD_REQUEST.because(field + " " + why);
  }

  private static Set<String> sorted(Set<String> names) {
    return new TreeSet<>(names);
  }
}
