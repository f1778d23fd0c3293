package io.culvert.rpc.exchange;

import io.culvert.engine.Deadlines;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.RpcOptions;

/** Someone who is told when a resource changes, until the lease is over. */
final class Observer {
  private final ExchangeKey key;
  private final ObservedState state;
  private final Deadlines.Entry<Due> deadline;
  private Request request;
  private AnswerRoute route;
  private long endMillis;

  Observer(
      ExchangeKey key,
      ObservedState state,
      Request request,
      AnswerRoute route,
      Deadlines.Entry<Due> deadline) {
    this.key = key;
    this.state = state;
    this.request = slim(request);
    this.route = route;
    this.deadline = deadline;
  }

  void renew(Request again, AnswerRoute to, long leaseEndMillis) {
    request = slim(again);
    route = to;
    endMillis = leaseEndMillis;
  }

  /** Only what its answers need. */
  private static Request slim(Request request) {
    Header asked = request.header();
    Header least =
        Header.of(asked.requestId(), asked.path())
            .withCorrelationId(asked.correlationId())
            .withSource(asked.source())
            .withToken(asked.token());
    Header header = asked.isOptedIn() ? least.withOptions(RpcOptions.NONE) : least;
    return new Request(header, request.method(), null, request.timestamp());
  }

  ExchangeKey key() {
    return key;
  }

  ObservedState state() {
    return state;
  }

  Request request() {
    return request;
  }

  AnswerRoute route() {
    return route;
  }

  Deadlines.Entry<Due> deadline() {
    return deadline;
  }

  long leftSeconds(long nowMillis) {
    return Math.max(1, (endMillis - nowMillis) / 1000);
  }
}
