package io.culvert.rpc.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Payload.General;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.Payload.Response;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Payloads as the reference reads and writes them. */
class PayloadVectorsTest {
  private static final PayloadCodec LENIENT = PayloadCodec.DEFAULT;

  static Stream<JsonObject> payloads() {
    return Vectors.of("payload");
  }

  static Stream<JsonObject> created() {
    return Vectors.of("create").filter(vector -> vector.containsKey("wire"));
  }

  /** Each kind has its test; a new one must get one. */
  @Test
  void allVectorsAreTested() {
    assertThat(Vectors.all()).hasSize(287);
    assertThat(
            Vectors.all().stream()
                .collect(
                    Collectors.groupingBy(
                        vector -> vector.getString("kind"), Collectors.counting())))
        .isEqualTo(
            Map.of(
                "payload", 185L,
                "exception", 35L,
                "topic-build-request", 13L,
                "topic-build-response", 12L,
                "topic-parts", 11L,
                "topic-target", 11L,
                "parse_method", 8L,
                "create", 5L,
                "exception-detail", 5L,
                "protocol_utils", 2L));
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void readsWhatTheReferenceReads(JsonObject vector) {
    String id = vector.getString("id");
    Bytes json = Vectors.payload(vector);
    if (!vector.getBoolean("valid") && !Oddities.INTEGER_METHODS_READ.contains(id)) {
      assertThatThrownBy(() -> LENIENT.decode(json)).isInstanceOf(PayloadViolation.class);
      return;
    }
    Payload payload = LENIENT.decode(json);
    if (Oddities.INTEGER_METHODS_READ.contains(id)) {
      assertThat(((Request) payload).method().number())
          .isEqualTo(Character.digit(id.charAt(id.length() - 1), 10));
      return;
    }
    assertThat(type(payload)).isEqualTo(vector.getString("type"));
    if (vector.getValue("normalized") instanceof JsonObject normalized) {
      assertNormalized(payload, normalized, Oddities.BOOLEANS_KEPT.contains(id));
    } else {
      assertThat(vector.getString("normalized")).isEqualTo("(large)");
    }
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void strictReadingRefusesAllThatTheReferenceRefuses(JsonObject vector) {
    PayloadCodec strict = new PayloadCodec(PayloadRules.DEFAULT.withStrictReading());
    if (!vector.getBoolean("valid")) {
      assertThatThrownBy(() -> strict.decode(Vectors.payload(vector)))
          .isInstanceOf(PayloadViolation.class);
    }
  }

  /** What was read is written, and is read as the same again. */
  @ParameterizedTest
  @MethodSource("payloads")
  void whatIsReadCanBeWritten(JsonObject vector) {
    String id = vector.getString("id");
    if (!vector.getBoolean("valid") || id.contains("raw-NaN") || id.contains("raw-Infinity")) {
      return;
    }
    Payload payload = LENIENT.decode(Vectors.payload(vector));
    assertThat(LENIENT.decode(LENIENT.encode(payload))).isEqualTo(payload);
  }

  @ParameterizedTest
  @MethodSource("created")
  void writesTheBytesOfTheReference(JsonObject vector) {
    JsonObject result = vector.getJsonObject("result");
    Timestamp timestamp = Timestamp.ofMillis(1745534869619L);
    Object body = plain(result.getValue("body"));
    JsonObject header = result.getJsonObject("header");
    Payload payload;
    if (header == null) {
      payload = new General(body, timestamp);
    } else if (header.containsKey("method")) {
      payload =
          new Request(header(header), Method.find(header.getString("method")), body, timestamp);
    } else {
      payload = new Response(header(header), header.getInteger("response_code"), body, timestamp);
    }
    assertThat(text(LENIENT.encode(payload))).isEqualTo(vector.getString("wire"));
  }

  /** The reference wants its enum there; Java has no other form. */
  @Test
  void methodOfARequestIsNoText() {
    assertThat(Vectors.of("create").filter(vector -> vector.containsKey("exception")))
        .extracting(vector -> vector.getString("id"))
        .containsExactly("create/request-str-method");
    assertThat(Request.class.getRecordComponents()[1].getType()).isEqualTo(Method.class);
  }

  private static String type(Payload payload) {
    if (payload instanceof Request) {
      return "request";
    }
    return payload instanceof Response ? "response" : "general";
  }

  private static void assertNormalized(Payload payload, JsonObject expected, boolean keepsBoolean) {
    Object timestamp = expected.getValue("timestamp");
    assertThat(payload.timestamp().toString()).isEqualTo(timestamp.toString());
    assertThat(payload.timestamp().value() instanceof String)
        .isEqualTo(timestamp instanceof String);
    if (keepsBoolean) {
      assertThat(payload.body()).isEqualTo(!expected.getValue("body").equals(0));
    } else if (payload.body() instanceof Double number && !Double.isFinite(number)) {
      assertThat(number.toString()).isEqualTo(expected.getValue("body"));
    } else {
      assertThat(payload.body()).isEqualTo(plain(expected.getValue("body")));
    }
    if (payload instanceof Request request) {
      assertHeader(request.header(), expected.getJsonObject("header"));
      assertThat(request.method().name())
          .isEqualTo(expected.getJsonObject("header").getString("method"));
    } else if (payload instanceof Response response) {
      assertHeader(response.header(), expected.getJsonObject("header"));
      assertThat(response.responseCode())
          .isEqualTo(expected.getJsonObject("header").getInteger("response_code"));
    }
  }

  private static void assertHeader(Header header, JsonObject expected) {
    assertThat(
            new Header(
                header.requestId(),
                header.path(),
                header.correlationId(),
                header.source(),
                header.token(),
                Map.of()))
        .isEqualTo(header(expected));
  }

  private static Header header(JsonObject header) {
    return new Header(
        new RequestId(header.getString("request_id")),
        header.getString("path"),
        header.getString("correlation_id"),
        header.getString("source"),
        header.getString("token"),
        Map.of());
  }

  private static Object plain(Object value) {
    if (value instanceof JsonObject object) {
      Map<String, Object> members = new LinkedHashMap<>();
      object.getMap().keySet().forEach(name -> members.put(name, plain(object.getValue(name))));
      return members;
    } else if (value instanceof JsonArray array) {
      List<Object> items = new ArrayList<>();
      for (int i = 0; i < array.size(); i++) {
        items.add(plain(array.getValue(i)));
      }
      return items;
    }
    return value;
  }

  private static String text(Bytes bytes) {
    return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
  }
}
