package io.culvert.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.rpc.exchange.Invocation;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.rpc.protocol.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which resource a request means, and what its body is. */
class DeviceTest {
  private final Device device = new Device();

  @Test
  void pathsInFullGoBeforePathsWithNames() {
    device.resource("items/{id}").get(request -> Reply.content("any " + request.parameter("id")));
    device.resource("/items/first").get(request -> Reply.content("first"));
    assertThat(body(Method.GET, "items/first")).isEqualTo("first");
    assertThat(body(Method.GET, "/items/7")).isEqualTo("any 7");
    assertThat(code(Method.GET, "items/7/8")).isEqualTo(ResponseCode.NOT_FOUND);
    assertThat(code(Method.GET, "items")).isEqualTo(ResponseCode.NOT_FOUND);
  }

  @Test
  void aMethodThatAResourceDoesNotHaveIsNamed() {
    device.resource("gains").get(request -> Reply.content(1)).put(request -> Reply.changed());
    Reply reply = device.handle(request(Method.DELETE, "gains", null));
    assertThat(reply.answer().code()).isEqualTo(ResponseCode.METHOD_NOT_ALLOWED);
    assertThat(reply.answer().body()).isEqualTo("gains has GET, PUT, not DELETE");
  }

  @Test
  void anyIsForTheMethodsThatAreLeft() {
    device.resource("x").get(request -> Reply.content("get")).any(request -> Reply.content("any"));
    assertThat(body(Method.GET, "x")).isEqualTo("get");
    assertThat(body(Method.POST, "x")).isEqualTo("any");
  }

  @Test
  void resourcesAreListed() {
    device.resource("gains").title("Gains").type("gf.gains").get(request -> Reply.content(1));
    device.resource("items/{id}").get(request -> Reply.content(1));
    assertThat(body(Method.GET, "/.well-known/core"))
        .isEqualTo("</gains>;title=\"Gains\";rt=\"gf.gains\"");
  }

  @Test
  void bodiesAreTyped() {
    assertThat(request(Method.PUT, "x", 7).body(Integer.class)).isEqualTo(7);
    assertThat(request(Method.PUT, "x", 7).body(Long.class)).isEqualTo(7L);
    assertThat(request(Method.PUT, "x", 7).body(Double.class)).isEqualTo(7.0);
    assertThat(request(Method.PUT, "x", List.of(1, 2)).bodyList(Double.class))
        .containsExactly(1.0, 2.0);
    assertRefused(null, String.class, "the body must be a text, not nothing");
    assertRefused("x", Boolean.class, "the body must be true or false, not a text");
    assertRefused(1.5, Integer.class, "the body must be a whole number, not a number");
    assertRefused(Map.of(), List.class, "the body must be an array, not an object");
    assertThatThrownBy(() -> request(Method.PUT, "x", List.of(1, "a")).bodyList(Integer.class))
        .isInstanceOfSatisfying(
            RpcException.class,
            refusal ->
                assertThat(refusal.detail())
                    .isEqualTo("every element of the body must be a whole number"));
  }

  @Test
  void theHeaderIsThereAsItCame() {
    assertThat(request(Method.GET, "x", null).headerFields())
        .containsEntry("method", "GET")
        .containsEntry("path", "x")
        .containsEntry("source", "cli")
        .containsEntry("extra", 1);
  }

  private static void assertRefused(@Nullable Object body, Class<?> type, String detail) {
    assertThatThrownBy(() -> request(Method.PUT, "x", body).body(type))
        .isInstanceOfSatisfying(
            RpcException.BadRequest.class,
            refusal -> assertThat(refusal.detail()).isEqualTo(detail));
  }

  private @Nullable Object body(Method method, String path) {
    return device.handle(request(method, path, null)).answer().body();
  }

  private ResponseCode code(Method method, String path) {
    return device.handle(request(method, path, null)).answer().code();
  }

  private static DeviceRequest request(Method method, String path, @Nullable Object body) {
    RequestId id = RequestId.of(new UUID(0, 1));
    Payload.Request payload =
        new Payload.Request(
            Header.of(id, path).withSource("cli").with("extra", 1),
            method,
            body,
            Timestamp.ofMillis(1));
    Invocation invocation =
        new Invocation(1, RpcTopic.request("ns", "sub", "tag", id), payload, RpcOptions.NONE, 1);
    return new DeviceRequest(invocation, payload, Map.of(), early -> {});
  }
}
