package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.Block;
import io.culvert.rpc.protocol.PayloadRules;
import io.culvert.rpc.protocol.RpcTopic;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and what that may cost.
 *
 * @param namespace first level of all topics
 * @param source own tag
 * @param replyTopic where answers come to that go beyond the plain protocol; null for none
 * @param rules how payloads are read and written
 * @param maximumCalls that wait for an answer at once
 * @param maximumObservations at once
 * @param blockBytes larger bodies of opted-in calls are sent in blocks of this size
 * @param maximumBodyBytes of a body that goes or comes in blocks; four times as much of all that
 *     come at once
 * @param maximumCacheBytes of answers that are kept for asking again; 0 for none
 */
public record RequesterOptions(
    String namespace,
    String source,
    @Nullable String replyTopic,
    PayloadRules rules,
    int maximumCalls,
    int maximumObservations,
    int blockBytes,
    int maximumBodyBytes,
    int maximumCacheBytes) {
  public static final int DEFAULT_MAXIMUM_CALLS = 10_000;
  public static final int DEFAULT_MAXIMUM_OBSERVATIONS = 1_000;

  /** A block of this size with its header, as Base64, is far from what brokers refuse. */
  public static final int DEFAULT_BLOCK_BYTES = 64 * 1024;

  public static final int DEFAULT_MAXIMUM_BODY_BYTES = 16 * 1024 * 1024;
  public static final int DEFAULT_MAXIMUM_CACHE_BYTES = 1024 * 1024;

  public RequesterOptions {
    if (!RpcTopic.isLevel(namespace) || !RpcTopic.isLevel(source)) {
      throw new IllegalArgumentException("no level of a topic: " + namespace + ", " + source);
    } else if (maximumCalls < 1
        || maximumObservations < 0
        || blockBytes < Block.SMALLEST_SIZE_BYTES
        || blockBytes > Block.LARGEST_SIZE_BYTES
        || maximumBodyBytes < 1
        || maximumCacheBytes < 0) {
      throw new IllegalArgumentException("limits must be positive, and a block of a possible size");
    }
  }

  /** With the limits that suit most. */
  public static RequesterOptions of(String source) {
    return new RequesterOptions(
        RpcTopic.DEFAULT_NAMESPACE,
        source,
        null,
        PayloadRules.DEFAULT.withIncompleteResponses(),
        DEFAULT_MAXIMUM_CALLS,
        DEFAULT_MAXIMUM_OBSERVATIONS,
        DEFAULT_BLOCK_BYTES,
        DEFAULT_MAXIMUM_BODY_BYTES,
        DEFAULT_MAXIMUM_CACHE_BYTES);
  }

  public RequesterOptions withNamespace(String value) {
    return changed(copy -> copy.namespace = value);
  }

  public RequesterOptions withReplyTopic(@Nullable String value) {
    return changed(copy -> copy.replyTopic = value);
  }

  public RequesterOptions withRules(PayloadRules value) {
    return changed(copy -> copy.rules = value);
  }

  public RequesterOptions withMaximumCalls(int value) {
    return changed(copy -> copy.maximumCalls = value);
  }

  public RequesterOptions withMaximumObservations(int value) {
    return changed(copy -> copy.maximumObservations = value);
  }

  public RequesterOptions withBlocks(int sizeBytes, int bodyBytes) {
    return changed(
        copy -> {
          copy.blockBytes = sizeBytes;
          copy.maximumBodyBytes = bodyBytes;
        });
  }

  public RequesterOptions withMaximumCacheBytes(int value) {
    return changed(copy -> copy.maximumCacheBytes = value);
  }

  private RequesterOptions changed(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return new RequesterOptions(
        copy.namespace,
        source,
        copy.replyTopic,
        copy.rules,
        copy.maximumCalls,
        copy.maximumObservations,
        copy.blockBytes,
        copy.maximumBodyBytes,
        copy.maximumCacheBytes);
  }

  /** What may be changed in a copy. */
  private static final class Copy {
    String namespace;
    @Nullable String replyTopic;
    PayloadRules rules;
    int maximumCalls;
    int maximumObservations;
    int blockBytes;
    int maximumBodyBytes;
    int maximumCacheBytes;

    Copy(RequesterOptions from) {
      namespace = from.namespace;
      replyTopic = from.replyTopic;
      rules = from.rules;
      maximumCalls = from.maximumCalls;
      maximumObservations = from.maximumObservations;
      blockBytes = from.blockBytes;
      maximumBodyBytes = from.maximumBodyBytes;
      maximumCacheBytes = from.maximumCacheBytes;
    }
  }
}
