package io.culvert.runtime.driver;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.UnixChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Accepts TCP connections, or those of a Unix domain socket, on the first shard's event loop and
 * gives each a {@link TcpTransport} in the next shard, in turn. It does what Netty's
 * ServerBootstrap does, without its garbage per connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel tells of a failure by closing
final class TcpListener extends ChannelInboundHandlerAdapter {
  /** Beyond this a connection is flushed before more is written to it. */
  static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  /** The same while very much of the shard's output is not in the kernel. */
  static final WriteBufferWaterMark LOW_WATER_MARK = new WriteBufferWaterMark(4 * 1024, 8 * 1024);

  /** After a failure to accept (too many open files), so that the loop does not spin. */
  private static final long REST_SECONDS = 1;

  /** Connections that are accepted in one turn of the event loop: about a millisecond's work. */
  private static final int BATCH = 64;

  /** While an event loop is busy, connections are accepted only so often: one batch of them. */
  private static final long PAUSE_MILLIS = 25;

  private final List<? extends Endpoint<?, ?>> endpoints;
  private final Admission admission;
  private final @Nullable Front front;
  private final ChannelFutureListener registered = this::registered;
  private int next;
  private boolean pausing;

  private TcpListener(
      List<? extends Endpoint<?, ?>> endpoints, Admission admission, @Nullable Front front) {
    this.endpoints = endpoints;
    this.admission = admission;
    this.front = front;
  }

  /**
   * Binds; completes with the listening channel.
   *
   * @param front what stands before the engines, or null for nothing
   */
  static Future<Channel> listen(
      List<? extends Endpoint<?, ?>> endpoints,
      Admission admission,
      TcpOptions options,
      @Nullable Front front) {
    Channel server = channel(endpoints, false);
    configure(server, options);
    return bind(
        server,
        new TcpListener(endpoints, admission, front),
        new InetSocketAddress(options.host(), options.port()));
  }

  /** Listens on a Unix domain socket; the caller cares for its file. */
  static Future<Channel> listenUnix(
      List<? extends Endpoint<?, ?>> endpoints, Admission admission, Path file, int backlog) {
    Channel server = channel(endpoints, true);
    if (!(server instanceof EpollServerDomainSocketChannel)) { // others do not know who connects
      server.unsafe().closeForcibly();
      return Future.failedFuture(
          "Unix domain sockets need the native transport, which is there on Linux only");
    }
    server.config().setOption(ChannelOption.SO_BACKLOG, backlog);
    return bind(
        server,
        new TcpListener(endpoints, admission, null),
        new DomainSocketAddress(file.toFile()));
  }

  private static Channel channel(List<? extends Endpoint<?, ?>> endpoints, boolean unix) {
    Shard first = endpoints.get(0).shard();
    return first.internalContext().owner().transport().serverChannelFactory(unix).newChannel();
  }

  private static Future<Channel> bind(Channel server, TcpListener listener, SocketAddress address) {
    Shard first = listener.endpoints.get(0).shard();
    Promise<Channel> bound = first.internalContext().promise();
    server
        .config()
        .setRecvByteBufAllocator(new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(BATCH));
    server.pipeline().addLast(listener);
    first
        .eventLoop()
        .register(server)
        .addListener(
            registered -> {
              if (!registered.isSuccess()) {
                bound.fail(registered.cause());
                return;
              }
              server
                  .bind(address)
                  .addListener(
                      done -> {
                        if (done.isSuccess()) {
                          bound.complete(server);
                        } else {
                          server.close();
                          bound.fail(done.cause());
                        }
                      });
            });
    return bound.future();
  }

  private static void configure(Channel server, TcpOptions options) {
    ChannelConfig config = server.config();
    config.setOption(ChannelOption.SO_BACKLOG, options.backlog());
    config.setOption(ChannelOption.SO_REUSEADDR, true);
    UnsentLimit.set(server, options.unsentBytes());
    if (options.reusePort()) {
      if (server instanceof NioServerSocketChannel) {
        config.setOption(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
      } else {
        config.setOption(UnixChannelOption.SO_REUSEPORT, true);
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channel accepted = (Channel) message;
    if (front != null && !front.options().admits(accepted.remoteAddress())) {
      front.warn(accepted.remoteAddress(), "is not among those who may send a PROXY header");
      refuse(accepted);
      return;
    }
    admission.count(System.nanoTime());
    if (!admission.take()) {
      refuse(accepted);
      return;
    }
    Endpoint<?, ?> endpoint = endpoints.get(next);
    next = (next + 1) % endpoints.size();
    ChannelConfig config = accepted.config();
    config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    config.setWriteBufferWaterMark(WATER_MARK);
    if (front == null) {
      config.setRecvByteBufAllocator(endpoint.shard().readBuffer());
      accepted.pipeline().addLast(new TcpTransport(endpoint, accepted));
    } else {
      Approach.prepare(endpoint, front, accepted); // which may keep what is read
    }
    endpoint.shard().eventLoop().register(accepted).addListener(registered);
  }

  /** What a busy event loop cannot take at once, or what is more than may come, waits outside. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (pausing) {
      return;
    }
    if (isBusy()) {
      pausing = true;
      ctx.channel().config().setAutoRead(false);
      goOnLater(ctx);
    } else {
      keepToRate(ctx);
    }
  }

  private void goOnLater(ChannelHandlerContext ctx) {
    endpoints.get(0).counters().pauses++;
    ctx.channel().eventLoop().schedule(() -> goOn(ctx), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void goOn(ChannelHandlerContext ctx) {
    if (!ctx.channel().isOpen()) {
      return;
    }
    if (isBusy()) {
      if (admission.waitNanos(System.nanoTime()) == 0) {
        ctx.read();
      }
      goOnLater(ctx);
    } else {
      pausing = false;
      ctx.channel().config().setAutoRead(true);
      keepToRate(ctx);
    }
  }

  private boolean isBusy() {
    for (int i = 0; i < endpoints.size(); i++) {
      if (endpoints.get(i).shard().isBusy()) {
        return true;
      }
    }
    return false;
  }

  private void refuse(Channel accepted) {
    endpoints.get(0).counters().refused++; // that shard is the one that accepts
    accepted.unsafe().closeForcibly();
  }

  /** Where too many have come, the others wait in the kernel's queue until it is their turn. */
  private void keepToRate(ChannelHandlerContext ctx) {
    long waitNanos = admission.waitNanos(System.nanoTime());
    if (waitNanos > 0) {
      endpoints.get(0).counters().pauses++;
      rest(ctx, waitNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void rest(ChannelHandlerContext ctx, long time, TimeUnit unit) {
    ctx.channel().config().setAutoRead(false);
    ctx.channel().eventLoop().schedule(() -> rested(ctx), time, unit);
  }

  private void rested(ChannelHandlerContext ctx) {
    if (!pausing) {
      ctx.channel().config().setAutoRead(true);
    }
  }

  /** Netty has closed a channel that could not be registered; nobody else tells of its end. */
  private void registered(ChannelFuture done) {
    if (!done.isSuccess()) {
      admission.giveBack();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Shard.LOG.warn("Cannot accept connections for a moment: {}", cause.toString());
    rest(ctx, REST_SECONDS, TimeUnit.SECONDS);
  }
}
