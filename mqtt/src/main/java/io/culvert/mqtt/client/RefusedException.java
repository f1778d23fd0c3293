package io.culvert.mqtt.client;

/**
 * The client does not send what it was asked to send, because the connection, the server's limits
 * or its own do not allow it now. Nothing has changed. Stackless: under load this is no surprise.
 */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  RefusedException(Refusal refusal, String detail) {
    super(detail, null, false, false);
    this.refusal = refusal;
  }

  public Refusal refusal() {
    return refusal;
  }
}
