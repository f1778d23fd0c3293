package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.engine.Deadlines;
import io.culvert.rpc.protocol.Block;
import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bodies that come in blocks. RFC 7959 §2.5. */
final class RequestBodies {
  private final ResponderLimits limits;
  private final Deadlines<Due> deadlines;
  private final Map<Key, Transfer> transfers = new LinkedHashMap<>();

  RequestBodies(ResponderLimits limits, Deadlines<Due> deadlines) {
    this.limits = limits;
    this.deadlines = deadlines;
  }

  /**
   * What a block makes: either a whole body, or an answer.
   *
   * @param body null when it is not whole yet
   * @param answer null when it is
   */
  record Progress(@Nullable Bytes body, @Nullable Answer answer) {}

  /** Takes a block. */
  Progress take(Request request, RpcOptions asked, Block block, long nowMillis) {
    Bytes part = BlockBody.decode(request.body());
    if (part == null || part.length() > block.sizeBytes()) {
      return refused(ResponseCode.BAD_REQUEST, "the body is no block in Base64", block);
    } else if (block.more() && part.length() != block.sizeBytes()) {
      return refused(ResponseCode.BAD_REQUEST, "a block that is not the last is not full", block);
    }
    Long size = asked.size1();
    if (block.offset() + part.length() > limits.bodyBytes()
        || (size != null && size > limits.bodyBytes())) {
      forget(Key.of(request, asked));
      return tooLarge(block);
    }
    return take(Key.of(request, asked), part, block, nowMillis);
  }

  private Progress take(Key key, Bytes part, Block block, long nowMillis) {
    if (block.number() == 0) {
      forget(key);
      if (transfers.size() >= limits.transfers()) {
        return refused(
            ResponseCode.TOO_MANY_REQUESTS,
            "%d bodies come in blocks, and more may not".formatted(transfers.size()),
            block);
      }
      transfers.put(key, new Transfer(key));
    }
    Transfer transfer = transfers.get(key);
    if (transfer == null || transfer.body.length() != block.offset()) {
      forget(key);
      return refused(
          ResponseCode.REQUEST_ENTITY_INCOMPLETE, "blocks before this one are missing", block);
    }
    transfer.body.append(part);
    if (block.more()) {
      deadlines.set(transfer.deadline, nowMillis + limits.transferMillis());
      return new Progress(
          null, new Answer(ResponseCode.CONTINUE, null, null, RpcOptions.NONE.withBlock1(block)));
    }
    forget(key);
    return new Progress(transfer.body.bytes(), null);
  }

  int size() {
    return transfers.size();
  }

  private void forget(Key key) {
    Transfer transfer = transfers.remove(key);
    if (transfer != null) {
      deadlines.remove(transfer.deadline);
    }
  }

  private Progress tooLarge(Block block) {
    Answer answer =
        Answer.failure(
            ResponseCode.REQUEST_ENTITY_TOO_LARGE,
            "a body has at most %d bytes".formatted(limits.bodyBytes()));
    return new Progress(
        null,
        answer.withOptions(RpcOptions.NONE.withBlock1(block).withSize1((long) limits.bodyBytes())));
  }

  private static Progress refused(ResponseCode code, String detail, Block block) {
    return new Progress(
        null, Answer.failure(code, detail).withOptions(RpcOptions.NONE.withBlock1(block)));
  }

  /** What blocks of one body have in common. */
  private record Key(String source, String method, String path, String tag) {
    static Key of(Request request, RpcOptions asked) {
      String source = request.header().source();
      String tag = asked.requestTag();
      return new Key(
          source == null ? "" : source,
          request.method().name(),
          request.path(),
          tag == null ? "" : tag);
    }
  }

  private final class Transfer {
    private final BlockBody body = new BlockBody();
    private final Deadlines.Entry<Due> deadline;

    Transfer(Key key) {
      this.deadline = deadlines.entry(nowMillis -> transfers.remove(key, this));
    }
  }
}
