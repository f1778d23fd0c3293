package io.culvert.client;

/**
 * Bounds of what waits to be published, and how often a refused reliable message is tried.
 *
 * @param messages that wait at most
 * @param bytes that they hold at most
 * @param maximumAttempts of a reliable message that the server refuses; then it is given up
 * @param retryMillis before the second attempt; the time doubles with each further one
 * @param longestRetryMillis between two attempts
 * @param retryShare how much of these times this client waits, from a half to the whole, by chance:
 *     a crowd that was refused together does not return together, and the messages of each client
 *     keep their order
 * @param republishLost what to do with a QoS 2 message whose exchange the server has forgotten:
 *     publish it anew, so that it may arrive twice, or fail it, so that it may not arrive
 */
record PublishLimits(
    int messages,
    long bytes,
    int maximumAttempts,
    long retryMillis,
    long longestRetryMillis,
    double retryShare,
    boolean republishLost) {
  long retryDelayMillis(int refusals) {
    long longest = Math.min(longestRetryMillis, retryMillis << Math.min(refusals - 1, 20));
    return Math.max(1, (long) (longest * retryShare));
  }
}
