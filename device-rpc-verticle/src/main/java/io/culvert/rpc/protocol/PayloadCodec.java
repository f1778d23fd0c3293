package io.culvert.rpc.protocol;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Payload.General;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.Payload.Response;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Payloads as JSON: reads and validates what comes, writes what goes. It has no state and may be
 * shared.
 */
public final class PayloadCodec {
  public static final PayloadCodec DEFAULT = new PayloadCodec(PayloadRules.DEFAULT);

  private static final String BODY = "body";
  private static final String TIMESTAMP = "timestamp";
  private static final String HEADER = "header";
  private static final String REQUEST_ID = "request_id";
  private static final String PATH = "path";
  private static final String CORRELATION_ID = "correlation_id";
  private static final String SOURCE = "source";
  private static final String TOKEN = "token";
  private static final String METHOD = "method";
  private static final String RESPONSE_CODE = "response_code";

  private final PayloadRules rules;
  private final JsonReader reader;
  private final JsonWriter writer;

  public PayloadCodec(PayloadRules rules) {
    this.rules = rules;
    this.reader = new JsonReader(rules.maximumBytes(), rules.maximumDepth());
    this.writer = new JsonWriter(rules.maximumDepth());
  }

  public PayloadRules rules() {
    return rules;
  }

  /**
   * Reads and validates a payload. One whose header has a method is a request, else one with a
   * response code is an answer, else it is neither.
   *
   * @throws PayloadViolation when it is none
   */
  public Payload decode(Bytes json) {
    if (!(reader.read(json) instanceof Map<?, ?> payload)) {
      throw new PayloadViolation("", "is no JSON object");
    }
    if (!payload.containsKey(HEADER)) {
      return new General(payload.get(BODY), timestamp(payload, false));
    }
    if (!(payload.get(HEADER) instanceof Map<?, ?> fields)) {
      throw new PayloadViolation(HEADER, "is no JSON object");
    }
    if (fields.containsKey(METHOD)) {
      return new Request(
          header(fields, false),
          method(fields.get(METHOD)),
          payload.get(BODY),
          timestamp(payload, false));
    } else if (fields.containsKey(RESPONSE_CODE)) {
      boolean mayBeIncomplete = rules.readsIncompleteResponses();
      return new Response(
          header(fields, mayBeIncomplete),
          responseCode(fields.get(RESPONSE_CODE)),
          payload.get(BODY),
          timestamp(payload, mayBeIncomplete));
    }
    return new General(payload.get(BODY), timestamp(payload, false));
  }

  /**
   * Writes a payload as the reference does, nulls included.
   *
   * @throws IllegalArgumentException for a body that JSON has no form for, and for a payload that
   *     is larger than one may be
   */
  public Bytes encode(Payload payload) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    Object time = payload.timestamp().value();
    json.put(TIMESTAMP, rules.writesTextTimestamps() ? time.toString() : time);
    json.put(BODY, payload.body());
    if (payload instanceof Request request) {
      Method method = request.method();
      json.put(
          HEADER,
          fields(
              request.header(),
              METHOD,
              rules.writesIntegerMethods() ? (Object) method.number() : method.name()));
    } else if (payload instanceof Response response) {
      json.put(HEADER, fields(response.header(), RESPONSE_CODE, response.responseCode()));
    }
    Bytes bytes = writer.write(json);
    if (bytes.length() > rules.maximumBytes()) {
      throw new IllegalArgumentException(
          "a payload of %d bytes; %d are allowed".formatted(bytes.length(), rules.maximumBytes()));
    }
    return bytes;
  }

  /** A body alone as JSON. */
  public Bytes encodeBody(@Nullable Object body) {
    return writer.write(body);
  }

  /**
   * A body alone.
   *
   * @throws PayloadViolation when it is no JSON
   */
  public @Nullable Object decodeBody(Bytes json) {
    return reader.read(json);
  }

  private static Map<String, @Nullable Object> fields(Header header, String last, Object value) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put(REQUEST_ID, header.requestId().text());
    fields.put(PATH, header.path());
    fields.put(CORRELATION_ID, header.correlationId());
    fields.put(SOURCE, header.source());
    fields.put(TOKEN, header.token());
    fields.put(last, value);
    header.more().forEach(fields::putIfAbsent);
    return fields;
  }

  private static Header header(Map<?, ?> fields, boolean mayBeIncomplete) {
    String id = text(fields, REQUEST_ID);
    if (id == null) {
      throw missing(fields, REQUEST_ID);
    } else if (!RequestId.isValid(id)) {
      throw new PayloadViolation(name(REQUEST_ID), "is not of 32 hexadecimal digits");
    }
    String path = text(fields, PATH);
    if (path == null && !mayBeIncomplete) {
      throw missing(fields, PATH);
    }
    return new Header(
        new RequestId(id),
        path == null ? "" : path,
        text(fields, CORRELATION_ID),
        text(fields, SOURCE),
        text(fields, TOKEN),
        more(fields));
  }

  private static Map<String, @Nullable Object> more(Map<?, ?> fields) {
    Map<String, @Nullable Object> more = new LinkedHashMap<>();
    fields.forEach(
        (key, value) -> {
          switch ((String) key) {
            case REQUEST_ID, PATH, CORRELATION_ID, SOURCE, TOKEN, METHOD, RESPONSE_CODE -> {}
            default -> more.put((String) key, value);
          }
        });
    return more;
  }

  private static @Nullable String text(Map<?, ?> fields, String field) {
    Object value = fields.get(field);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw new PayloadViolation(name(field), "is no text");
  }

  private static PayloadViolation missing(Map<?, ?> fields, String field) {
    return new PayloadViolation(
        name(field), fields.containsKey(field) ? "is no text" : "is missing");
  }

  private Method method(@Nullable Object value) {
    Method method = null;
    if (value instanceof String name) {
      method = Method.find(name);
    } else if (value instanceof Integer number && rules.readsIntegerMethods()) {
      method = Method.find(number);
    }
    if (method == null) {
      throw new PayloadViolation(name(METHOD), "is none of GET, POST, PUT and DELETE");
    }
    return method;
  }

  /** The reference takes true for 1, text of digits and whole decimal numbers, too. */
  private static int responseCode(@Nullable Object value) {
    if (value instanceof Integer code) {
      return code;
    } else if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    } else if (value instanceof Double decimal && decimal == Math.rint(decimal)) {
      return decimal.intValue();
    } else if (value instanceof String text && text.matches("[+-]?[0-9]{1,9}")) {
      return Integer.parseInt(text);
    }
    throw new PayloadViolation(name(RESPONSE_CODE), "is no whole number");
  }

  /** The reference takes true for 1, and whole decimal numbers, too. */
  private Timestamp timestamp(Map<?, ?> payload, boolean mayBeIncomplete) {
    Object value = payload.get(TIMESTAMP);
    if (value instanceof Integer || value instanceof Long) {
      return Timestamp.ofMillis(((Number) value).longValue());
    } else if (value instanceof BigInteger large) {
      return Timestamp.ofInteger(large);
    } else if (value instanceof Boolean flag) {
      return Timestamp.ofMillis(flag ? 1 : 0);
    } else if (value instanceof Double decimal
        && decimal == Math.rint(decimal)
        && Math.abs(decimal) < Long.MAX_VALUE) {
      return Timestamp.ofMillis(decimal.longValue());
    } else if (value instanceof String text) {
      return text(text);
    } else if (value == null && mayBeIncomplete) {
      return Timestamp.ABSENT;
    }
    throw new PayloadViolation(
        TIMESTAMP, payload.containsKey(TIMESTAMP) ? "is neither number nor text" : "is missing");
  }

  private Timestamp text(String text) {
    Timestamp timestamp = Timestamp.ofText(text);
    if (rules.refusesTextTimestamps() && timestamp.value() instanceof String) {
      throw new PayloadViolation(TIMESTAMP, "is a text that is not of digits");
    }
    return timestamp;
  }

  private static String name(String field) {
    return HEADER + "." + field;
  }
}
