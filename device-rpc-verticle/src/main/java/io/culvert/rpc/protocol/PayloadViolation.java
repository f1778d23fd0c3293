package io.culvert.rpc.protocol;

import io.culvert.engine.Violation;

/** A payload that is none. */
public final class PayloadViolation extends Violation {
  private static final long serialVersionUID = 1L;

  private final ResponseCode code;

  /**
   * @param field where, such as {@code header.request_id}; empty for the payload as a whole
   * @param problem what is wrong with it: "is missing"
   */
  public PayloadViolation(String field, String problem) {
    this(field, problem, ResponseCode.BAD_REQUEST);
  }

  PayloadViolation(String field, String problem, ResponseCode code) {
    super((field.isEmpty() ? "the payload" : field) + " " + problem);
    this.code = code;
  }

  /** What a requester is told. */
  public ResponseCode responseCode() {
    return code;
  }

  @Override
  public int code() {
    return code.number();
  }

  /** Empty: no standard stands behind this wire. */
  @Override
  public String statementId() {
    return "";
  }
}
