package io.culvert.rpc.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.culvert.engine.Bytes;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plain Java values as JSON. */
final class JsonWriter {
  private static final JsonFactory FACTORY = new JsonFactory();

  private final int maximumDepth;

  JsonWriter(int maximumDepth) {
    this.maximumDepth = maximumDepth;
  }

  /**
   * Writes one value.
   *
   * @throws IllegalArgumentException for what JSON has no form for
   */
  Bytes write(@Nullable Object value) {
    ByteArrayBuilder out = new ByteArrayBuilder();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      write(json, value, 0);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + e.getMessage(), e);
    }
    return Bytes.wrap(out.toByteArray());
  }

  private void write(JsonGenerator json, @Nullable Object value, int depth) throws IOException {
    if (depth > maximumDepth) {
      throw new IllegalArgumentException("a body deeper than " + maximumDepth);
    }
    if (value == null) {
      json.writeNull();
    } else if (value instanceof String text) {
      string(json, text);
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Number number) {
      number(json, number);
    } else if (value instanceof Map<?, ?> members) {
      json.writeStartObject();
      for (Map.Entry<?, ?> member : members.entrySet()) {
        json.writeFieldName(name(member.getKey()));
        write(json, member.getValue(), depth + 1);
      }
      json.writeEndObject();
    } else if (value instanceof Iterable<?> items) {
      json.writeStartArray();
      for (Object item : items) {
        write(json, item, depth + 1);
      }
      json.writeEndArray();
    } else if (value instanceof byte[] octets) {
      json.writeString(Base64.getEncoder().encodeToString(octets));
    } else {
      throw new IllegalArgumentException(
          "a body cannot have a value of " + value.getClass().getName());
    }
  }

  private static void number(JsonGenerator json, Number number) throws IOException {
    if (number instanceof Integer || number instanceof Short || number instanceof Byte) {
      json.writeNumber(number.intValue());
    } else if (number instanceof Long) {
      json.writeNumber(number.longValue());
    } else if (number instanceof BigInteger whole) {
      json.writeNumber(whole);
    } else if (number instanceof BigDecimal decimal) {
      json.writeNumber(decimal);
    } else if (Double.isFinite(number.doubleValue())) {
      json.writeNumber(number.doubleValue());
    } else {
      throw new IllegalArgumentException("JSON has no form for " + number);
    }
  }

  /** What is no text in UTF-16, which JSON can tell and UTF-8 cannot, is written by its number. */
  private static void string(JsonGenerator json, String text) throws IOException {
    if (isWellFormed(text)) {
      json.writeString(text);
      return;
    }
    StringBuilder escaped = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      escaped.append("\\u%04x".formatted((int) text.charAt(i)));
    }
    json.writeRawValue(escaped.append('"').toString());
  }

  private static String name(@Nullable Object key) {
    if (key instanceof String name && isWellFormed(name)) {
      return name;
    }
    throw new IllegalArgumentException("not the name of a member: " + key);
  }

  private static boolean isWellFormed(String text) {
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      int c = text.codePointAt(at);
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        return false;
      }
    }
    return true;
  }
}
