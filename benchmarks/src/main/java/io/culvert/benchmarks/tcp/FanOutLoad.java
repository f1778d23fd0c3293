package io.culvert.benchmarks.tcp;

import io.culvert.engine.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many connections, one of which sends a frame at a time that all others get; the next one follows
 * when all have it.
 */
final class FanOutLoad {
  private static final int BUFFER_BYTES = 64 * 1024;

  private FanOutLoad() {}

  /**
   * How many frames have come.
   *
   * @param subscribe what each connection sends first
   * @param confirmedBytes of the answer to that
   * @param publish what is sent to all
   * @param deliveredBytes of what each gets of it
   */
  static long run(
      int port,
      int connections,
      Bytes subscribe,
      int confirmedBytes,
      Bytes publish,
      int deliveredBytes,
      int seconds)
      throws IOException {
    List<SocketChannel> channels = new ArrayList<>();
    try (Selector selector = Selector.open();
        SocketChannel publisher = open(port)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
      write(publisher, subscribe);
      read(publisher, buffer, confirmedBytes);
      for (int i = 0; i < connections; i++) {
        SocketChannel channel = open(port);
        channels.add(channel);
        write(channel, subscribe);
        read(channel, buffer, confirmedBytes);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
      }
      return publish(
              selector, publisher, buffer, publish, (long) connections * deliveredBytes, seconds)
          * connections;
    } finally {
      for (SocketChannel channel : channels) {
        channel.close();
      }
    }
  }

  private static long publish(
      Selector selector,
      SocketChannel publisher,
      ByteBuffer buffer,
      Bytes publish,
      long expectedBytes,
      int seconds)
      throws IOException {
    publisher.configureBlocking(false);
    SelectionKey own = publisher.register(selector, SelectionKey.OP_READ);
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    long published = 0;
    while (System.nanoTime() < until) {
      write(publisher, publish);
      long left = expectedBytes;
      while (left > 0) {
        selector.select();
        for (SelectionKey key : selector.selectedKeys()) {
          buffer.clear();
          int read = ((SocketChannel) key.channel()).read(buffer);
          if (read < 0) {
            throw new IOException("the server has closed after " + published + " messages");
          }
          left -= key.equals(own) ? 0 : read;
        }
        selector.selectedKeys().clear();
      }
      published++;
    }
    return published;
  }

  private static SocketChannel open(int port) throws IOException {
    return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private static void write(SocketChannel channel, Bytes bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes.array(), bytes.start(), bytes.length());
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static void read(SocketChannel channel, ByteBuffer buffer, int bytes) throws IOException {
    buffer.clear().limit(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new IOException("the server has closed");
      }
    }
  }
}
