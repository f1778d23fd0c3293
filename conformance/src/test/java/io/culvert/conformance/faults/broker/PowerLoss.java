package io.culvert.conformance.faults.broker;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A loss of power: what was written and not synced is gone. The data folder is in a file system of
 * its own, in an image file. Only what that file system has handed to its device is in the image;
 * the rest is in the kernel's memory, as it would be in a real one. At the strike the process is
 * stopped, and when the system calls that it is in have ended, the image is copied; the copy is
 * what the next start finds, after the file system has replayed its journal.
 *
 * <p>Weaker than the real thing in one point: no system call is cut in the middle.
 */
public final class PowerLoss implements Crash {
  private static final long IMAGE_BYTES = 256L << 20;

  private final Image image;
  private final Path copy;

  private PowerLoss(Image image, Path copy) {
    this.image = image;
    this.copy = copy;
  }

  public static PowerLoss in(Path work) throws IOException, InterruptedException {
    Path file = Files.createTempFile(work, "power", ".img");
    Path folder = Files.createTempDirectory(work, "power-disk");
    return new PowerLoss(
        Image.create(file, folder, IMAGE_BYTES), work.resolve(file.getFileName() + ".copy"));
  }

  @Override
  public Path data() {
    return image.folder().resolve("data");
  }

  @Override
  public void strike(BrokerJvm broker) throws IOException, InterruptedException {
    long pid = broker.jvmPid();
    Shell.run("kill", "-STOP", "" + pid);
    while (!isStopped(pid)) {
      Thread.onSpinWait(); // for a sync that is under way
    }
    image.copyTo(copy);
    broker.beginKill();
  }

  @Override
  public void recover() throws IOException, InterruptedException {
    image.mountAgain(copy);
  }

  @Override
  public void close() throws IOException {
    image.close();
  }

  /** Stopped, by a signal or by whoever traces it. */
  private static boolean isStopped(long pid) throws IOException {
    try (DirectoryStream<Path> tasks =
        Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path task : tasks) {
        String stat = Files.readString(task.resolve("stat"));
        char state = stat.charAt(stat.lastIndexOf(')') + 2);
        if (state != 'T' && state != 't') {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      return false; // a thread that ended meanwhile
    }
  }
}
