package io.culvert.launcher;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files and folders that nobody else may read, where the system can say so. */
final class OwnerOnly {
  private OwnerOnly() {}

  /**
   * For a new file or folder.
   *
   * @param mode such as {@code rw-------}
   */
  static FileAttribute<?>[] attributes(String mode) {
    boolean posix = Path.of("").getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }
}
