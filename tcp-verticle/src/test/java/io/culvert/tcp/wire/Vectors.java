package io.culvert.tcp.wire;

import io.culvert.engine.Bytes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The vectors that were recorded from the reference. */
public final class Vectors {
  private static final List<JsonObject> ALL = load();

  private Vectors() {}

  public static int count() {
    return ALL.size();
  }

  public static List<JsonObject> all() {
    return ALL;
  }

  public static Stream<JsonObject> of(String kind) {
    return ALL.stream().filter(vector -> vector.getString("kind").equals(kind));
  }

  public static Dialect dialect(JsonObject vector) {
    return Dialect.find(vector.getString("dialect"));
  }

  /** The last part of the id. */
  public static String name(JsonObject vector) {
    String id = vector.getString("id");
    return id.substring(id.indexOf('/', id.indexOf('/') + 1) + 1);
  }

  /** Bytes as the vectors write them: hexadecimal, or a pattern by its length. */
  public static Bytes bytes(Object value) {
    if (value instanceof String hex) {
      return Bytes.hex(hex);
    }
    JsonObject object = (JsonObject) value;
    if (object.containsKey("bytes_mod251_len")) {
      return pattern(object.getInteger("bytes_mod251_len"));
    }
    return Bytes.hex(object.getString(object.containsKey("hex") ? "hex" : "bytes"));
  }

  public static Bytes pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i % 251);
    }
    return Bytes.wrap(bytes);
  }

  /** A value of the authentication fields. */
  static AuthValue value(Object json, boolean array) {
    if (json == null) {
      return AuthValue.NOTHING;
    } else if (json instanceof String text) {
      return AuthValue.of(text);
    } else if (json instanceof Boolean flag) {
      return new AuthValue.Flag(flag);
    }
    JsonObject object = (JsonObject) json;
    String type = object.fieldNames().iterator().next();
    return switch (type) {
      case "bytes", "bytes_mod251_len" -> new AuthValue.Octets(bytes(object), array);
      case "int" -> new AuthValue.Whole(new BigInteger(object.getString("int")));
      case "float" -> new AuthValue.Real(Double.parseDouble(object.getString("float")));
      case "Decimal" -> new AuthValue.Decimal(object.getString("Decimal"));
      case "dict" -> {
        Map<AuthValue, AuthValue> entries = new LinkedHashMap<>();
        for (Object pair : object.getJsonArray("dict")) {
          JsonArray entry = (JsonArray) pair;
          entries.put(value(entry.getValue(0), array), value(entry.getValue(1), array));
        }
        yield new AuthValue.Mapping(entries);
      }
      default -> {
        List<AuthValue> items = new ArrayList<>();
        for (Object item : object.getJsonArray(type)) {
          items.add(value(item, array));
        }
        yield new AuthValue.Items(
            switch (type) {
              case "list" -> AuthValue.Shape.LIST;
              case "set" -> AuthValue.Shape.SET;
              case "tuple" -> AuthValue.Shape.TUPLE;
              default -> throw new IllegalArgumentException(type);
            },
            items);
      }
    };
  }

  private static List<JsonObject> load() {
    try (InputStream in = Vectors.class.getResourceAsStream("/netaio/netaio-vectors.json")) {
      return new JsonObject(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .getJsonArray("vectors").stream().map(JsonObject.class::cast).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
