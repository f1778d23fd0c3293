package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.RpcTopic;

/**
 * What makes two requests the same.
 *
 * @param source tag of who asks; empty when that was not told
 * @param subsystem of the topic
 * @param requestId as it was sent
 */
public record ExchangeKey(String source, String subsystem, String requestId) {
  static ExchangeKey of(RpcTopic topic, Request request) {
    String source = request.header().source();
    return new ExchangeKey(
        source == null ? "" : source, topic.subsystem(), request.requestId().text());
  }
}
