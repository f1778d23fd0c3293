package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.Block;
import java.util.function.Consumer;

/**
 * What those who ask may cost a responder.
 *
 * @param executing requests at once
 * @param remembered requests whose answer is kept for those who ask again
 * @param rememberedBytes of these answers
 * @param rememberMillis for which an answer is kept
 * @param blockBytes larger bodies are answered in blocks of this size, to those that have opted in
 * @param bodyBytes of a body that comes in blocks
 * @param transfers bodies that come or go in blocks at once
 * @param transferMillis for which a body is kept of which no block comes or is fetched
 * @param observers at once
 * @param leaseSeconds for which an observer is told of changes without renewing
 */
public record ResponderLimits(
    int executing,
    int remembered,
    int rememberedBytes,
    long rememberMillis,
    int blockBytes,
    int bodyBytes,
    int transfers,
    long transferMillis,
    int observers,
    int leaseSeconds) {
  /** EXCHANGE_LIFETIME of RFC 7252 §4.8.2: nothing of an exchange is under way any longer. */
  public static final long EXCHANGE_LIFETIME_MILLIS = 247_000;

  public static final ResponderLimits DEFAULT =
      new ResponderLimits(
          1_000,
          10_000,
          16 * 1024 * 1024,
          EXCHANGE_LIFETIME_MILLIS,
          64 * 1024,
          4 * 1024 * 1024,
          16,
          EXCHANGE_LIFETIME_MILLIS,
          1_000,
          3_600);

  public ResponderLimits {
    if (executing < 1
        || remembered < 1
        || rememberedBytes < 1
        || rememberMillis < 1
        || bodyBytes < 1
        || transfers < 0
        || transferMillis < 1
        || observers < 0
        || leaseSeconds < 1) {
      throw new IllegalArgumentException("limits must be positive");
    } else if (blockBytes < Block.SMALLEST_SIZE_BYTES || blockBytes > Block.LARGEST_SIZE_BYTES) {
      throw new IllegalArgumentException("no size of a block: " + blockBytes);
    }
  }

  public ResponderLimits withExecuting(int value) {
    return changed(copy -> copy.executing = value);
  }

  public ResponderLimits withRemembered(int requests, int bytes, long millis) {
    return changed(
        copy -> {
          copy.remembered = requests;
          copy.rememberedBytes = bytes;
          copy.rememberMillis = millis;
        });
  }

  public ResponderLimits withBlocks(int sizeBytes, int wholeBytes, int atOnce) {
    return changed(
        copy -> {
          copy.blockBytes = sizeBytes;
          copy.bodyBytes = wholeBytes;
          copy.transfers = atOnce;
        });
  }

  public ResponderLimits withObservers(int atOnce, int seconds) {
    return changed(
        copy -> {
          copy.observers = atOnce;
          copy.leaseSeconds = seconds;
        });
  }

  private ResponderLimits changed(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return new ResponderLimits(
        copy.executing,
        copy.remembered,
        copy.rememberedBytes,
        copy.rememberMillis,
        copy.blockBytes,
        copy.bodyBytes,
        copy.transfers,
        transferMillis,
        copy.observers,
        copy.leaseSeconds);
  }

  /** What may be changed in a copy. */
  private static final class Copy {
    int executing;
    int remembered;
    int rememberedBytes;
    long rememberMillis;
    int blockBytes;
    int bodyBytes;
    int transfers;
    int observers;
    int leaseSeconds;

    Copy(ResponderLimits from) {
      executing = from.executing;
      remembered = from.remembered;
      rememberedBytes = from.rememberedBytes;
      rememberMillis = from.rememberMillis;
      blockBytes = from.blockBytes;
      bodyBytes = from.bodyBytes;
      transfers = from.transfers;
      observers = from.observers;
      leaseSeconds = from.leaseSeconds;
    }
  }
}
