package io.culvert.rpc;

import io.culvert.rpc.protocol.PayloadRules;

/**
 * How a client asks and answers. Immutable.
 *
 * @param tag who it is: where it is asked, and the source of its requests
 * @param namespace first level of all topics
 * @param timeoutMillis how long a request waits unless it says so itself
 * @param qos of requests and answers, and of subscriptions
 * @param maximumCalls that wait for an answer; one more fails
 * @param maximumServed requests that are worked on at a time; one more is answered with 503
 * @param plain nothing goes beyond the protocol of gf_mqtt_client: no options, no response topic
 * @param plainResponses how answers of devices come that know no response topic
 * @param maximumTargets subscriptions for devices; the one idle for longest goes first
 * @param targetIdleMillis after which such a subscription ends
 * @param maximumCacheBytes of answers to GET that are kept, and asked for again only when they are
 *     not fresh any more; 0 for none
 * @param rules of payloads
 */
public record RpcClientOptions(
    String tag,
    String namespace,
    long timeoutMillis,
    int qos,
    int maximumCalls,
    int maximumServed,
    boolean plain,
    PlainResponses plainResponses,
    int maximumTargets,
    long targetIdleMillis,
    int maximumCacheBytes,
    PayloadRules rules) {
  /** What gf_mqtt_client has built in. */
  public static final String DEFAULT_NAMESPACE = "gf_int_v1";

  /** What gf_mqtt_client waits. */
  public static final long DEFAULT_TIMEOUT_MILLIS = 5000;

  /** More would be a mistake of the caller rather than a need. */
  public static final int DEFAULT_MAXIMUM_CALLS = 10_000;

  /**
   * Fewer than half of what the MQTT client lets be unacknowledged, so that answers to requests
   * that handlers make find room.
   */
  public static final int DEFAULT_MAXIMUM_SERVED = 256;

  public static final int DEFAULT_MAXIMUM_TARGETS = 1000;

  public static final long DEFAULT_TARGET_IDLE_MILLIS = 60_000;

  private static final int AT_LEAST_ONCE = 1;

  public RpcClientOptions {
    if (timeoutMillis < 1 || targetIdleMillis < 1) {
      throw new IllegalArgumentException("times are 1 ms or more");
    }
    if (qos < 0 || qos > 2) {
      throw new IllegalArgumentException("QoS " + qos);
    }
    if (maximumCalls < 1 || maximumServed < 1 || maximumTargets < 1 || maximumCacheBytes < 0) {
      throw new IllegalArgumentException("limits are 1 or more, and 0 or more bytes are kept");
    }
  }

  /** All else by default. */
  public static RpcClientOptions of(String tag) {
    return new RpcClientOptions(
        tag,
        DEFAULT_NAMESPACE,
        DEFAULT_TIMEOUT_MILLIS,
        AT_LEAST_ONCE,
        DEFAULT_MAXIMUM_CALLS,
        DEFAULT_MAXIMUM_SERVED,
        false,
        PlainResponses.PER_TARGET,
        DEFAULT_MAXIMUM_TARGETS,
        DEFAULT_TARGET_IDLE_MILLIS,
        0,
        PayloadRules.DEFAULT);
  }

  public RpcClientOptions withNamespace(String value) {
    return new RpcClientOptions(
        tag,
        value,
        timeoutMillis,
        qos,
        maximumCalls,
        maximumServed,
        plain,
        plainResponses,
        maximumTargets,
        targetIdleMillis,
        maximumCacheBytes,
        rules);
  }

  public RpcClientOptions withTimeoutMillis(long value) {
    return new RpcClientOptions(
        tag,
        namespace,
        value,
        qos,
        maximumCalls,
        maximumServed,
        plain,
        plainResponses,
        maximumTargets,
        targetIdleMillis,
        maximumCacheBytes,
        rules);
  }

  public RpcClientOptions withQos(int value) {
    return new RpcClientOptions(
        tag,
        namespace,
        timeoutMillis,
        value,
        maximumCalls,
        maximumServed,
        plain,
        plainResponses,
        maximumTargets,
        targetIdleMillis,
        maximumCacheBytes,
        rules);
  }

  public RpcClientOptions withMaximumCalls(int value) {
    return new RpcClientOptions(
        tag,
        namespace,
        timeoutMillis,
        qos,
        value,
        maximumServed,
        plain,
        plainResponses,
        maximumTargets,
        targetIdleMillis,
        maximumCacheBytes,
        rules);
  }

  public RpcClientOptions withMaximumServed(int value) {
    return new RpcClientOptions(
        tag,
        namespace,
        timeoutMillis,
        qos,
        maximumCalls,
        value,
        plain,
        plainResponses,
        maximumTargets,
        targetIdleMillis,
        maximumCacheBytes,
        rules);
  }

  public RpcClientOptions withPlain(boolean value) {
    return new RpcClientOptions(
        tag,
        namespace,
        timeoutMillis,
        qos,
        maximumCalls,
        maximumServed,
        value,
        plainResponses,
        maximumTargets,
        targetIdleMillis,
        maximumCacheBytes,
        rules);
  }

  public RpcClientOptions withPlainResponses(PlainResponses value) {
    return new RpcClientOptions(
        tag,
        namespace,
        timeoutMillis,
        qos,
        maximumCalls,
        maximumServed,
        plain,
        value,
        maximumTargets,
        targetIdleMillis,
        maximumCacheBytes,
        rules);
  }

  public RpcClientOptions withMaximumCacheBytes(int value) {
    return new RpcClientOptions(
        tag,
        namespace,
        timeoutMillis,
        qos,
        maximumCalls,
        maximumServed,
        plain,
        plainResponses,
        maximumTargets,
        targetIdleMillis,
        value,
        rules);
  }

  public RpcClientOptions withRules(PayloadRules value) {
    return new RpcClientOptions(
        tag,
        namespace,
        timeoutMillis,
        qos,
        maximumCalls,
        maximumServed,
        plain,
        plainResponses,
        maximumTargets,
        targetIdleMillis,
        maximumCacheBytes,
        value);
  }

  public RpcClientOptions withTargets(int count, long idleMillis) {
    return new RpcClientOptions(
        tag,
        namespace,
        timeoutMillis,
        qos,
        maximumCalls,
        maximumServed,
        plain,
        plainResponses,
        count,
        idleMillis,
        maximumCacheBytes,
        rules);
  }
}
