package io.culvert.rpc;

import io.culvert.rpc.exchange.Call;
import io.culvert.rpc.exchange.RequesterOptions;
import io.culvert.rpc.protocol.PayloadRules;
import io.culvert.rpc.protocol.RpcTopic;
import java.util.function.Consumer;

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
 * @param presence whether who serves a {@link Device} says when it comes and has the server say
 *     when it is gone; never where it is plain
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
    boolean presence,
    PlainResponses plainResponses,
    int maximumTargets,
    long targetIdleMillis,
    int maximumCacheBytes,
    PayloadRules rules) {
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
        RpcTopic.DEFAULT_NAMESPACE,
        Call.DEFAULT_TIMEOUT_MILLIS,
        AT_LEAST_ONCE,
        RequesterOptions.DEFAULT_MAXIMUM_CALLS,
        DEFAULT_MAXIMUM_SERVED,
        false,
        true,
        PlainResponses.PER_TARGET,
        DEFAULT_MAXIMUM_TARGETS,
        DEFAULT_TARGET_IDLE_MILLIS,
        0,
        PayloadRules.DEFAULT);
  }

  public RpcClientOptions withNamespace(String value) {
    return with(draft -> draft.namespace = value);
  }

  public RpcClientOptions withTimeoutMillis(long value) {
    return with(draft -> draft.timeoutMillis = value);
  }

  public RpcClientOptions withQos(int value) {
    return with(draft -> draft.qos = value);
  }

  public RpcClientOptions withMaximumCalls(int value) {
    return with(draft -> draft.maximumCalls = value);
  }

  public RpcClientOptions withMaximumServed(int value) {
    return with(draft -> draft.maximumServed = value);
  }

  public RpcClientOptions withPlain(boolean value) {
    return with(draft -> draft.plain = value);
  }

  public RpcClientOptions withPresence(boolean value) {
    return with(draft -> draft.presence = value);
  }

  public RpcClientOptions withPlainResponses(PlainResponses value) {
    return with(draft -> draft.plainResponses = value);
  }

  public RpcClientOptions withTargets(int count, long idleMillis) {
    return with(
        draft -> {
          draft.maximumTargets = count;
          draft.targetIdleMillis = idleMillis;
        });
  }

  public RpcClientOptions withMaximumCacheBytes(int value) {
    return with(draft -> draft.maximumCacheBytes = value);
  }

  public RpcClientOptions withRules(PayloadRules value) {
    return with(draft -> draft.rules = value);
  }

  private RpcClientOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** The same fields, for as long as they change. */
  private static final class Draft {
    private final String tag;
    private String namespace;
    private long timeoutMillis;
    private int qos;
    private int maximumCalls;
    private int maximumServed;
    private boolean plain;
    private boolean presence;
    private PlainResponses plainResponses;
    private int maximumTargets;
    private long targetIdleMillis;
    private int maximumCacheBytes;
    private PayloadRules rules;

    Draft(RpcClientOptions from) {
      tag = from.tag;
      namespace = from.namespace;
      timeoutMillis = from.timeoutMillis;
      qos = from.qos;
      maximumCalls = from.maximumCalls;
      maximumServed = from.maximumServed;
      plain = from.plain;
      presence = from.presence;
      plainResponses = from.plainResponses;
      maximumTargets = from.maximumTargets;
      targetIdleMillis = from.targetIdleMillis;
      maximumCacheBytes = from.maximumCacheBytes;
      rules = from.rules;
    }

    RpcClientOptions options() {
      return new RpcClientOptions(
          tag,
          namespace,
          timeoutMillis,
          qos,
          maximumCalls,
          maximumServed,
          plain,
          presence,
          plainResponses,
          maximumTargets,
          targetIdleMillis,
          maximumCacheBytes,
          rules);
    }
  }
}
