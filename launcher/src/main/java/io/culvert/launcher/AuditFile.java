package io.culvert.launcher;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log in a file that only its owner may read (mode 0600). When it would grow larger than it may,
 * it is renamed to {@code FILE.1}, that to {@code FILE.2}, and so on; the oldest is deleted. So it
 * never holds more than {@code (olderFiles + 1) * maximumBytes}.
 *
 * <p>Events come one at a time, on the thread that logs: each is in the file when it goes on.
 */
final class AuditFile extends AppenderBase<ILoggingEvent> {
  private static final Logger LOG = LoggerFactory.getLogger("culvert");

  private final Path file;
  private final Encoder<ILoggingEvent> encoder;
  private final long maximumBytes;
  private final int olderFiles;
  private OutputStream out;
  private long bytes;
  private boolean failed;

  private AuditFile(Path file, Encoder<ILoggingEvent> encoder, long maximumBytes, int olderFiles)
      throws IOException {
    this.file = file;
    this.encoder = encoder;
    this.maximumBytes = maximumBytes;
    this.olderFiles = olderFiles;
    this.out = reopen();
  }

  /** Opens the file, and goes on behind what is in it. */
  static AuditFile open(
      Path file, Encoder<ILoggingEvent> encoder, long maximumBytes, int olderFiles)
      throws IOException {
    return new AuditFile(file, encoder, maximumBytes, olderFiles);
  }

  @Override
  protected void append(ILoggingEvent event) {
    byte[] line = encoder.encode(event);
    try {
      if (failed) {
        out.close();
        out = reopen();
      }
      if (bytes > 0 && bytes + line.length > maximumBytes) {
        rotate();
      }
      out.write(line);
      bytes += line.length;
      failed = false;
    } catch (IOException e) {
      if (!failed) { // once, until it works again
        failed = true;
        LOG.error("the audit log {} cannot be written; what happens now is not in it", file, e);
      }
    }
  }

  @Override
  public void stop() {
    super.stop();
    try {
      out.close();
    } catch (IOException e) {
      LOG.error("the audit log {} cannot be closed", file, e);
    }
  }

  private void rotate() throws IOException {
    out.close();
    for (int number = olderFiles; number > 0; number--) {
      Path from = number == 1 ? file : older(number - 1);
      if (Files.exists(from)) {
        Files.move(from, older(number), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    if (olderFiles == 0) {
      Files.deleteIfExists(file);
    }
    out = reopen();
  }

  private Path older(int number) {
    return file.resolveSibling(file.getFileName() + "." + number);
  }

  private OutputStream reopen() throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
            OwnerOnly.attributes("rw-------"));
    OwnerOnly.restrict(file);
    bytes = channel.size();
    return Channels.newOutputStream(channel);
  }
}
