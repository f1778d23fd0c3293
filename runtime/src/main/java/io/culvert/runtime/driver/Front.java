package io.culvert.runtime.driver;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A {@link TcpFront} at work, for all shards of a listener and used by all of them. */
final class Front {
  private static final long NANOS_PER_WARNING = 1_000_000_000L;

  private final TcpFront options;
  private final ChannelGroup approaching =
      new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, /* stayClosed= */ true);
  private final AtomicLong nextWarningNanos = new AtomicLong(System.nanoTime());
  private final AtomicInteger unsaid = new AtomicInteger();
  private volatile @Nullable ServerTls tls;

  /**
   * @param tls null where the options have none
   */
  Front(TcpFront options, @Nullable ServerTls tls) {
    this.options = options;
    this.tls = tls;
  }

  TcpFront options() {
    return options;
  }

  /** Connections that have not passed; all are closed when the listener closes. */
  ChannelGroup approaching() {
    return approaching;
  }

  /** The TLS handler of a connection. */
  ChannelHandler tls(Channel channel) {
    ServerTls newest = tls;
    if (newest == null) {
      throw new IllegalStateException("this listener has no TLS");
    }
    return newest.handler(channel.alloc(), options.timeoutMillis());
  }

  /** Whose handshakes begin from now on, get this. */
  void tls(ServerTls newest) {
    tls = newest;
  }

  /** Warns of a peer, at most once a second. */
  void warn(@Nullable SocketAddress peer, String what) {
    long now = System.nanoTime();
    long next = nextWarningNanos.get();
    if (now - next >= 0 && nextWarningNanos.compareAndSet(next, now + NANOS_PER_WARNING)) {
      Shard.LOG.warn(
          "{} {}, and is closed ({} such warnings were suppressed)",
          peer,
          what,
          unsaid.getAndSet(0));
    } else {
      unsaid.incrementAndGet();
    }
  }
}
