package io.culvert.runtime.config;

/** A value does not fit its setting; the message ends the sentence "key: …". */
final class BadValueException extends Exception {
  private static final long serialVersionUID = 1L;

  BadValueException(String message) {
    super(message);
  }
}
