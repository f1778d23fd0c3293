package io.culvert.runtime.driver;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Accepts plain TCP connections on the first shard's event loop and gives each a {@link
 * TcpTransport} in the next shard, in turn. It does what Netty's ServerBootstrap does, without its
 * garbage per connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel tells of a failure by closing
final class TcpListener extends ChannelInboundHandlerAdapter {
  /** Beyond this a connection's outbox keeps the bytes, where the engine sees them. */
  static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  /** The same while very much of the shard's output is not in the kernel. */
  static final WriteBufferWaterMark LOW_WATER_MARK = new WriteBufferWaterMark(4 * 1024, 8 * 1024);

  /** After a failure to accept (too many open files), so that the loop does not spin. */
  private static final long REST_SECONDS = 1;

  private final List<? extends Endpoint<?, ?>> endpoints;
  private final Admission admission;
  private final ChannelFutureListener registered = this::registered;
  private int next;

  private TcpListener(List<? extends Endpoint<?, ?>> endpoints, Admission admission) {
    this.endpoints = endpoints;
    this.admission = admission;
  }

  /** Binds; completes with the listening channel. */
  static Future<Channel> listen(
      List<? extends Endpoint<?, ?>> endpoints, Admission admission, TcpOptions options) {
    Shard first = endpoints.get(0).shard();
    ContextInternal context = first.internalContext();
    Promise<Channel> bound = context.promise();
    Channel server = context.owner().transport().serverChannelFactory(false).newChannel();
    configure(server, options);
    server.pipeline().addLast(new TcpListener(endpoints, admission));
    SocketAddress address = new InetSocketAddress(options.host(), options.port());
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
    keepToRate(ctx);
    if (!admission.take()) {
      endpoints.get(0).counters().refused++; // that shard is the one that accepts
      accepted.unsafe().closeForcibly();
      return;
    }
    Endpoint<?, ?> endpoint = endpoints.get(next);
    next = (next + 1) % endpoints.size();
    ChannelConfig config = accepted.config();
    config.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    config.setRecvByteBufAllocator(endpoint.shard().readBuffer());
    config.setWriteBufferWaterMark(WATER_MARK);
    accepted.pipeline().addLast(new TcpTransport(endpoint, accepted));
    endpoint.shard().eventLoop().register(accepted).addListener(registered);
  }

  /** Where too many have come, the others wait in the kernel's queue until it is their turn. */
  private void keepToRate(ChannelHandlerContext ctx) {
    admission.count(System.nanoTime());
    long waitNanos = admission.waitNanos(System.nanoTime());
    if (waitNanos > 0 && ctx.channel().config().isAutoRead()) {
      endpoints.get(0).counters().acceptPauses++;
      rest(ctx, waitNanos, TimeUnit.NANOSECONDS);
    }
  }

  private static void rest(ChannelHandlerContext ctx, long time, TimeUnit unit) {
    ctx.channel().config().setAutoRead(false);
    ctx.channel().eventLoop().schedule(() -> ctx.channel().config().setAutoRead(true), time, unit);
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
