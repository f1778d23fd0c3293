package io.culvert.rpc.persistent;

import io.culvert.rpc.protocol.Payload.Request;
import io.culvert.rpc.protocol.RequestId;
import io.culvert.rpc.protocol.RpcTopic;
import org.jspecify.annotations.Nullable;

/**
 * A request that is kept until its device has answered. Times are milliseconds since 1970.
 *
 * @param number in the order of submission
 * @param request as it is sent, each time; its header has the request id
 * @param qos null for that of the client
 * @param timeoutMillis how long each attempt waits for the answer
 * @param expiresMillis when it ends without having been done
 * @param address where its submitter wants to be told of changes, or null
 * @param firstSentMillis when it was first sent; {@link #NEVER}
 */
public record QueuedRequest(
    long number,
    String target,
    String subsystem,
    Request request,
    @Nullable Integer qos,
    long timeoutMillis,
    long submittedMillis,
    long expiresMillis,
    @Nullable String address,
    long firstSentMillis) {
  /** It was not sent yet. */
  public static final long NEVER = 0;

  public QueuedRequest {
    if (!RpcTopic.isLevel(target) || !RpcTopic.isLevel(subsystem)) {
      throw new IllegalArgumentException(
          "target '%s' or subsystem '%s' cannot stand in a topic".formatted(target, subsystem));
    } else if (timeoutMillis < 1 || (qos != null && (qos < 0 || qos > 2))) {
      throw new IllegalArgumentException(
          "an attempt of %d ms with QoS %s".formatted(timeoutMillis, qos));
    }
  }

  public RequestId id() {
    return request.requestId();
  }

  boolean wasSent() {
    return firstSentMillis != NEVER;
  }

  QueuedRequest sent(long nowMillis) {
    return new QueuedRequest(
        number,
        target,
        subsystem,
        request,
        qos,
        timeoutMillis,
        submittedMillis,
        expiresMillis,
        address,
        nowMillis);
  }

  QueuedRequest numbered(long value) {
    return new QueuedRequest(
        value,
        target,
        subsystem,
        request,
        qos,
        timeoutMillis,
        submittedMillis,
        expiresMillis,
        address,
        firstSentMillis);
  }

  /** Never the body nor the token: this may stand in a log. */
  @Override
  public String toString() {
    return "QueuedRequest[" + number + ", " + id() + ", " + target + "]";
  }
}
