package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Block;
import io.culvert.rpc.protocol.ETag;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcOptions;
import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.rpc.protocol.Timestamp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests as messages: what is to be sent next of a call. */
final class RequestWriter {
  private static final int STOP_OBSERVING = 1;

  /** Answers with 2.xx, 4.xx and 5.xx. */
  private static final int ANY = 2 + 8 + 16;

  private final RequesterOptions options;
  private final PayloadCodec codec;

  RequestWriter(RequesterOptions options, PayloadCodec codec) {
    this.options = options;
    this.codec = codec;
  }

  /** The next message of a call: all of it, or a block, or a question for one. */
  RpcMessage next(PendingCall pending, long nowMillis) {
    Upload upload = pending.upload();
    Download download = pending.download();
    RpcOptions asked = pending.call().options();
    Object body = pending.call().body();
    if (download != null) {
      asked =
          asked
              .withObserve(null)
              .withLeaseSeconds(null)
              .withEtags(List.of())
              .withIfMatch(List.of())
              .withIfNoneMatch(false)
              .withBlock2(download.wanted())
              .withRequestTag(download.label());
      body = null;
    } else if (upload != null) {
      Block block = upload.block();
      asked =
          asked
              .withBlock1(block)
              .withSize1(block.number() == 0 ? (Long) upload.bytes() : null)
              .withRequestTag(pending.id().text());
      body = upload.blockBody();
    } else {
      asked = asked.withEtags(known(pending, asked));
    }
    return message(pending, asked, body, nowMillis);
  }

  /** Ends an observation. */
  RpcMessage stop(PendingCall pending, long nowMillis) {
    RpcOptions asked = pending.call().options().withObserve(STOP_OBSERVING).withLeaseSeconds(null);
    return message(pending, asked, null, nowMillis);
  }

  /** A request that nobody wants an answer to. */
  RpcMessage oneWay(RequestId id, Call call, long nowMillis) {
    RpcOptions asked = call.isOptedIn() ? call.options().withNoResponse(ANY) : call.options();
    return message(id, call, asked, call.body(), call.timeoutMillis(), nowMillis);
  }

  private static List<ETag> known(PendingCall pending, RpcOptions asked) {
    Observation observation = pending.observation();
    AnswerCache.Kept kept = pending.kept();
    ETag etag = kept == null ? null : kept.etag();
    etag = observation == null ? etag : observation.etag();
    return etag == null ? asked.etags() : List.of(etag);
  }

  private RpcMessage message(
      PendingCall pending, RpcOptions asked, @Nullable Object body, long nowMillis) {
    return message(
        pending.wireId(), pending.call(), asked, body, pending.leftMillis(nowMillis), nowMillis);
  }

  private RpcMessage message(
      RequestId id,
      Call call,
      RpcOptions asked,
      @Nullable Object body,
      long leftMillis,
      long nowMillis) {
    String source = call.source() == null ? options.source() : call.source();
    Header header =
        new Header(id, call.path(), call.correlationId(), source, call.token(), call.more());
    if (call.isOptedIn()) {
      RpcOptions beyond = asked.withExpiresMillis(leftMillis);
      header =
          header.withOptions(
              call.usesReplyTopic() ? beyond.withReplyTo(options.replyTopic()) : beyond);
    }
    Request request = new Request(header, call.method(), body, Timestamp.ofMillis(nowMillis));
    return new RpcMessage(
        RpcTopic.request(options.namespace(), call.subsystem(), call.target(), id).text(),
        codec.encode(request),
        call.qos(),
        RpcMessage.secondsFor(leftMillis),
        call.usesReplyTopic() ? options.replyTopic() : null,
        call.usesReplyTopic() ? Bytes.utf8(id.text()) : null);
  }
}
