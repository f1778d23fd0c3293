package io.culvert.conformance.faults.client;

/**
 * A topic that one publisher publishes to, always at the same QoS, so that its order is owed.
 *
 * @param state all its messages are retained ones, and some delete what is retained
 */
public record Flow(String topic, int qos, boolean state) {}
