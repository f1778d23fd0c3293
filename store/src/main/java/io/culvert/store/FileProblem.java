package io.culvert.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

/** What went wrong with a file, in words: some exceptions have only its name. */
final class FileProblem {
  private FileProblem() {}

  static String text(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "no permission for " + e.getMessage();
    }
    if (e instanceof FileAlreadyExistsException) {
      return e.getMessage() + " is a file";
    }
    if (e instanceof NoSuchFileException) {
      return e.getMessage() + " is not there";
    }
    return String.valueOf(e.getMessage());
  }
}
