package io.culvert.runtime.driver;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of a connection while its {@link TcpFront} is handled. Then a {@link
 * TcpTransport} takes its place, and the engine opens. What has not come so far in time is closed.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel tells of a failure by closing
final class Approach extends ChannelInboundHandlerAdapter {
  /** What the header of a proxied connection has said; only such channels have it. */
  static final AttributeKey<Announced> ANNOUNCED = AttributeKey.valueOf("culvert.announced");

  /** Type-length-values behind the addresses are skipped; beyond this a header is refused. */
  private static final int LARGEST_TLV_BYTES = 2048;

  private final Endpoint<?, ?> endpoint;
  private final Front front;
  private @Nullable Future<?> timeout;
  private boolean hasHeader;
  private boolean passed;

  private Approach(Endpoint<?, ?> endpoint, Front front) {
    this.endpoint = endpoint;
    this.front = front;
  }

  /** Prepares a channel that is accepted and not registered yet. */
  static void prepare(Endpoint<?, ?> endpoint, Front front, Channel channel) {
    if (front.options().isProxied()) {
      channel.pipeline().addLast(new HAProxyMessageDecoder(LARGEST_TLV_BYTES));
    } else {
      channel.pipeline().addLast(front.tls(channel));
    }
    channel.pipeline().addLast(new Approach(endpoint, front));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    front.approaching().add(ctx.channel()); // which closes it, if the listener has closed
    timeout =
        ctx.executor()
            .schedule(() -> late(ctx), front.options().timeoutMillis(), TimeUnit.MILLISECONDS);
    ctx.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof HAProxyMessage header)) {
      throw new IllegalStateException("bytes before the end of a handshake");
    }
    hasHeader = true;
    try {
      Announced announced = Announced.of(header);
      if (announced != null) {
        ctx.channel().attr(ANNOUNCED).set(announced);
      }
    } finally {
      header.release();
    }
    if (front.options().tls() == null) {
      pass(ctx);
    } else {
      ctx.pipeline().addBefore(ctx.name(), null, front.tls(ctx.channel()));
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        pass(ctx);
      } else {
        ended(ctx, String.valueOf(handshake.cause()));
      }
    } else if (event == ChannelInputShutdownEvent.INSTANCE) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof HAProxyProtocolException) {
      warn(ctx);
    }
    ended(ctx, cause.toString());
  }

  /** The last that a channel tells. */
  @Override
  public void channelUnregistered(ChannelHandlerContext ctx) {
    cancel();
    if (!passed) {
      endpoint.counters().unopened++;
      endpoint.notOpened();
    }
  }

  private void pass(ChannelHandlerContext ctx) {
    cancel();
    passed = true;
    front.approaching().remove(ctx.channel());
    ctx.pipeline().replace(this, "culvert", new TcpTransport(endpoint, ctx.channel()));
  }

  private void late(ChannelHandlerContext ctx) {
    if (front.options().isProxied() && !hasHeader) {
      warn(ctx);
    }
    ended(ctx, "no complete handshake or PROXY header came in time");
  }

  private void warn(ChannelHandlerContext ctx) {
    front.warn(ctx.channel().remoteAddress(), "has sent no valid PROXY protocol header");
  }

  private void ended(ChannelHandlerContext ctx, String why) {
    Shard.LOG.debug("{} is closed before it could say anything: {}", ctx.channel(), why);
    ctx.close();
  }

  private void cancel() {
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  /** The addresses that client and proxy have had. */
  record Announced(SocketAddress remote, SocketAddress local) {
    /** Null where the proxy speaks for itself, or does not know. */
    static @Nullable Announced of(HAProxyMessage header) {
      return switch (header.proxiedProtocol()) {
        case TCP4, TCP6 -> // both addresses were found to be numbers, so no name is looked up
            new Announced(
                new InetSocketAddress(header.sourceAddress(), header.sourcePort()),
                new InetSocketAddress(header.destinationAddress(), header.destinationPort()));
        case UNKNOWN, UDP4, UDP6, UNIX_STREAM, UNIX_DGRAM -> null;
      };
    }
  }
}
