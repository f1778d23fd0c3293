package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Block;
import io.culvert.rpc.protocol.ETag;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcOptions;
import org.jspecify.annotations.Nullable;

/**
 * Answers as those get them that have opted in: with the name of the state that they show, without
 * a body where that state is known, and in blocks where the body is large.
 */
final class AnswerShape {
  private final PayloadCodec codec;
  private final ResponderLimits limits;
  private final AnswerBodies bodies;

  AnswerShape(PayloadCodec codec, ResponderLimits limits, AnswerBodies bodies) {
    this.codec = codec;
    this.limits = limits;
    this.bodies = bodies;
  }

  /** The state that an answer shows; null when it shows none. */
  @Nullable ETag state(Answer answer) {
    if (!answer.code().isSuccess()) {
      return null;
    }
    ETag told = answer.options().etag();
    return told == null ? ETag.ofContent(codec.encodeBody(answer.body())) : told;
  }

  /** The answer to a request; what cannot be written becomes a failure. */
  Answer of(Answer answer, Request request, RpcOptions asked, long nowMillis) {
    boolean isBlock = answer.options().block2() != null;
    if (isBlock || !request.header().isOptedIn() || !answer.code().isSuccess()) {
      return answer;
    }
    try {
      return shaped(answer, request, asked, nowMillis);
    } catch (IllegalArgumentException e) {
      return Answer.failure(
          ResponseCode.INTERNAL_SERVER_ERROR, "the answer cannot be sent: " + e.getMessage());
    }
  }

  private Answer shaped(Answer answer, Request request, RpcOptions asked, long nowMillis) {
    boolean isState = request.method() == Method.GET && answer.code() == ResponseCode.CONTENT;
    Bytes body = codec.encodeBody(answer.body());
    Answer named = answer;
    if (isState && answer.options().etag() == null) {
      named = answer.withEtag(ETag.ofContent(body));
    }
    ETag etag = named.options().etag();
    if (isState && etag != null && asked.etags().contains(etag)) {
      return new Answer(ResponseCode.VALID, null, null, named.options());
    }
    Block wanted = asked.block2();
    int sizeBytes =
        wanted == null ? limits.blockBytes() : Math.min(limits.blockBytes(), wanted.sizeBytes());
    if (body.length() > limits.bodyBytes()) {
      throw new IllegalArgumentException(
          "its body has %d bytes; %d are allowed".formatted(body.length(), limits.bodyBytes()));
    } else if (body.length() <= sizeBytes && (wanted == null || wanted.number() == 0)) {
      return named;
    }
    String source = request.header().source();
    return bodies.first(named, body, source == null ? "" : source, wanted, nowMillis);
  }
}
