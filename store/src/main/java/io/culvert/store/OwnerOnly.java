package io.culvert.store;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Files that nobody else may read, where the system can say so: messages are in them. */
final class OwnerOnly {
  private OwnerOnly() {}

  static FileAttribute<?>[] fileAttributes(Path file) {
    return attributes(file, "rw-------");
  }

  static FileAttribute<?>[] folderAttributes(Path folder) {
    return attributes(folder, "rwx------");
  }

  private static FileAttribute<?>[] attributes(Path path, String mode) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }
}
