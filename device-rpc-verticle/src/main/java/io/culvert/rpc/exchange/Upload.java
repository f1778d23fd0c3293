package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Block;
import io.culvert.rpc.protocol.ResponseCode;
import org.jspecify.annotations.Nullable;

/** The body of a request that goes in blocks, each after the one before has come. */
final class Upload {
  private static final int MAXIMUM_RESTARTS = 3;

  private final Bytes body;
  private int sizeBytes;
  private int number;
  private int restarts;

  Upload(Bytes body, int sizeBytes) {
    this.body = body;
    this.sizeBytes = sizeBytes;
  }

  /** The block that is to be sent, or was sent last. */
  Block block() {
    return BlockBody.of(body, number, sizeBytes);
  }

  String blockBody() {
    Block block = block();
    return BlockBody.encode(body, block.offset(), sizeBytes);
  }

  long bytes() {
    return body.length();
  }

  /**
   * The responder has answered to the block that was sent last.
   *
   * @param told which block it says it answers, or null
   * @return whether there is one to send after that
   */
  boolean goesOn(@Nullable ResponseCode code, @Nullable Block told) {
    if (code == ResponseCode.CONTINUE) {
      return told != null && acknowledged(told);
    } else if (code == ResponseCode.REQUEST_ENTITY_INCOMPLETE) {
      return restart(sizeBytes);
    } else if (code == ResponseCode.REQUEST_ENTITY_TOO_LARGE) {
      return told != null && told.sizeBytes() < sizeBytes && restart(told.sizeBytes());
    }
    return false;
  }

  /**
   * A block has come, and the responder may want smaller ones from then on. RFC 7959 §2.3.
   *
   * @return false when that is not the one that was sent
   */
  private boolean acknowledged(Block told) {
    if (told.number() != number || !block().more() || told.sizeBytes() > sizeBytes) {
      return false;
    }
    long next = block().offset() + sizeBytes;
    if (next % told.sizeBytes() != 0 || next / told.sizeBytes() > Block.MAXIMUM_NUMBER) {
      return false;
    }
    number = (int) (next / told.sizeBytes());
    sizeBytes = told.sizeBytes();
    return true;
  }

  /** Begins again with blocks of this size; false when that was done too often. */
  private boolean restart(int size) {
    if (++restarts > MAXIMUM_RESTARTS) {
      return false;
    }
    sizeBytes = size;
    number = 0;
    return true;
  }
}
