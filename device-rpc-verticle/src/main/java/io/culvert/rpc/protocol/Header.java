package io.culvert.rpc.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What requests and answers say about themselves.
 *
 * @param requestId what answer and request have in common
 * @param path of the resource; empty in an answer that has none
 * @param correlationId what requests of one purpose have in common; any text
 * @param source tag of who sends it
 * @param token what proves that the requester may
 * @param more all other fields, which peers ignore that do not know them
 */
public record Header(
    RequestId requestId,
    String path,
    @Nullable String correlationId,
    @Nullable String source,
    @Nullable String token,
    Map<String, @Nullable Object> more) {
  /** Where a created resource is. */
  public static final String LOCATION = "location";

  /** What went wrong, where the body does not tell. */
  public static final String ERROR_MESSAGE = "error_message";

  /** Which version of the protocol a peer has opted in to. */
  public static final String VERSION = "v";

  /** See {@link RpcOptions}. */
  public static final String OPTIONS = "options";

  /** Trace context as W3C writes it. */
  public static final String TRACE_PARENT = "traceparent";

  /** The version that has options. */
  public static final int VERSION_WITH_OPTIONS = 2;

  public Header {
    more = Collections.unmodifiableMap(new LinkedHashMap<>(more));
  }

  public static Header of(RequestId requestId, String path) {
    return new Header(requestId, path, null, null, null, Map.of());
  }

  public Header withCorrelationId(@Nullable String value) {
    return new Header(requestId, path, value, source, token, more);
  }

  public Header withSource(@Nullable String value) {
    return new Header(requestId, path, correlationId, value, token, more);
  }

  public Header withToken(@Nullable String value) {
    return new Header(requestId, path, correlationId, source, value, more);
  }

  public Header withRequestId(RequestId value) {
    return new Header(value, path, correlationId, source, token, more);
  }

  /** With one more field; null takes it away. */
  public Header with(String field, @Nullable Object value) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>(more);
    if (value == null) {
      fields.remove(field);
    } else {
      fields.put(field, value);
    }
    return new Header(requestId, path, correlationId, source, token, fields);
  }

  /** Opted in, with these options. */
  public Header withOptions(RpcOptions options) {
    return with(VERSION, VERSION_WITH_OPTIONS)
        .with(OPTIONS, options.isEmpty() ? null : options.toWire());
  }

  /** Whether its sender understands what goes beyond the plain protocol. */
  public boolean isOptedIn() {
    return more.get(VERSION) instanceof Integer version && version >= VERSION_WITH_OPTIONS;
  }

  /**
   * What it says beyond the plain protocol; nothing where its sender has not opted in.
   *
   * @throws PayloadViolation with {@link ResponseCode#BAD_OPTION} for options that nobody can obey
   */
  public RpcOptions options() {
    return isOptedIn() ? RpcOptions.parse(more.get(OPTIONS)) : RpcOptions.NONE;
  }

  /** The text in one of the other fields, or null when it is none. */
  public @Nullable String text(String field) {
    return more.get(field) instanceof String text ? text : null;
  }
}
