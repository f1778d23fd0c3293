package io.culvert.rpc.exchange;

import io.culvert.rpc.protocol.ETag;
import io.culvert.rpc.protocol.ResponseCode;
import io.culvert.rpc.protocol.RpcOptions;
import org.jspecify.annotations.Nullable;

/**
 * What a resource says to a request.
 *
 * @param body see {@link io.culvert.rpc.protocol.Payload}
 * @param location where a created resource is, or null
 * @param options for those only that have opted in
 */
public record Answer(
    ResponseCode code, @Nullable Object body, @Nullable String location, RpcOptions options) {
  public static Answer of(ResponseCode code, @Nullable Object body) {
    return new Answer(code, body, null, RpcOptions.NONE);
  }

  /** 2.05: this is it. */
  public static Answer content(@Nullable Object body) {
    return of(ResponseCode.CONTENT, body);
  }

  /** 2.01: it is there now. */
  public static Answer created(String location) {
    return new Answer(ResponseCode.CREATED, null, location, RpcOptions.NONE);
  }

  /** 2.02: it is not there any more. */
  public static Answer deleted() {
    return of(ResponseCode.DELETED, null);
  }

  /** 2.04: it is as you want it. */
  public static Answer changed() {
    return of(ResponseCode.CHANGED, null);
  }

  /** It was not done. */
  public static Answer failure(ResponseCode code, String detail) {
    if (code.isSuccess()) {
      throw new IllegalArgumentException(code + " is no failure");
    }
    return of(code, detail);
  }

  public Answer withBody(@Nullable Object value) {
    return new Answer(code, value, location, options);
  }

  public Answer withOptions(RpcOptions value) {
    return new Answer(code, body, location, value);
  }

  /** Names the state that it shows. */
  public Answer withEtag(ETag value) {
    return withOptions(options.withEtag(value));
  }

  /** For how long it is fresh, or after which time one may come again. */
  public Answer withMaxAgeSeconds(long value) {
    return withOptions(options.withMaxAgeSeconds(value));
  }
}
