package io.culvert.store;

/** A store cannot be opened. The message says what happened, where, and what to do. */
public final class StoreException extends Exception {
  StoreException(String message) {
    super(message);
  }

  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
