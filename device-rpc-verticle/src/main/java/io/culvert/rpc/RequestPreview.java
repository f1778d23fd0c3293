package io.culvert.rpc;

import io.culvert.rpc.exchange.Call;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Payload;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.Timestamp;

/** A request as handlers see it before it is made, and what they have made of it. */
final class RequestPreview {
  private RequestPreview() {}

  /**
   * What a call will be, as far as it is known.
   *
   * @param source tag of whoever asks
   */
  static Payload.Request of(RequestId id, Call call, String source, Timestamp now) {
    return new Payload.Request(
        new Header(id, call.path(), call.correlationId(), source, call.token(), call.more()),
        call.method(),
        call.body(),
        now);
  }

  /** The call with what handlers have changed: the id stays, and who asks whom. */
  static Call changed(Call call, Payload.Request request) {
    Header header = request.header();
    return new Call(
        call.target(),
        call.subsystem(),
        request.method(),
        header.path(),
        request.body(),
        call.isOptedIn(),
        call.usesReplyTopic(),
        call.options(),
        header.correlationId(),
        header.token(),
        header.more(),
        call.timeoutMillis(),
        call.retryMillis(),
        call.qos(),
        call.source());
  }
}
