package io.culvert.runtime.bus;

import org.jspecify.annotations.Nullable;

/**
 * Why a request to a device failed. Codes from 4400 on are 4000 plus the response code that the
 * device has answered with; the text of the failure begins with the name.
 */
public enum RpcFailure implements CulvertFailure {
  /** There is no such submitted request, observation or device, or no more. */
  UNKNOWN(4002, false),

  /** The answer is none that this version understands. */
  BAD_ANSWER(4004, false),

  BAD_REQUEST(4400, false),
  UNAUTHORIZED(4401, false),
  BAD_OPTION(4402, false),
  FORBIDDEN(4403, false),
  NOT_FOUND(4404, false),
  METHOD_NOT_ALLOWED(4405, false),
  NOT_ACCEPTABLE(4406, false),
  REQUEST_ENTITY_INCOMPLETE(4408, true),
  CONFLICT(4409, false),
  PRECONDITION_FAILED(4412, false),
  REQUEST_ENTITY_TOO_LARGE(4413, false),
  UNSUPPORTED_CONTENT_FORMAT(4415, false),
  UNPROCESSABLE_ENTITY(4422, false),
  TOO_MANY_REQUESTS(4429, true),
  INTERNAL_SERVER_ERROR(4500, false),
  NOT_IMPLEMENTED(4501, false),
  BAD_GATEWAY(4502, true),
  SERVICE_UNAVAILABLE(4503, true),

  /** The device says so, or no answer came in time; then it may have had its effect. */
  GATEWAY_TIMEOUT(4504, true),
  PROXYING_NOT_SUPPORTED(4505, false),
  HOP_LIMIT_REACHED(4508, false);

  private static final int OF_RESPONSES = 4000;

  private final int code;
  private final boolean retryable;

  RpcFailure(int code, boolean retryable) {
    this.code = code;
    this.retryable = retryable;
  }

  /**
   * The failure of a response code, 400…599; one without a name of its own counts as 400 or 500.
   */
  public static RpcFailure ofResponse(int responseCode) {
    RpcFailure found = of(OF_RESPONSES + responseCode);
    if (found != null) {
      return found;
    }
    return responseCode < 500 ? BAD_REQUEST : INTERNAL_SERVER_ERROR;
  }

  /** The failure with this code, or null. */
  public static @Nullable RpcFailure of(int code) {
    for (RpcFailure failure : values()) {
      if (failure.code == code) {
        return failure;
      }
    }
    return null;
  }

  @Override
  public int code() {
    return code;
  }

  @Override
  public boolean retryable() {
    return retryable;
  }
}
