package io.culvert.rpc.protocol;

import io.culvert.rpc.protocol.Payload.Response;
import org.jspecify.annotations.Nullable;

/**
 * A request that was not done: one class for each response code that says so, and {@link Undefined}
 * for all that no peer should send. Also what a requester finds by itself, such as that no answer
 * has come in time.
 */
public abstract sealed class RpcException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  private RpcException(Failure failure) {
    super(null, null, false, true);
    this.failure = failure;
  }

  /**
   * What went wrong, and where.
   *
   * @param responseCode as on the wire
   * @param detail in words for people
   * @param path of the resource
   * @param source who has asked, or null
   * @param target who was asked, or null
   * @param requestId null where none was made
   * @param response what came, or null when nothing has
   */
  public record Failure(
      int responseCode,
      String detail,
      String path,
      @Nullable String source,
      @Nullable String target,
      @Nullable RequestId requestId,
      @Nullable Response response) {}

  /** What an answer says went wrong, or null when nothing did. */
  public static @Nullable RpcException of(
      Response response, @Nullable String source, @Nullable String target) {
    int code = response.responseCode();
    ResponseCode defined = response.code();
    if (defined != null && defined.isSuccess()) {
      return null;
    }
    return of(
        new Failure(
            code,
            defined == null ? "Unknown response code: " + code : FailureDetail.of(response),
            response.header().path(),
            source,
            target,
            response.requestId(),
            response));
  }

  /** What a requester or responder has found by itself. */
  public static RpcException of(
      ResponseCode code,
      String detail,
      String path,
      @Nullable String source,
      @Nullable String target,
      @Nullable RequestId requestId) {
    return of(new Failure(code.number(), detail, path, source, target, requestId, null));
  }

  /** The exception for this failure. */
  public static RpcException of(Failure failure) {
    ResponseCode code = ResponseCode.find(failure.responseCode());
    if (code == null) {
      return new Undefined(failure);
    }
    return switch (code) {
      case BAD_REQUEST -> new BadRequest(failure);
      case UNAUTHORIZED -> new Unauthorized(failure);
      case BAD_OPTION -> new BadOption(failure);
      case FORBIDDEN -> new Forbidden(failure);
      case NOT_FOUND -> new NotFound(failure);
      case METHOD_NOT_ALLOWED -> new MethodNotAllowed(failure);
      case NOT_ACCEPTABLE -> new NotAcceptable(failure);
      case REQUEST_ENTITY_INCOMPLETE -> new RequestEntityIncomplete(failure);
      case CONFLICT -> new Conflict(failure);
      case PRECONDITION_FAILED -> new PreconditionFailed(failure);
      case REQUEST_ENTITY_TOO_LARGE -> new RequestEntityTooLarge(failure);
      case UNSUPPORTED_CONTENT_FORMAT -> new UnsupportedContentFormat(failure);
      case UNPROCESSABLE_ENTITY -> new UnprocessableEntity(failure);
      case TOO_MANY_REQUESTS -> new TooManyRequests(failure);
      case INTERNAL_SERVER_ERROR -> new InternalServerError(failure);
      case NOT_IMPLEMENTED -> new NotImplemented(failure);
      case BAD_GATEWAY -> new BadGateway(failure);
      case SERVICE_UNAVAILABLE -> new ServiceUnavailable(failure);
      case GATEWAY_TIMEOUT -> new GatewayTimeout(failure);
      case PROXYING_NOT_SUPPORTED -> new ProxyingNotSupported(failure);
      case HOP_LIMIT_REACHED -> new HopLimitReached(failure);
      case CREATED, DELETED, VALID, CHANGED, CONTENT, CONTINUE ->
          throw new IllegalArgumentException(code + " is no failure");
    };
  }

  public Failure failure() {
    return failure;
  }

  /** As on the wire. */
  public int responseCode() {
    return failure.responseCode;
  }

  /** What went wrong, in words for people. */
  public String detail() {
    return failure.detail;
  }

  public String path() {
    return failure.path;
  }

  /** Tag of who has asked, or null. */
  public @Nullable String source() {
    return failure.source;
  }

  /** Tag of who was asked, or null. */
  public @Nullable String target() {
    return failure.target;
  }

  public @Nullable RequestId requestId() {
    return failure.requestId;
  }

  /** What came, or null when nothing has. */
  public @Nullable Response response() {
    return failure.response;
  }

  /** In the words of the reference, so that logs of both read alike. */
  @Override
  public String getMessage() {
    StringBuilder text = new StringBuilder();
    text.append('\'').append(failure.detail).append("' ").append(getClass().getSimpleName());
    text.append(": code=").append(failure.responseCode);
    append(text, "path", failure.path);
    append(text, "source", failure.source);
    append(text, "target", failure.target);
    append(text, "request_id", failure.requestId);
    return text.toString();
  }

  private static void append(StringBuilder text, String name, @Nullable Object value) {
    if (value != null) {
      text.append(", ").append(name).append("='").append(value).append('\'');
    }
  }

  /** 400. */
  public static final class BadRequest extends RpcException {
    private static final long serialVersionUID = 1L;

    private BadRequest(Failure failure) {
      super(failure);
    }
  }

  /** 401. */
  public static final class Unauthorized extends RpcException {
    private static final long serialVersionUID = 1L;

    private Unauthorized(Failure failure) {
      super(failure);
    }
  }

  /** 402. */
  public static final class BadOption extends RpcException {
    private static final long serialVersionUID = 1L;

    private BadOption(Failure failure) {
      super(failure);
    }
  }

  /** 403. */
  public static final class Forbidden extends RpcException {
    private static final long serialVersionUID = 1L;

    private Forbidden(Failure failure) {
      super(failure);
    }
  }

  /** 404. */
  public static final class NotFound extends RpcException {
    private static final long serialVersionUID = 1L;

    private NotFound(Failure failure) {
      super(failure);
    }
  }

  /** 405. */
  public static final class MethodNotAllowed extends RpcException {
    private static final long serialVersionUID = 1L;

    private MethodNotAllowed(Failure failure) {
      super(failure);
    }
  }

  /** 406. */
  public static final class NotAcceptable extends RpcException {
    private static final long serialVersionUID = 1L;

    private NotAcceptable(Failure failure) {
      super(failure);
    }
  }

  /** 408. */
  public static final class RequestEntityIncomplete extends RpcException {
    private static final long serialVersionUID = 1L;

    private RequestEntityIncomplete(Failure failure) {
      super(failure);
    }
  }

  /** 409. */
  public static final class Conflict extends RpcException {
    private static final long serialVersionUID = 1L;

    private Conflict(Failure failure) {
      super(failure);
    }
  }

  /** 412. */
  public static final class PreconditionFailed extends RpcException {
    private static final long serialVersionUID = 1L;

    private PreconditionFailed(Failure failure) {
      super(failure);
    }
  }

  /** 413. */
  public static final class RequestEntityTooLarge extends RpcException {
    private static final long serialVersionUID = 1L;

    private RequestEntityTooLarge(Failure failure) {
      super(failure);
    }
  }

  /** 415. */
  public static final class UnsupportedContentFormat extends RpcException {
    private static final long serialVersionUID = 1L;

    private UnsupportedContentFormat(Failure failure) {
      super(failure);
    }
  }

  /** 422. */
  public static final class UnprocessableEntity extends RpcException {
    private static final long serialVersionUID = 1L;

    private UnprocessableEntity(Failure failure) {
      super(failure);
    }
  }

  /** 429. */
  public static final class TooManyRequests extends RpcException {
    private static final long serialVersionUID = 1L;

    private TooManyRequests(Failure failure) {
      super(failure);
    }
  }

  /** 500. */
  public static final class InternalServerError extends RpcException {
    private static final long serialVersionUID = 1L;

    private InternalServerError(Failure failure) {
      super(failure);
    }
  }

  /** 501. */
  public static final class NotImplemented extends RpcException {
    private static final long serialVersionUID = 1L;

    private NotImplemented(Failure failure) {
      super(failure);
    }
  }

  /** 502. */
  public static final class BadGateway extends RpcException {
    private static final long serialVersionUID = 1L;

    private BadGateway(Failure failure) {
      super(failure);
    }
  }

  /** 503. */
  public static final class ServiceUnavailable extends RpcException {
    private static final long serialVersionUID = 1L;

    private ServiceUnavailable(Failure failure) {
      super(failure);
    }
  }

  /** 504. No answer in time, also where the requester alone has found that. */
  public static final class GatewayTimeout extends RpcException {
    private static final long serialVersionUID = 1L;

    private GatewayTimeout(Failure failure) {
      super(failure);
    }
  }

  /** 505. */
  public static final class ProxyingNotSupported extends RpcException {
    private static final long serialVersionUID = 1L;

    private ProxyingNotSupported(Failure failure) {
      super(failure);
    }
  }

  /** 508. */
  public static final class HopLimitReached extends RpcException {
    private static final long serialVersionUID = 1L;

    private HopLimitReached(Failure failure) {
      super(failure);
    }
  }

  /** A code that is not defined. */
  public static final class Undefined extends RpcException {
    private static final long serialVersionUID = 1L;

    private Undefined(Failure failure) {
      super(failure);
    }
  }
}
