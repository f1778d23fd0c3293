package io.culvert.mqtt.model;

/**
 * A place where a server did something else than the model.
 *
 * @param cause the step after which it happened, without what is different in each script
 * @param expected what the model wants
 * @param actual what the server did
 * @param detail for a person who looks into it
 */
public record Problem(String cause, String expected, String actual, String detail) {
  /** What classes of differences are told apart by. */
  public String signature() {
    return cause + " | " + expected + " | " + actual;
  }
}
