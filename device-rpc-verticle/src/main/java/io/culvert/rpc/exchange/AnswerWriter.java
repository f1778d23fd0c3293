package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.Timestamp;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers as messages. Peers that have not opted in get nothing that could confuse them. */
final class AnswerWriter {
  private final String source;
  private final PayloadCodec codec;

  AnswerWriter(String source, PayloadCodec codec) {
    this.source = source;
    this.codec = codec;
  }

  /**
   * An answer.
   *
   * @param asked header of the request
   * @param leftMillis until nobody waits for it any more; null where nobody has told
   */
  RpcMessage write(
      AnswerRoute route, Header asked, Answer answer, @Nullable Long leftMillis, long nowMillis) {
    try {
      return message(route, asked, answer, leftMillis, nowMillis);
    } catch (IllegalArgumentException e) {
      // With as little as possible: it may be the path that is too long.
      Header least = Header.of(asked.requestId(), "");
      Answer failure =
          Answer.failure(
              ResponseCode.INTERNAL_SERVER_ERROR, "the answer cannot be sent: " + e.getMessage());
      return message(route, least, failure, leftMillis, nowMillis);
    }
  }

  private RpcMessage message(
      AnswerRoute route, Header asked, Answer answer, @Nullable Long leftMillis, long nowMillis) {
    boolean isOptedIn = asked.isOptedIn();
    Header header =
        new Header(asked.requestId(), asked.path(), asked.correlationId(), source, null, Map.of());
    if (answer.location() != null) {
      header = header.with(Header.LOCATION, answer.location());
    }
    if (isOptedIn) {
      RpcOptions told = answer.options();
      header = header.withOptions(leftMillis == null ? told : told.withExpiresMillis(leftMillis));
    }
    ResponseCode code = isOptedIn ? answer.code() : answer.code().plain();
    Bytes payload =
        codec.encode(
            new Response(header, code.number(), answer.body(), Timestamp.ofMillis(nowMillis)));
    return new RpcMessage(
        route.topic(),
        payload,
        route.qos(),
        leftMillis == null ? null : RpcMessage.secondsFor(leftMillis),
        null,
        route.correlationData());
  }
}
