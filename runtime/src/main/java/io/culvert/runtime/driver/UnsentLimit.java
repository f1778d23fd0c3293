package io.culvert.runtime.driver;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelConfig;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How much the kernel takes of a TCP connection before it has sent it. Unless told, Linux takes up
 * to 4 MB ({@code tcp_wmem}) for each peer that does not read, which nobody counts, and copies all
 * of it while others wait.
 */
final class UnsentLimit {
  /** Of Linux, which listening sockets have, too, for those that they accept. */
  private static final ChannelOption<Integer> TCP_NOTSENT_LOWAT =
      new IntegerUnixChannelOption("TCP_NOTSENT_LOWAT", /* IPPROTO_TCP */ 6, 25);

  private static final AtomicBoolean TOLD = new AtomicBoolean();

  private UnsentLimit() {}

  /**
   * Limits a connection, or all that a listener will accept; only with Linux's own transport. A
   * system that cannot do it is left as it is, and the log says so once.
   *
   * @param bytes 0 leaves it to the system
   */
  static void set(Channel channel, int bytes) {
    if (bytes == 0 || !(channel.config() instanceof EpollChannelConfig config)) {
      return;
    }
    try {
      config.setOption(TCP_NOTSENT_LOWAT, bytes);
    } catch (ChannelException failure) {
      if (!TOLD.getAndSet(true)) {
        Shard.LOG.warn(
            "The system takes as much as it wants for clients that do not read, because it cannot"
                + " limit that to {} bytes (TCP_NOTSENT_LOWAT): {}",
            bytes,
            failure.toString());
      }
    }
  }
}
