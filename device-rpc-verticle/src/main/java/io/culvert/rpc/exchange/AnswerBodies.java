package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.engine.Deadlines;
import io.culvert.rpc.protocol.Block;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcOptions;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bodies of answers that go in blocks. The first block names the transfer, and who wants the others
 * gives that name. Bounded: the oldest makes room. RFC 7959 §2.4.
 */
final class AnswerBodies {
  private final ResponderLimits limits;
  private final Deadlines<Due> deadlines;
  private final Map<String, Transfer> transfers = new LinkedHashMap<>();
  private long last;

  AnswerBodies(ResponderLimits limits, Deadlines<Due> deadlines) {
    this.limits = limits;
    this.deadlines = deadlines;
  }

  /**
   * Cuts an answer.
   *
   * @param body its body as it would be written
   * @param wanted what was asked for, or null
   */
  Answer first(Answer answer, Bytes body, String source, @Nullable Block wanted, long nowMillis) {
    if (wanted != null && !BlockBody.has(body, wanted)) {
      return noSuchBlock();
    }
    int size =
        wanted == null ? limits.blockBytes() : Math.min(limits.blockBytes(), wanted.sizeBytes());
    int number = wanted == null ? 0 : (int) (wanted.offset() / size);
    String label = Long.toString(nowMillis, 36) + "-" + Long.toString(++last, 36);
    if (limits.transfers() > 0) {
      makeRoom();
      Transfer transfer = new Transfer(label, source, answer, body);
      transfers.put(label, transfer);
      deadlines.set(transfer.deadline, nowMillis + limits.transferMillis());
    }
    return block(answer, body, label, number, size);
  }

  /** A later block, or null when nobody knows such a transfer. */
  @Nullable Answer next(String source, String label, Block wanted, long nowMillis) {
    Transfer transfer = transfers.get(label);
    if (transfer == null || !transfer.source.equals(source)) {
      return null;
    } else if (!BlockBody.has(transfer.body, wanted)) {
      return noSuchBlock();
    }
    deadlines.set(transfer.deadline, nowMillis + limits.transferMillis());
    int size = Math.min(wanted.sizeBytes(), limits.blockBytes());
    return block(transfer.answer, transfer.body, label, (int) (wanted.offset() / size), size);
  }

  int size() {
    return transfers.size();
  }

  private static Answer block(Answer answer, Bytes body, String label, int number, int size) {
    RpcOptions told =
        answer
            .options()
            .withBlock2(BlockBody.of(body, number, size))
            .withSize2((long) body.length())
            .withRequestTag(label);
    return answer
        .withOptions(number == 0 ? told : told.withObserve(null).withLeaseSeconds(null))
        .withBody(BlockBody.encode(body, (long) number * size, size));
  }

  private static Answer noSuchBlock() {
    return Answer.failure(ResponseCode.BAD_REQUEST, "there is no such block");
  }

  private void makeRoom() {
    Iterator<Transfer> oldest = transfers.values().iterator();
    while (transfers.size() >= limits.transfers() && oldest.hasNext()) {
      Transfer transfer = oldest.next();
      oldest.remove();
      deadlines.remove(transfer.deadline);
    }
  }

  private final class Transfer {
    private final String source;
    private final Answer answer;
    private final Bytes body;
    private final Deadlines.Entry<Due> deadline;

    Transfer(String label, String source, Answer answer, Bytes body) {
      this.source = source;
      this.answer = answer;
      this.body = body;
      this.deadline = deadlines.entry(nowMillis -> transfers.remove(label, this));
    }
  }
}
