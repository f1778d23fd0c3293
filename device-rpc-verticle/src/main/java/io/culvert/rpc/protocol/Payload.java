package io.culvert.rpc.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What one message carries. Bodies are plain Java values: null, {@link Boolean}, {@link String},
 * {@link Integer}, {@link Long}, {@link java.math.BigInteger}, {@link Double}, {@link
 * java.util.List} and {@link java.util.Map} with text keys; a number has the smallest of the whole
 * types that it fits in. In what is written, other numbers, arrays of bytes (as Base64) and any
 * {@link Iterable} may stand, too.
 */
public sealed interface Payload {
  @Nullable Object body();

  Timestamp timestamp();

  /** Asks for something. */
  record Request(Header header, Method method, @Nullable Object body, Timestamp timestamp)
      implements Payload {
    public Request withHeader(Header value) {
      return new Request(value, method, body, timestamp);
    }

    public Request withBody(@Nullable Object value) {
      return new Request(header, method, value, timestamp);
    }

    public RequestId requestId() {
      return header.requestId();
    }

    public String path() {
      return header.path();
    }
  }

  /**
   * Answers a request.
   *
   * @param responseCode as on the wire: peers also send what is not defined
   */
  record Response(Header header, int responseCode, @Nullable Object body, Timestamp timestamp)
      implements Payload {
    public Response withHeader(Header value) {
      return new Response(value, responseCode, body, timestamp);
    }

    public Response withBody(@Nullable Object value) {
      return new Response(header, responseCode, value, timestamp);
    }

    public RequestId requestId() {
      return header.requestId();
    }

    /** The code, or null when it is not a defined one. */
    public @Nullable ResponseCode code() {
      return ResponseCode.find(responseCode);
    }

    public boolean isSuccess() {
      ResponseCode code = code();
      return code != null && code.isSuccess();
    }

    /** Where a created resource is, or null. */
    public @Nullable String location() {
      return header.text(Header.LOCATION);
    }
  }

  /** Neither: something that is told. */
  record General(@Nullable Object body, Timestamp timestamp) implements Payload {}
}
