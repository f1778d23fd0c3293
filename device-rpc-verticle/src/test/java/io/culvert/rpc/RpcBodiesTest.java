package io.culvert.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the event bus hands over, as bodies. */
class RpcBodiesTest {
  @Test
  void whatStandsInObjectsAndArraysIsPlain() {
    JsonObject inner = new JsonObject().put("b", new JsonArray().add(1).addNull());
    assertThat(RpcBodies.plain(new JsonObject().put("a", inner)))
        .isEqualTo(Map.of("a", Map.of("b", Arrays.asList(1, null))));
    assertThat(RpcBodies.plain(new JsonArray().add(new JsonObject().put("c", "d"))))
        .isEqualTo(List.of(Map.of("c", "d")));
  }

  @Test
  void aSingleValueIsItself() {
    assertThat(RpcBodies.plain("text")).isEqualTo("text");
    assertThat(RpcBodies.plain(null)).isNull();
  }
}
