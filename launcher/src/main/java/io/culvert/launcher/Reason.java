package io.culvert.launcher;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
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

  /** What is wrong with a file whose name is told already: often that is all of the message. */
  static String ofFile(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "there is no such file or folder";
    }
    if (failure instanceof AccessDeniedException) {
      return "no permission";
    }
    return String.valueOf(failure.getMessage());
  }
}
