package io.culvert.rpc;

import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.RpcException;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The handlers of a client, by what they look at. */
final class RpcHandlers {
  final HandlerChain outgoingRequests;
  final HandlerChain incomingRequests;
  final HandlerChain outgoingResponses;
  final HandlerChain incomingResponses;

  /**
   * @param failures what an answer that comes says has failed
   */
  RpcHandlers(Loop loop, BiFunction<String, Payload, @Nullable RpcException> failures) {
    this.outgoingRequests = HandlerChain.withoutFailures(loop);
    this.incomingRequests = HandlerChain.withoutFailures(loop);
    this.outgoingResponses = HandlerChain.withoutFailures(loop);
    this.incomingResponses = new HandlerChain(loop, failures);
  }

  /** Takes a handler away wherever it is; false if it is nowhere. */
  boolean remove(RpcHandler handler) {
    return Stream.of(outgoingRequests, incomingRequests, outgoingResponses, incomingResponses)
        .map(chain -> chain.remove(handler))
        .reduce(false, Boolean::logicalOr);
  }
}
