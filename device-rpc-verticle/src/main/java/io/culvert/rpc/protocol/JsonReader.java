package io.culvert.rpc.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.culvert.engine.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as plain Java values, within limits. What it returns cannot be changed. */
final class JsonReader {
  /** Digits of one number; the reading of many takes long. */
  private static final int MAXIMUM_DIGITS = 1000;

  private static final int MAXIMUM_NAME_LENGTH = 50_000;

  private static final char BYTE_ORDER_MARK = '\ufeff';

  private final JsonFactory factory;
  private final int maximumBytes;

  JsonReader(int maximumBytes, int maximumDepth) {
    this.maximumBytes = maximumBytes;
    this.factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(maximumDepth)
                    .maxNumberLength(MAXIMUM_DIGITS)
                    .maxNameLength(MAXIMUM_NAME_LENGTH)
                    .maxStringLength(maximumBytes)
                    .build())
            // The names are the peers' choice, and would stay.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();
  }

  /**
   * Reads one value.
   *
   * @throws PayloadViolation for what is no JSON or too large
   */
  @Nullable Object read(Bytes json) {
    if (json.length() > maximumBytes) {
      throw new PayloadViolation(
          "",
          "has %d bytes; %d are allowed".formatted(json.length(), maximumBytes),
          ResponseCode.REQUEST_ENTITY_TOO_LARGE);
    }
    String text = text(json);
    // The parser would read on behind it, or in another charset.
    if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
      throw new PayloadViolation("", "is no JSON: it begins with a byte order mark");
    }
    try (JsonParser parser = factory.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new PayloadViolation("", "is no JSON: it is empty");
      }
      Object value = value(parser, first);
      if (parser.nextToken() != null) {
        throw new PayloadViolation("", "is no JSON: something follows behind its end");
      }
      return value;
    } catch (StreamConstraintsException e) {
      throw new PayloadViolation(
          "",
          "is beyond a limit: " + e.getOriginalMessage(),
          ResponseCode.REQUEST_ENTITY_TOO_LARGE);
    } catch (IOException e) {
      throw new PayloadViolation("", "is no JSON: " + reason(e));
    }
  }

  private static String text(Bytes json) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(json.array(), json.start(), json.length()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new PayloadViolation("", "is no UTF-8");
    }
  }

  private static String reason(IOException e) {
    String message =
        e instanceof com.fasterxml.jackson.core.JsonProcessingException json
            ? json.getOriginalMessage()
            : e.getMessage();
    return message == null ? "unknown reason" : message;
  }

  private static @Nullable Object value(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      case VALUE_NUMBER_FLOAT -> decimal(parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new PayloadViolation("", "is no JSON: " + token);
    };
  }

  /** Of two members with one name the later one counts. */
  private static Object object(JsonParser parser) throws IOException {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      members.put(name, value(parser, parser.nextToken()));
    }
    return Collections.unmodifiableMap(members);
  }

  private static Object array(JsonParser parser) throws IOException {
    List<@Nullable Object> items = new ArrayList<>();
    for (JsonToken next = parser.nextToken();
        next != JsonToken.END_ARRAY;
        next = parser.nextToken()) {
      items.add(value(parser, next));
    }
    return Collections.unmodifiableList(items);
  }

  /** NaN and infinities as Python writes them, and no other words; no number becomes infinite. */
  private static Object decimal(JsonParser parser) throws IOException {
    double value = parser.getDoubleValue();
    if (Double.isFinite(value)) {
      return value;
    }
    String text = parser.getText();
    if (!text.equals("NaN") && !text.equals("Infinity") && !text.equals("-Infinity")) {
      throw new PayloadViolation("", "has a number that is too large: " + text);
    }
    return value;
  }
}
