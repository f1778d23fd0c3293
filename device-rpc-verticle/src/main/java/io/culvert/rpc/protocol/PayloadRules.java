package io.culvert.rpc.protocol;

import java.util.function.Consumer;

/**
 * What is read, and how it is written.
 *
 * @param maximumBytes of one payload
 * @param maximumDepth of objects and arrays in each other
 * @param readsIntegerMethods 1 to 4, as peers before version 0.2 of gf_mqtt_client write methods
 * @param refusesTextTimestamps other than digits
 * @param readsIncompleteResponses without path or timestamp, which the reference accepts, too
 * @param writesIntegerMethods for such peers
 * @param writesTextTimestamps for controllers whose numbers have 32 bits
 */
public record PayloadRules(
    int maximumBytes,
    int maximumDepth,
    boolean readsIntegerMethods,
    boolean refusesTextTimestamps,
    boolean readsIncompleteResponses,
    boolean writesIntegerMethods,
    boolean writesTextTimestamps) {
  /** What brokers commonly let through. */
  public static final int DEFAULT_MAXIMUM_BYTES = 1024 * 1024;

  /** More than anybody needs, and far from what a thread's stack holds. */
  public static final int DEFAULT_MAXIMUM_DEPTH = 128;

  public static final PayloadRules DEFAULT =
      new PayloadRules(
          DEFAULT_MAXIMUM_BYTES, DEFAULT_MAXIMUM_DEPTH, true, false, false, false, false);

  /** Deeper bodies would need more stack than a thread surely has. */
  private static final int LARGEST_DEPTH = 500;

  public PayloadRules {
    if (maximumBytes < 64 || maximumDepth < 3 || maximumDepth > LARGEST_DEPTH) {
      throw new IllegalArgumentException(
          "a payload needs 64 bytes and a depth from 3 to " + LARGEST_DEPTH);
    }
  }

  public PayloadRules withMaximumBytes(int value) {
    return changed(copy -> copy.maximumBytes = value);
  }

  public PayloadRules withMaximumDepth(int value) {
    return changed(copy -> copy.maximumDepth = value);
  }

  /** Only what the reference accepts, too. */
  public PayloadRules withStrictReading() {
    return changed(
        copy -> {
          copy.readsIntegerMethods = false;
          copy.refusesTextTimestamps = true;
          copy.readsIncompleteResponses = false;
        });
  }

  /** What a requester accepts of those whom it has asked. */
  public PayloadRules withIncompleteResponses() {
    return changed(copy -> copy.readsIncompleteResponses = true);
  }

  public PayloadRules withIntegerMethods(boolean written) {
    return changed(copy -> copy.writesIntegerMethods = written);
  }

  public PayloadRules withTextTimestamps(boolean written) {
    return changed(copy -> copy.writesTextTimestamps = written);
  }

  private PayloadRules changed(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return new PayloadRules(
        copy.maximumBytes,
        copy.maximumDepth,
        copy.readsIntegerMethods,
        copy.refusesTextTimestamps,
        copy.readsIncompleteResponses,
        copy.writesIntegerMethods,
        copy.writesTextTimestamps);
  }

  /** What may be changed in a copy. */
  private static final class Copy {
    int maximumBytes;
    int maximumDepth;
    boolean readsIntegerMethods;
    boolean refusesTextTimestamps;
    boolean readsIncompleteResponses;
    boolean writesIntegerMethods;
    boolean writesTextTimestamps;

    Copy(PayloadRules from) {
      maximumBytes = from.maximumBytes;
      maximumDepth = from.maximumDepth;
      readsIntegerMethods = from.readsIntegerMethods;
      refusesTextTimestamps = from.refusesTextTimestamps;
      readsIncompleteResponses = from.readsIncompleteResponses;
      writesIntegerMethods = from.writesIntegerMethods;
      writesTextTimestamps = from.writesTextTimestamps;
    }
  }
}
