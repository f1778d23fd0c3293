package io.culvert.runtime.driver;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The file of a listening Unix domain socket. The socket is bound in a folder that only its owner
 * can enter, gets its mode there and then its name: at no time can somebody connect whom the mode
 * keeps out. All methods block.
 */
final class UnixSocketFile {
  private static final int FILE_TYPE = 0170000;
  private static final int SOCKET = 0140000;
  private static final int TRIES = 100;

  private final UnixOptions options;
  private final Path folder;
  private @Nullable Object key;

  private UnixSocketFile(UnixOptions options, Path folder) {
    this.options = options;
    this.folder = folder;
  }

  /**
   * Makes room for the socket: a file of one that nobody listens on is removed.
   *
   * @throws IOException with a text for the operator when the place cannot be had
   */
  static UnixSocketFile prepare(UnixOptions options) throws IOException {
    Path file = options.file();
    Path parent = file.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new IOException("there is no folder for the socket " + file);
    }
    if (bytes(file) > UnixOptions.LONGEST_PATH_BYTES
        || bytes(parent) > UnixOptions.LONGEST_FOLDER_BYTES) {
      throw new IOException("the path of the socket " + file + " is too long");
    }
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      removeStale(file);
    }
    return new UnixSocketFile(options, privateFolder(parent));
  }

  /** Where it is to be bound. */
  Path bindAt() {
    return folder.resolve("s");
  }

  /** Gives the socket that is bound its mode and its name. */
  void publish() throws IOException {
    Files.setPosixFilePermissions(bindAt(), permissions(options.mode()));
    Files.move(bindAt(), options.file(), StandardCopyOption.ATOMIC_MOVE);
    key = key();
    Files.delete(folder);
  }

  /** Removes what it made, if it is still its own. */
  void remove() throws IOException {
    Files.deleteIfExists(bindAt());
    Files.deleteIfExists(folder);
    if (key != null && key.equals(key())) {
      Files.deleteIfExists(options.file());
    }
  }

  private @Nullable Object key() throws IOException {
    return Files.exists(options.file(), LinkOption.NOFOLLOW_LINKS)
        ? Files.getAttribute(options.file(), "unix:ino", LinkOption.NOFOLLOW_LINKS)
        : null;
  }

  private static void removeStale(Path file) throws IOException {
    int mode = (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if ((mode & FILE_TYPE) != SOCKET) {
      throw new IOException(file + " exists and is not a socket");
    }
    if (isListenedOn(file)) {
      throw new IOException("the socket " + file + " is in use by another program");
    }
    Files.deleteIfExists(file);
  }

  /** Does not wait where the backlog is full: then somebody is there. */
  private static boolean isListenedOn(Path file) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false);
      probe.connect(UnixDomainSocketAddress.of(file));
      return true;
    } catch (ConnectException refused) {
      return false;
    } catch (IOException e) {
      // It would have to wait, or may not: somebody is there.
      throw new IOException(
          "the socket " + file + " is in use by another program: " + e.getMessage(), e);
    }
  }

  private static Path privateFolder(Path parent) throws IOException {
    Set<PosixFilePermission> own = PosixFilePermissions.fromString("rwx------");
    for (int i = 0; i < TRIES; i++) {
      String name =
          "." + Integer.toString(ThreadLocalRandom.current().nextInt(46_656, 1_679_616), 36);
      try {
        return Files.createDirectory(
            parent.resolve(name), PosixFilePermissions.asFileAttribute(own));
      } catch (FileAlreadyExistsException taken) {
        Shard.LOG.debug("{} is somebody else's, or left by a start that was killed", name);
      }
    }
    throw new IOException("no folder could be made in " + parent);
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    PosixFilePermission[] highestFirst =
        PosixFilePermission.values(); // owner read … others execute
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < highestFirst.length; bit++) {
      if ((mode & (0400 >> bit)) != 0) {
        set.add(highestFirst[bit]);
      }
    }
    return set;
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
