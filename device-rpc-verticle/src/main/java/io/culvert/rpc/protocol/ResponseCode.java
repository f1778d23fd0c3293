package io.culvert.rpc.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What became of a request: a code of CoAP as class times 100 and detail. 21 of them are known to
 * every peer; the others go to those only that have opted in, because the reference stops working
 * for good when it gets one.
 */
public enum ResponseCode {
  CREATED(201),
  DELETED(202),
  VALID(203),
  CHANGED(204),
  CONTENT(205),
  /** A block has come, go on. Nobody who sends no blocks gets it. RFC 7959 §2.9.1. */
  CONTINUE(231, 204),
  BAD_REQUEST(400),
  UNAUTHORIZED(401),
  BAD_OPTION(402),
  FORBIDDEN(403),
  NOT_FOUND(404),
  METHOD_NOT_ALLOWED(405),
  NOT_ACCEPTABLE(406),
  /** A block is missing. RFC 7959 §2.9.2. */
  REQUEST_ENTITY_INCOMPLETE(408, 400),
  /** The resource is not in a state for it. RFC 8132 §2.3.1. */
  CONFLICT(409, 412),
  PRECONDITION_FAILED(412),
  REQUEST_ENTITY_TOO_LARGE(413),
  UNSUPPORTED_CONTENT_FORMAT(415),
  /** The body is understood and makes no sense. RFC 8132 §2.3.1. */
  UNPROCESSABLE_ENTITY(422, 400),
  /** Come again after Max-Age. RFC 8516. */
  TOO_MANY_REQUESTS(429, 503),
  INTERNAL_SERVER_ERROR(500),
  NOT_IMPLEMENTED(501),
  BAD_GATEWAY(502),
  SERVICE_UNAVAILABLE(503),
  GATEWAY_TIMEOUT(504),
  PROXYING_NOT_SUPPORTED(505),
  /** A request has run in a circle. RFC 8768. */
  HOP_LIMIT_REACHED(508, 502);

  private static final ResponseCode[] ALL = values();

  private final int number;
  private final int plainNumber;

  ResponseCode(int number) {
    this(number, number);
  }

  ResponseCode(int number, int plainNumber) {
    this.number = number;
    this.plainNumber = plainNumber;
  }

  /** The code with this number, or null when none is defined. */
  public static @Nullable ResponseCode find(int number) {
    for (ResponseCode code : ALL) {
      if (code.number == number) {
        return code;
      }
    }
    return null;
  }

  /** As on the wire, such as 205. */
  public int number() {
    return number;
  }

  /** Whether it says that the request was done. */
  public boolean isSuccess() {
    return number / 100 == 2;
  }

  /** Only peers that have opted in get it. */
  public boolean isExtended() {
    return number != plainNumber;
  }

  /** What a peer gets instead that has not opted in. */
  public ResponseCode plain() {
    ResponseCode plain = find(plainNumber);
    if (plain == null) {
      throw new IllegalStateException(this + " stands for " + plainNumber);
    }
    return plain;
  }
}
