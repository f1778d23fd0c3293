package io.culvert.conformance.faults.client;

/**
 * How fast a publisher is.
 *
 * @param perSecond messages, while there is room in the window
 * @param window messages without their last acknowledgement
 * @param leastBytes of a payload
 * @param retainedPercent of the messages with the RETAIN flag
 */
public record Pace(int perSecond, int window, int leastBytes, int retainedPercent) {}
