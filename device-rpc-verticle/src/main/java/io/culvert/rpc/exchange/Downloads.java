package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.Block;
import io.culvert.rpc.protocol.Payload.Response;
import io.culvert.rpc.protocol.PayloadCodec;
import io.culvert.rpc.protocol.PayloadViolation;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcOptions;

/** Answers that come in blocks, bounded in what all of them take. RFC 7959 §2.4. */
final class Downloads {
  /** How often one answer may begin anew because the resource has changed. */
  private static final int MAXIMUM_DOWNLOADS = 4;

  /** So many of the largest answers may be taken in blocks at once. */
  private static final int LARGEST_AT_ONCE = 4;

  private static final String CHANGES_TOO_FAST = "the resource changes faster than it can be read";

  private final PayloadCodec codec;
  private final int maximumBytes;
  private long bytes;

  /**
   * @param codec for whole bodies
   * @param maximumBytes of one of them
   */
  Downloads(PayloadCodec codec, int maximumBytes) {
    this.codec = codec;
    this.maximumBytes = maximumBytes;
  }

  /** What is to be done after a block has come. */
  sealed interface Step {}

  /** The next block, or the first one of another state, is to be asked for. */
  record Next() implements Step {}

  /** All of it is there. */
  record Whole(Response response) implements Step {}

  /** This state cannot be had. */
  record Lost(ResponseCode code, String detail) implements Step {}

  /** Takes a block. */
  Step take(PendingCall pending, Response response, RpcOptions told, Block block) {
    Download download = pending.download();
    if (download == null) {
      download = new Download(response, told, block);
      if (pending.download(download) > MAXIMUM_DOWNLOADS) {
        return lost(CHANGES_TOO_FAST);
      }
    }
    int before = download.length();
    Long size = told.size2();
    if (size != null && size > maximumBytes) {
      return tooLarge(size);
    } else if (!download.take(response.body(), told, block)) {
      return restart(pending, response, told, block);
    }
    bytes += download.length() - before;
    if (download.length() > maximumBytes) {
      return tooLarge(download.length());
    } else if (bytes > (long) LARGEST_AT_ONCE * maximumBytes) {
      return lost("too many large answers come at once");
    }
    return block.more() ? new Next() : whole(download);
  }

  /** What has come of an answer is not wanted any more. */
  void drop(PendingCall pending) {
    Download download = pending.download();
    if (download != null) {
      bytes -= download.length();
      pending.download(null);
    }
  }

  /** A block that does not belong to those before: the resource has changed. */
  private Step restart(PendingCall pending, Response response, RpcOptions told, Block block) {
    drop(pending);
    if (pending.observation() != null) {
      return lost("a newer state is on its way");
    } else if (!pending.call().method().isSafe() || BlockBody.decode(response.body()) == null) {
      return lost("blocks of the answer do not belong together");
    } else if (block.number() == 0 && pending.downloads() <= MAXIMUM_DOWNLOADS) {
      return take(pending, response, told, block);
    } else if (pending.downloads() >= MAXIMUM_DOWNLOADS) {
      return lost(CHANGES_TOO_FAST);
    }
    return new Next();
  }

  private Step whole(Download download) {
    Response first = download.first();
    Object body;
    try {
      body = codec.decodeBody(download.bytes());
    } catch (PayloadViolation e) {
      return lost("the answer is none: " + e.detail());
    }
    RpcOptions told =
        first.header().options().withBlock2(null).withSize2(null).withRequestTag(null);
    return new Whole(first.withBody(body).withHeader(first.header().withOptions(told)));
  }

  private Step tooLarge(long length) {
    return new Lost(
        ResponseCode.REQUEST_ENTITY_TOO_LARGE,
        "the answer has %d bytes; %d are allowed".formatted(length, maximumBytes));
  }

  private static Step lost(String detail) {
    return new Lost(ResponseCode.BAD_GATEWAY, detail);
  }
}
