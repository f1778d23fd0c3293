package io.culvert.store;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes a file as {@link LogFile} and RocksDB read it; it is on the disk when it is closed. */
final class LogFileWriter implements AutoCloseable {
  private final FileChannel channel;
  private final OutputStream output;

  /** In the block. */
  private int at;

  private LogFileWriter(FileChannel channel) {
    this.channel = channel;
    this.output = new BufferedOutputStream(Channels.newOutputStream(channel));
  }

  /** Replaces what was there. */
  static LogFileWriter open(Path file) throws IOException {
    return new LogFileWriter(
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE));
  }

  void record(byte[] content) throws IOException {
    int done = 0;
    boolean isFirst = true;
    do {
      int length = Math.min(room(), content.length - done);
      piece(type(isFirst, done + length == content.length), content, done, length);
      done += length;
      isFirst = false;
    } while (done < content.length);
  }

  /**
   * Bytes for the next piece behind its header, perhaps in a new block. Where only the header has
   * room, a piece is empty, as RocksDB writes it.
   */
  private int room() throws IOException {
    int left = LogFile.BLOCK_BYTES - at;
    if (left < LogFile.HEADER_BYTES) {
      output.write(new byte[left]);
      at = 0;
      left = LogFile.BLOCK_BYTES;
    }
    return left - LogFile.HEADER_BYTES;
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      output.flush();
      channel.force(true);
    }
  }

  private static int type(boolean isFirst, boolean isLast) {
    if (isFirst) {
      return isLast ? LogFile.WHOLE : LogFile.FIRST;
    }
    return isLast ? LogFile.LAST : LogFile.MIDDLE;
  }

  private void piece(int type, byte[] content, int from, int length) throws IOException {
    ByteBuffer piece =
        ByteBuffer.allocate(LogFile.HEADER_BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
    piece.putInt(0).putShort((short) length).put((byte) type).put(content, from, length);
    piece.putInt(0, LogFile.checksum(piece.array(), LogFile.HEADER_BYTES - 1, length));
    output.write(piece.array());
    at += piece.capacity();
  }
}
