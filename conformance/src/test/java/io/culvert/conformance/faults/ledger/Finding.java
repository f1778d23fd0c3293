package io.culvert.conformance.faults.ledger;

/** One fault, with who it happened to and the message or answer that shows it. */
public record Finding(Fault fault, String where, String what) {

  @Override
  public String toString() {
    return fault + " " + where + ": " + what;
  }
}
