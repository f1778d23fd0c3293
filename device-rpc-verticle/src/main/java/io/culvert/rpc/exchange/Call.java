package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.RpcOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of whom.
 *
 * @param target tag of the responder
 * @param subsystem second level of the topic
 * @param body see {@link io.culvert.rpc.protocol.Payload}
 * @param isOptedIn whether the request says that its sender understands what goes beyond the plain
 *     protocol; the reference takes no notice of it
 * @param usesReplyTopic whether the answer shall come to the requester's own reply topic, which
 *     only those know that go beyond the plain protocol
 * @param options sent only when opted in
 * @param more fields of the header, such as {@link Header#TRACE_PARENT}
 * @param timeoutMillis from the call to the answer
 * @param retryMillis after which an idempotent request is sent again, under the same request id; 0
 *     for never
 * @param qos of what is published
 */
public record Call(
    String target,
    String subsystem,
    Method method,
    String path,
    @Nullable Object body,
    boolean isOptedIn,
    boolean usesReplyTopic,
    RpcOptions options,
    @Nullable String correlationId,
    @Nullable String token,
    Map<String, @Nullable Object> more,
    long timeoutMillis,
    long retryMillis,
    int qos) {
  /** As in the reference. */
  public static final long DEFAULT_TIMEOUT_MILLIS = 5_000;

  public Call {
    if (timeoutMillis < 1 || retryMillis < 0) {
      throw new IllegalArgumentException("a call needs a positive timeout");
    } else if (qos < 0 || qos > 2) {
      throw new IllegalArgumentException("no QoS: " + qos);
    } else if (usesReplyTopic && !isOptedIn) {
      throw new IllegalArgumentException("a plain peer knows no reply topic");
    } else if (!isOptedIn && !options.isEmpty()) {
      throw new IllegalArgumentException("a plain peer knows no options: " + options);
    }
    more = Collections.unmodifiableMap(new LinkedHashMap<>(more));
  }

  /** A plain one, which every peer understands. */
  public static Call of(
      String target, String subsystem, Method method, String path, @Nullable Object body) {
    return new Call(
        target,
        subsystem,
        method,
        path,
        body,
        false,
        false,
        RpcOptions.NONE,
        null,
        null,
        Map.of(),
        DEFAULT_TIMEOUT_MILLIS,
        0,
        0);
  }

  /** Beyond the plain protocol, with these options. */
  public Call withOptions(RpcOptions value) {
    return new Call(
        target,
        subsystem,
        method,
        path,
        body,
        true,
        usesReplyTopic,
        value,
        correlationId,
        token,
        more,
        timeoutMillis,
        retryMillis,
        qos);
  }

  /** Beyond the plain protocol, answered to the requester's own topic. */
  public Call withReplyTopic() {
    return new Call(
        target,
        subsystem,
        method,
        path,
        body,
        true,
        true,
        options,
        correlationId,
        token,
        more,
        timeoutMillis,
        retryMillis,
        qos);
  }

  public Call withTimeoutMillis(long value) {
    return new Call(
        target,
        subsystem,
        method,
        path,
        body,
        isOptedIn,
        usesReplyTopic,
        options,
        correlationId,
        token,
        more,
        value,
        retryMillis,
        qos);
  }

  public Call withRetryMillis(long value) {
    return new Call(
        target,
        subsystem,
        method,
        path,
        body,
        isOptedIn,
        usesReplyTopic,
        options,
        correlationId,
        token,
        more,
        timeoutMillis,
        value,
        qos);
  }

  public Call withQos(int value) {
    return new Call(
        target,
        subsystem,
        method,
        path,
        body,
        isOptedIn,
        usesReplyTopic,
        options,
        correlationId,
        token,
        more,
        timeoutMillis,
        retryMillis,
        value);
  }

  public Call withCorrelationId(@Nullable String value) {
    return new Call(
        target,
        subsystem,
        method,
        path,
        body,
        isOptedIn,
        usesReplyTopic,
        options,
        value,
        token,
        more,
        timeoutMillis,
        retryMillis,
        qos);
  }

  public Call withToken(@Nullable String value) {
    return new Call(
        target,
        subsystem,
        method,
        path,
        body,
        isOptedIn,
        usesReplyTopic,
        options,
        correlationId,
        value,
        more,
        timeoutMillis,
        retryMillis,
        qos);
  }

  public Call withMore(Map<String, @Nullable Object> value) {
    return new Call(
        target,
        subsystem,
        method,
        path,
        body,
        isOptedIn,
        usesReplyTopic,
        options,
        correlationId,
        token,
        value,
        timeoutMillis,
        retryMillis,
        qos);
  }
}
