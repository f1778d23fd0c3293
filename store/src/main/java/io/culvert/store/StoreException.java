package io.culvert.store;

import java.nio.file.Path;

/**
 * A store, or a file of one, cannot be used. The message says what happened, where, and what to do.
 */
public final class StoreException extends Exception {
  StoreException(String message) {
    super(message);
  }

  StoreException(String message, Throwable cause) {
    super(message, cause);
  }

  static StoreException unusable(Path store, String why, Exception cause) {
    return new StoreException(
        """
        the store %s cannot be used: %s.
          Repair that, or choose another folder."""
            .formatted(store, why),
        cause);
  }
}
