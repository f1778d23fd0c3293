package io.culvert.rpc.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.rpc.protocol.RpcTopic.Type;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Topics as the reference makes and reads them, where they are topics at all. */
class TopicVectorsTest {
  /** What the reference lets through, and no topic of this kind may have. */
  private static final Set<String> REFUSED =
      Set.of(
          "tag-slash",
          "tag-plus",
          "tag-hash",
          "empty-tag",
          "empty-all",
          "nul",
          "subsystem-slash",
          "extra-levels-last-is-id",
          "tag-with-slash",
          "four-levels",
          "three-levels",
          "one-level",
          "empty",
          "leading-slash",
          "trailing-slash");

  static Stream<JsonObject> requests() {
    return Vectors.of("topic-build-request");
  }

  static Stream<JsonObject> responses() {
    return Vectors.of("topic-build-response");
  }

  static Stream<JsonObject> parts() {
    return Stream.concat(Vectors.of("topic-parts"), Vectors.of("topic-target"));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void buildsTheTopicOfARequest(JsonObject vector) {
    JsonArray args = vector.getJsonArray("args");
    String namespace = vector.getString("namespace", RpcTopic.DEFAULT_NAMESPACE);
    String expected = vector.getString("result");
    if (name(vector).equals("subscribe-filter")) {
      assertThat(RpcTopic.requestFilter(namespace, args.getString(0))).isEqualTo(expected);
    } else if (REFUSED.contains(name(vector))) {
      assertThatThrownBy(() -> request(namespace, args))
          .isInstanceOf(IllegalArgumentException.class);
    } else {
      assertThat(request(namespace, args).text()).isEqualTo(expected);
      assertThat(RpcTopic.find(expected)).isEqualTo(request(namespace, args));
    }
  }

  @ParameterizedTest
  @MethodSource("responses")
  void buildsTheTopicOfTheAnswer(JsonObject vector) {
    RpcTopic request = RpcTopic.find(vector.getString("request_topic"));
    if (REFUSED.contains(name(vector))) {
      assertThat(request).isNull();
      return;
    }
    RpcTopic response = request.response().withNamespace(RpcTopic.DEFAULT_NAMESPACE);
    String target = vector.getString("target_device_tag");
    assertThat((target == null ? response : response.withTag(target)).text())
        .isEqualTo(vector.getString("result"));
  }

  @ParameterizedTest
  @MethodSource("parts")
  void findsThePartsOfATopic(JsonObject vector) {
    RpcTopic topic = RpcTopic.find(vector.getString("topic"));
    if (REFUSED.contains(name(vector))) {
      assertThat(topic).isNull();
    } else if (vector.getString("kind").equals("topic-target")) {
      assertThat(topic.tag()).isEqualTo(vector.getString("result"));
    } else {
      JsonObject parts = vector.getJsonObject("result");
      assertThat(topic)
          .isEqualTo(
              new RpcTopic(
                  parts.getString("namespace"),
                  parts.getString("subsystem"),
                  Type.find(parts.getString("type")),
                  parts.getString("target"),
                  parts.getString("request_id")));
    }
  }

  @Test
  void levelHasAtMost128CharactersAndNoDollarInFront() {
    assertThat(RpcTopic.isLevel("x".repeat(128))).isTrue();
    assertThat(RpcTopic.isLevel("x".repeat(129))).isFalse();
    assertThat(RpcTopic.isLevel("$SYS")).isFalse();
    assertThat(RpcTopic.isLevel("a\u0007b")).isFalse();
    assertThat(RpcTopic.find("gf_int_v1/s/else/dev/r")).isNull();
  }

  private static RpcTopic request(String namespace, JsonArray args) {
    return new RpcTopic(
        namespace, args.getString(1), Type.REQUEST, args.getString(0), args.getString(2));
  }

  private static String name(JsonObject vector) {
    String id = vector.getString("id");
    return id.substring(id.indexOf('/') + 1);
  }
}
