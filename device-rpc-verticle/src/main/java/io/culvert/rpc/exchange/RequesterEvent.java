package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcException;

/** What a {@link Requester} wants or has found. */
public sealed interface RequesterEvent {
  /** Which call it is about. */
  RequestId call();

  /**
   * To be published. Whoever does not have a standing subscription for answers has one for {@code
   * RpcTopic.find(message.topic()).response()} first.
   */
  record Send(RequestId call, RpcMessage message) implements RequesterEvent {}

  /** The call is done, well. */
  record Answered(RequestId call, Response response) implements RequesterEvent {}

  /** The call is done, and what it asked for was not. */
  record Failed(RequestId call, RpcException exception) implements RequesterEvent {}

  /** An observed resource has changed; the call goes on. */
  record Notified(RequestId call, Response response) implements RequesterEvent {}
}
