package io.culvert.conformance.faults.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system at a folder, until it is closed. Only root may do that. */
public final class Mount implements AutoCloseable {
  private final Path folder;

  private Mount(Path folder) {
    this.folder = folder;
  }

  public static Mount tmpfs(Path folder, long bytes) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Shell.run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", folder.toString());
    return new Mount(folder);
  }

  static Mount of(String source, Path folder, String options)
      throws IOException, InterruptedException {
    Shell.run("mount", "-o", options, source, folder.toString());
    return new Mount(folder);
  }

  /** Whether this user on this machine may mount at all; otherwise why not. */
  public static String whyNot(Path work) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(work, "mount");
    try (Mount mount = tmpfs(folder, 1 << 20)) {
      return "";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    } finally {
      Files.delete(folder);
    }
  }

  public Path folder() {
    return folder;
  }

  public void remount(String options) throws IOException, InterruptedException {
    Shell.run("mount", "-o", "remount," + options, folder.toString());
  }

  @Override
  public void close() throws IOException {
    try {
      Shell.run("umount", folder.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
