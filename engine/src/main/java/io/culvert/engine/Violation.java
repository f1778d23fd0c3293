package io.culvert.engine;

/**
 * The peer has broken its protocol. Carries what the answer and the log need; it is caught in
 * exactly one place of an engine and becomes a defined reply and a close. Stackless, because a peer
 * must not be able to make us spend time on stack traces.
 */
public abstract class Violation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String detail;

  protected Violation(String detail) {
    super(detail, null, false, false);
    this.detail = detail;
  }

  /** What the peer did, in words for people. */
  public final String detail() {
    return detail;
  }

  /** The code that the protocol has for this violation. */
  public abstract int code();

  /** The id of the broken statement, or an empty text when the standard gives none. */
  public abstract String statementId();
}
