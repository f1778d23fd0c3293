package io.culvert.conformance.faults.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file system in a file, and where it is mounted. */
public final class Image implements AutoCloseable {
  /** It writes nothing by itself for so long, and rounds are shorter; errors make it read-only. */
  private static final String OPTIONS = "loop,commit=300,errors=remount-ro";

  /** Nothing of its own is written later. */
  private static final String AT_ONCE = "lazy_itable_init=0,lazy_journal_init=0";

  private final Path file;
  private final Path folder;
  private Mount mount;

  private Image(Path file, Path folder, Mount mount) {
    this.file = file;
    this.folder = folder;
    this.mount = mount;
  }

  /**
   * @param bytes that it claims to have; the file takes room only for what is written
   */
  public static Image create(Path file, Path folder, long bytes)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Shell.run("truncate", "-s", "" + bytes, file.toString());
    Shell.run("mkfs.ext4", "-q", "-F", "-E", AT_ONCE, file.toString());
    return new Image(file, folder, Mount.of(file.toString(), folder, OPTIONS));
  }

  public Path folder() {
    return folder;
  }

  /** What has reached the device, and not what the kernel has still to write. */
  public void copyTo(Path copy) throws IOException, InterruptedException {
    Shell.run("cp", "--sparse=always", file.toString(), copy.toString());
  }

  /** Mounts it again, after its journal has been replayed. */
  public void mountAgain() throws IOException, InterruptedException {
    mount.close();
    mount = Mount.of(file.toString(), folder, OPTIONS);
  }

  /** Mounts another state of it. */
  public void mountAgain(Path copy) throws IOException, InterruptedException {
    mount.close();
    Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
    mount = Mount.of(file.toString(), folder, OPTIONS);
  }

  @Override
  public void close() throws IOException {
    mount.close();
    Files.deleteIfExists(file);
  }
}
