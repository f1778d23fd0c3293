package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Block;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.PayloadViolation;
import io.culvert.rpc.protocol.ResponseCode;
import org.jspecify.annotations.Nullable;

/** Requests that are only a part of one, or ask only for a part of an answer. RFC 7959. */
final class Transfers {
  private final PayloadCodec codec;
  private final RequestBodies requests;
  private final AnswerBodies answers;

  /**
   * @param codec for whole bodies
   */
  Transfers(PayloadCodec codec, RequestBodies requests, AnswerBodies answers) {
    this.codec = codec;
    this.requests = requests;
    this.answers = answers;
  }

  /** The answer to a request that is not to be executed; null for one that is, and is whole. */
  @Nullable Answer answer(Exchange exchange, long nowMillis) {
    Block block1 = exchange.asked().block1();
    Answer answer = block1 == null ? null : take(exchange, block1, nowMillis);
    return answer == null ? later(exchange, nowMillis) : answer;
  }

  /** Says which block of a request an answer is to, unless it says so itself. */
  static Answer acknowledged(Answer answer, Exchange exchange) {
    Block block1 = exchange.asked().block1();
    return block1 == null || answer.options().block1() != null
        ? answer
        : answer.withOptions(answer.options().withBlock1(block1));
  }

  /** Bodies that come or go in blocks. */
  int size() {
    return requests.size() + answers.size();
  }

  private @Nullable Answer take(Exchange exchange, Block block, long nowMillis) {
    Invocation invocation = exchange.invocation();
    RequestBodies.Progress progress =
        requests.take(invocation.request(), invocation.options(), block, nowMillis);
    Bytes whole = progress.body();
    if (whole == null) {
      return progress.answer();
    }
    try {
      exchange.complete(codec.decodeBody(whole));
      return null;
    } catch (PayloadViolation e) {
      return Answer.failure(e.responseCode(), e.detail());
    }
  }

  /** A later block of an answer that was made before. Who only reads may make it anew. */
  private @Nullable Answer later(Exchange exchange, long nowMillis) {
    Block block2 = exchange.asked().block2();
    String label = exchange.asked().requestTag();
    if (block2 == null || label == null || block2.number() == 0) {
      return null;
    }
    Answer answer = answers.next(exchange.key().source(), label, block2, nowMillis);
    return answer != null || exchange.invocation().method().isSafe()
        ? answer
        : Answer.failure(
            ResponseCode.REQUEST_ENTITY_INCOMPLETE, "the other blocks are not kept any more");
  }
}
