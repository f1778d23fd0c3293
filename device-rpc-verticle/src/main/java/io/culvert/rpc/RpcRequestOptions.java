package io.culvert.rpc;

import io.culvert.rpc.exchange.Call;
import io.culvert.rpc.protocol.Header;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.RpcOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one request is asked. Immutable.
 *
 * @param timeoutMillis 0 for that of the client
 * @param qos null for that of the client
 * @param token what proves that the requester may; null for none
 * @param correlationId what requests of one purpose have in common; null for none
 * @param traceParent trace context as W3C writes it; null for none
 * @param query parameters, for devices that go beyond the plain protocol
 */
public record RpcRequestOptions(
    long timeoutMillis,
    @Nullable Integer qos,
    @Nullable String token,
    @Nullable String correlationId,
    @Nullable String traceParent,
    Map<String, String> query) {
  public static final RpcRequestOptions DEFAULT =
      new RpcRequestOptions(0, null, null, null, null, Map.of());

  public RpcRequestOptions {
    query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
    if (timeoutMillis < 0) {
      throw new IllegalArgumentException("a timeout of " + timeoutMillis + " ms");
    }
    if (qos != null && (qos < 0 || qos > 2)) {
      throw new IllegalArgumentException("QoS " + qos);
    }
  }

  public RpcRequestOptions withTimeoutMillis(long value) {
    return new RpcRequestOptions(value, qos, token, correlationId, traceParent, query);
  }

  public RpcRequestOptions withQos(int value) {
    return new RpcRequestOptions(timeoutMillis, value, token, correlationId, traceParent, query);
  }

  public RpcRequestOptions withToken(@Nullable String value) {
    return new RpcRequestOptions(timeoutMillis, qos, value, correlationId, traceParent, query);
  }

  public RpcRequestOptions withCorrelationId(@Nullable String value) {
    return new RpcRequestOptions(timeoutMillis, qos, token, value, traceParent, query);
  }

  public RpcRequestOptions withTraceParent(String value) {
    return new RpcRequestOptions(timeoutMillis, qos, token, correlationId, value, query);
  }

  public RpcRequestOptions withQuery(Map<String, String> value) {
    return new RpcRequestOptions(timeoutMillis, qos, token, correlationId, traceParent, value);
  }

  /** A request that is asked like this. */
  Call call(
      RpcClientOptions client,
      String target,
      String subsystem,
      String path,
      Method method,
      @Nullable Object body) {
    Map<String, @Nullable Object> more = new LinkedHashMap<>();
    if (traceParent != null) {
      more.put(Header.TRACE_PARENT, traceParent);
    }
    return new Call(
        target,
        subsystem,
        method,
        path,
        body,
        /* isOptedIn= */ !client.plain(),
        /* usesReplyTopic= */ false, // ours depends on who is asked
        client.plain() ? RpcOptions.NONE : RpcOptions.NONE.withQuery(query),
        correlationId,
        token,
        more,
        timeoutMillis == 0 ? client.timeoutMillis() : timeoutMillis,
        /* retryMillis= */ 0,
        qos == null ? client.qos() : qos,
        /* source= */ null);
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "RpcRequestOptions[" + timeoutMillis + " ms, QoS " + qos + "]";
  }
}
