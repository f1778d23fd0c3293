package io.culvert.rpc;

import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload;
import io.vertx.core.Future;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks at requests or answers on their way. Handlers run in the order in which they were
 * registered; what one returns is what the next one gets.
 *
 * @param accepts which payloads it is called for
 * @param process gets the topic and the payload; its future gives the payload that goes on, or null
 *     for the same. For a request that has come it may give the answer, and then nobody else is
 *     asked
 * @param propagate whether handlers behind it are called, too. Where it is false, they are not, and
 *     neither is what the client does by itself: an answer with an error code does not fail the
 *     request, and the device is not asked
 * @param raiseExceptions whether what it throws, and for answers an error code, fails the request.
 *     Where it is false, what it throws is logged, the payload goes on as it was before, and an
 *     answer with an error code that this handler was called for is a result like any other
 */
public record RpcHandler(
    Predicate<Payload> accepts,
    BiFunction<String, Payload, Future<? extends @Nullable Payload>> process,
    boolean propagate,
    boolean raiseExceptions) {
  /** For all payloads; it propagates and raises. */
  public static RpcHandler of(
      BiFunction<String, Payload, Future<? extends @Nullable Payload>> process) {
    return new RpcHandler(payload -> true, process, true, true);
  }

  /** Only for requests with these methods. */
  public RpcHandler forMethods(Method... methods) {
    Set<Method> wanted = Set.of(methods);
    return new RpcHandler(
        payload -> payload instanceof Payload.Request request && wanted.contains(request.method()),
        process,
        propagate,
        raiseExceptions);
  }

  /** Only for answers with these codes. */
  public RpcHandler forCodes(Integer... codes) {
    Set<Integer> wanted = Set.of(codes);
    return new RpcHandler(
        payload ->
            payload instanceof Payload.Response response
                && wanted.contains(response.responseCode()),
        process,
        propagate,
        raiseExceptions);
  }

  public RpcHandler withPropagate(boolean value) {
    return new RpcHandler(accepts, process, value, raiseExceptions);
  }

  public RpcHandler withRaiseExceptions(boolean value) {
    return new RpcHandler(accepts, process, propagate, value);
  }
}
