package io.culvert.rpc.exchange;

import io.culvert.engine.Bytes;
import io.culvert.rpc.protocol.Block;
import io.culvert.rpc.protocol.ETag;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.RpcOptions;
import org.jspecify.annotations.Nullable;

/** The body of an answer that comes in blocks, all of one state of the resource. */
final class Download {
  private final Response first;
  private final @Nullable ETag etag;
  private final @Nullable String label;
  private final BlockBody body = new BlockBody();
  private int sizeBytes;

  /**
   * @param first the answer with the first block
   */
  Download(Response first, RpcOptions told, Block block) {
    this.first = first;
    this.etag = told.etag();
    this.label = told.requestTag();
    this.sizeBytes = block.sizeBytes();
  }

  /** The answer with its first block, whose header is that of the whole. */
  Response first() {
    return first;
  }

  /** How the responder calls this transfer, or null. */
  @Nullable String label() {
    return label;
  }

  /** The block that is to be asked for. */
  Block wanted() {
    return new Block(body.length() / sizeBytes, false, sizeBytes);
  }

  int length() {
    return body.length();
  }

  Bytes bytes() {
    return body.bytes();
  }

  /** Takes a block; false when it is none, or not the next one, or of another state. */
  boolean take(@Nullable Object content, RpcOptions told, Block block) {
    Bytes part = BlockBody.decode(content);
    ETag shown = told.etag();
    if (part == null
        || block.offset() != body.length()
        || block.sizeBytes() > sizeBytes
        || part.length() > block.sizeBytes()
        || (block.more() && part.length() != block.sizeBytes())
        || (etag != null && !etag.equals(shown))) {
      return false;
    }
    body.append(part);
    sizeBytes = block.sizeBytes();
    return true;
  }
}
