package io.culvert.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Whole folders. */
final class Folders {
  private Folders() {}

  /** With all that is in it. */
  static void delete(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      try (DirectoryStream<Path> parts = Files.newDirectoryStream(path)) {
        for (Path part : parts) {
          delete(part);
        }
      }
    }
    Files.delete(path);
  }
}
