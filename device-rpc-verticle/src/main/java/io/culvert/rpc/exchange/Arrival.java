package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;

/**
 * A request that has come.
 *
 * @param asked none where its sender has not opted in, or where they cannot be read
 * @param route where its answer goes
 * @param bytes that it came with
 * @param leftMillis for which somebody waits for the answer
 */
record Arrival(
    RpcTopic topic,
    Request request,
    RpcOptions asked,
    AnswerRoute route,
    int bytes,
    long leftMillis) {
  static Arrival of(RpcMessage message, RpcTopic topic, Request request, RpcOptions asked) {
    return new Arrival(
        topic,
        request,
        asked,
        AnswerRoute.of(message, topic, asked),
        message.payload().length(),
        leftMillis(message, asked));
  }

  ExchangeKey key() {
    return ExchangeKey.of(topic, request);
  }

  /** What the broker has subtracted counts, too. */
  private static long leftMillis(RpcMessage message, RpcOptions asked) {
    Long expiresMillis = asked.expiresMillis();
    Long expirySeconds = message.expirySeconds();
    long leftMillis =
        expiresMillis == null ? ResponderLimits.EXCHANGE_LIFETIME_MILLIS : expiresMillis;
    return expirySeconds == null ? leftMillis : Math.min(leftMillis, expirySeconds * 1000);
  }
}
