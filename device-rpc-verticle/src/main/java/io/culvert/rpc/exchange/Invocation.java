package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;
import org.jspecify.annotations.Nullable;

/**
 * A request that is to be executed, once.
 *
 * @param number its name for {@link Responder#answer}
 * @param topic where it came
 * @param request with its whole body
 * @param options none where its sender has not opted in
 * @param deadlineMillis when nobody waits for the answer any more
 */
public record Invocation(
    long number, RpcTopic topic, Request request, RpcOptions options, long deadlineMillis) {
  public Method method() {
    return request.method();
  }

  public String path() {
    return request.path();
  }

  public @Nullable Object body() {
    return request.body();
  }

  /** Tag of who has asked, or null when that was not told. */
  public @Nullable String source() {
    return request.header().source();
  }
}
