package io.culvert.rpc.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Payload.Response;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Methods, response codes and what becomes of them, as the reference has them. */
class CodeVectorsTest {
  static Stream<JsonObject> exceptions() {
    return Vectors.of("exception");
  }

  static Stream<JsonObject> details() {
    return Vectors.of("exception-detail");
  }

  static Stream<JsonObject> methods() {
    return Vectors.of("parse_method");
  }

  @ParameterizedTest
  @MethodSource("exceptions")
  void codeBecomesItsException(JsonObject vector) {
    Object code = vector.getValue("response_code");
    if (code == null) {
      // A payload with null there never comes so far.
      assertThatThrownBy(() -> PayloadCodec.DEFAULT.decode(response("null")))
          .isInstanceOf(PayloadViolation.class);
      return;
    }
    // The reference looks at what validation has not seen: to it the text "404" is no code.
    boolean isText = code instanceof String;
    Response response =
        isText
            ? new Response(header(Map.of()), 0, "why", Timestamp.ABSENT)
            : (Response) PayloadCodec.DEFAULT.decode(response(code.toString()));
    ResponseCode found = isText ? null : ResponseCode.find((Integer) code);
    boolean isExtended = found != null && found.isExtended();
    RpcException exception = RpcException.of(response, "me", "dev");
    String raises = vector.getString("raises");
    if (isExtended) {
      assertThat(raises).isEqualTo("ResponseException");
      if (response.isSuccess()) {
        assertThat(exception).isNull();
      } else {
        assertThat(exception).isNotInstanceOf(RpcException.Undefined.class);
      }
    } else if (raises == null) {
      assertThat(exception).isNull();
    } else if (raises.equals("ResponseException")) {
      assertThat(exception).isInstanceOf(RpcException.Undefined.class);
      if (!isText) {
        assertThat(exception.detail()).isEqualTo(vector.getJsonObject("attrs").getString("detail"));
        assertThat(exception.responseCode()).isEqualTo(code);
      }
    } else {
      assertThat(exception.getClass().getSimpleName() + "Response").isEqualTo(raises);
      assertThat(exception.getMessage().replace(":", "Response:"))
          .isEqualTo(vector.getString("str"));
      JsonObject attributes = vector.getJsonObject("attrs");
      assertThat(exception.path()).isEqualTo(attributes.getString("path"));
      assertThat(exception.detail()).isEqualTo(attributes.getString("detail"));
      assertThat(exception.source()).isEqualTo(attributes.getString("source"));
      assertThat(exception.target()).isEqualTo(attributes.getString("target"));
      assertThat(exception.requestId().text()).isEqualTo(attributes.getString("request_id"));
    }
  }

  @ParameterizedTest
  @MethodSource("details")
  void detailIsTakenFromBodyLocationOrMessage(JsonObject vector) {
    Object body = vector.getValue("body");
    Response response =
        new Response(
            header(vector.getJsonObject("header_extra").getMap()),
            400,
            body instanceof JsonObject object
                ? object.getMap()
                : body instanceof JsonArray array ? array.getList() : body,
            Timestamp.ABSENT);
    assertThat(RpcException.of(response, null, null).detail())
        .isEqualTo(vector.getString("detail"));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void methodIsFoundByName(JsonObject vector) {
    String input = vector.getString("input");
    Method found;
    if (input.startsWith("'")) {
      found = Method.find(input.substring(1, input.length() - 1));
    } else if (input.matches("[0-9]+")) {
      // The reference refuses what peers before it have sent; here a setting decides.
      PayloadCodec strict = new PayloadCodec(PayloadRules.DEFAULT.withStrictReading());
      assertThatThrownBy(() -> strict.decode(request(input))).isInstanceOf(PayloadViolation.class);
      found = null;
    } else if (input.startsWith("<Method.")) {
      found = Method.valueOf(vector.getString("result"));
    } else {
      assertThatThrownBy(
              () -> PayloadCodec.DEFAULT.decode(request(input.equals("None") ? "null" : input)))
          .isInstanceOf(PayloadViolation.class);
      found = null;
    }
    assertThat(found == null ? null : found.name()).isEqualTo(vector.getString("result"));
  }

  @Test
  void validMethodsAndCodesAreThoseOfTheReference() {
    List<JsonObject> vectors = Vectors.of("protocol_utils").toList();
    vectors
        .get(0)
        .getJsonObject("results")
        .forEach(
            entry ->
                assertThat(
                        Arrays.stream(Method.values())
                            .anyMatch(method -> ("'" + method + "'").equals(entry.getKey())))
                    .isEqualTo(entry.getValue()));
    vectors
        .get(1)
        .getJsonObject("results")
        .forEach(
            entry -> {
              ResponseCode code = ResponseCode.find(Integer.parseInt(entry.getKey()));
              assertThat(code != null && !code.isExtended())
                  .describedAs(entry.getKey())
                  .isEqualTo(entry.getValue());
            });
  }

  @Test
  void twentyOneCodesAreForEverybodyAndTheOthersBecomeOneOfThem() {
    assertThat(Arrays.stream(ResponseCode.values()).filter(code -> !code.isExtended())).hasSize(21);
    assertThat(
            Arrays.stream(ResponseCode.values())
                .filter(ResponseCode::isExtended)
                .map(code -> code.number() + ">" + code.plain().number()))
        .containsExactly("231>204", "408>400", "409>412", "422>400", "429>503", "508>502");
  }

  @Test
  void detailIsWrittenAsTheReferenceWritesIt() {
    Response response =
        (Response)
            PayloadCodec.DEFAULT.decode(
                Bytes.utf8(
                    "{\"timestamp\":1,\"body\":[1,2.5,true,null,{\"it's\":\"a\\\"b\",\"n\":\"x\\n\"}],"
                        + "\"header\":{\"response_code\":400,\"path\":\"p\",\"request_id\":\""
                        + Vectors.ID
                        + "\"}}"));
    assertThat(RpcException.of(response, null, null).detail())
        .isEqualTo("[1, 2.5, True, None, {\"it's\": 'a\"b', 'n': 'x\\n'}]");
  }

  private static Header header(Map<String, Object> more) {
    return new Header(new RequestId(Vectors.ID), "gains", null, null, null, more);
  }

  private static Bytes response(String code) {
    return Bytes.utf8(
        "{\"timestamp\":1,\"body\":\"why\",\"header\":{\"response_code\":%s,\"path\":\"gains\",\"request_id\":\"%s\"}}"
            .formatted(code, Vectors.ID));
  }

  private static Bytes request(String method) {
    return Bytes.utf8(
        "{\"timestamp\":1,\"header\":{\"method\":%s,\"path\":\"gains\",\"request_id\":\"%s\"}}"
            .formatted(method, Vectors.ID));
  }
}
