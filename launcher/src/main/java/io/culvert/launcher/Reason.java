package io.culvert.launcher;

import org.jspecify.annotations.Nullable;

/** A failure in words for users. */
final class Reason {
  private Reason() {}

  /** The message of the cause, without the names of classes where that is possible. */
  static String of(Exception wrapper) {
    @Nullable Throwable cause = wrapper.getCause();
    Throwable failure = cause == null ? wrapper : cause;
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
