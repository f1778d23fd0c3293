package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.RpcOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
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
 * @param source tag that it is asked under, for one that another process may have sent before; null
 *     for that of the requester
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
    int qos,
    @Nullable String source) {
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
        0,
        null);
  }

  /** Beyond the plain protocol, with these options. */
  public Call withOptions(RpcOptions value) {
    return changed(
        copy -> {
          copy.isOptedIn = true;
          copy.options = value;
        });
  }

  /** Beyond the plain protocol, answered to the requester's own topic. */
  public Call withReplyTopic() {
    return changed(
        copy -> {
          copy.isOptedIn = true;
          copy.usesReplyTopic = true;
        });
  }

  public Call withTimeoutMillis(long value) {
    return changed(copy -> copy.timeoutMillis = value);
  }

  public Call withRetryMillis(long value) {
    return changed(copy -> copy.retryMillis = value);
  }

  public Call withQos(int value) {
    return changed(copy -> copy.qos = value);
  }

  public Call withCorrelationId(@Nullable String value) {
    return changed(copy -> copy.correlationId = value);
  }

  public Call withToken(@Nullable String value) {
    return changed(copy -> copy.token = value);
  }

  public Call withSource(@Nullable String value) {
    return changed(copy -> copy.source = value);
  }

  private Call changed(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return new Call(
        target,
        subsystem,
        method,
        path,
        body,
        copy.isOptedIn,
        copy.usesReplyTopic,
        copy.options,
        copy.correlationId,
        copy.token,
        more,
        copy.timeoutMillis,
        copy.retryMillis,
        copy.qos,
        copy.source);
  }

  /** What may be changed in a copy. */
  private static final class Copy {
    boolean isOptedIn;
    boolean usesReplyTopic;
    RpcOptions options;
    @Nullable String correlationId;
    @Nullable String token;
    long timeoutMillis;
    long retryMillis;
    int qos;
    @Nullable String source;

    Copy(Call from) {
      isOptedIn = from.isOptedIn;
      usesReplyTopic = from.usesReplyTopic;
      options = from.options;
      correlationId = from.correlationId;
      token = from.token;
      timeoutMillis = from.timeoutMillis;
      retryMillis = from.retryMillis;
      qos = from.qos;
      source = from.source;
    }
  }
}
