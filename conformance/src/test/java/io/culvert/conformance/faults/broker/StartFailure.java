package io.culvert.conformance.faults.broker;

/** A broker that does not start; the text is what it printed. */
public final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StartFailure(String lastWords) {
    super(lastWords);
  }
}
