package io.culvert.store;

/** The disk, or the database on it, did not do what it should. */
final class DiskException extends Exception {
  DiskException(String message, Throwable cause) {
    super(message, cause);
  }
}
