package io.culvert.tcp.wire;

/**
 * What one peer may cost.
 *
 * @param frameBytes of one frame that comes, with its header
 * @param queuedBytes that wait for a peer that reads slowly
 * @param frameMillis from the first byte of a frame to its last
 * @param idleMillis without a frame; 0 for any time
 * @param answerMillis that a handler may take; 0 for any time
 * @param stalledMillis that more than half the queue may wait
 */
public record FrameLimits(
    int frameBytes,
    int queuedBytes,
    long frameMillis,
    long idleMillis,
    long answerMillis,
    long stalledMillis) {
  /** The largest frame that the header can describe. */
  public static final int LARGEST_FRAME_BYTES = PlainHeader.LENGTH + 2 * Header.MAXIMUM_PART_BYTES;

  public static final FrameLimits DEFAULT =
      new FrameLimits(LARGEST_FRAME_BYTES, 1024 * 1024, 10_000, 0, 30_000, 30_000);

  public FrameLimits {
    if (frameBytes < 1
        || queuedBytes < 1
        || frameMillis < 1
        || idleMillis < 0
        || answerMillis < 0
        || stalledMillis < 1) {
      throw new IllegalArgumentException("limits must be positive");
    }
  }
}
