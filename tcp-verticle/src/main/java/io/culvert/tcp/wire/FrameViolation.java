package io.culvert.tcp.wire;

import io.culvert.engine.Violation;

/** The peer has sent what no peer may send, or too slowly. Ends the connection. */
public final class FrameViolation extends Violation {
  private static final long serialVersionUID = 1L;

  public FrameViolation(String detail) {
    super(detail);
  }

  /** The message type of the reply. */
  @Override
  public int code() {
    return MessageType.ERROR.code();
  }

  /** Empty: no standard stands behind this wire. */
  @Override
  public String statementId() {
    return "";
  }
}
