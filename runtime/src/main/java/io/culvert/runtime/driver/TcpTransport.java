package io.culvert.runtime.driver;

import io.culvert.engine.Outbox;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection, or one of a Unix domain socket: the last handler of a Netty channel that runs
 * on the shard's event loop, and the only one unless TLS is before it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel tells of a failure by closing
final class TcpTransport extends ChannelInboundHandlerAdapter implements Transport {
  /** More than its high water mark, so that each is flushed before the next. */
  private static final int CROWDED_WRITE_BYTES = 16 * 1024;

  private static final ChannelFutureListener END_OUTPUT = TcpTransport::endOutput;

  private final Endpoint<?, ?> endpoint;
  private final Channel channel;
  private @Nullable Connection<?, ?> connection;
  private boolean opened;
  private boolean outputEnded;
  private boolean crowded;
  private boolean stalled;
  private long unsent;

  TcpTransport(Endpoint<?, ?> endpoint, Channel channel) {
    this.endpoint = endpoint;
    this.channel = channel;
  }

  /**
   * Puts this in the place of Vert.x on a channel that Vert.x has just opened, before anything was
   * read from it. The engine is open when this returns, if the application opened it.
   */
  static TcpTransport takeOver(Endpoint<?, ?> endpoint, NetSocket socket) {
    ChannelHandlerContext vertx = ((NetSocketInternal) socket).channelHandlerContext();
    Channel channel = vertx.channel();
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel.config().setWriteBufferWaterMark(TcpListener.WATER_MARK);
    TcpTransport transport = new TcpTransport(endpoint, channel);
    channel.pipeline().replace(vertx.handler(), "culvert", transport);
    return transport;
  }

  @Override
  public String transport() {
    if (channel instanceof DomainSocketChannel) {
      return "unix";
    }
    return tls() == null ? "tcp" : "tls";
  }

  @Override
  public @Nullable SocketAddress remote() {
    if (channel instanceof DomainSocketChannel) {
      return null;
    }
    Approach.Announced announced = announced();
    return announced == null ? channel.remoteAddress() : announced.remote();
  }

  @Override
  public @Nullable SocketAddress local() {
    if (channel instanceof DomainSocketChannel) {
      return null;
    }
    Approach.Announced announced = announced();
    return announced == null ? channel.localAddress() : announced.local();
  }

  @Override
  public @Nullable SSLSession tlsSession() {
    SslHandler tls = tls();
    return tls == null ? null : tls.engine().getSession();
  }

  @Override
  public String toString() {
    SocketAddress address = remote();
    return String.valueOf(address == null ? credentials() : address);
  }

  @Override
  public @Nullable PeerCredentials credentials() {
    if (!(channel instanceof EpollDomainSocketChannel unix)) {
      return null;
    }
    try {
      var peer = unix.peerCredentials();
      return new PeerCredentials(
          Integer.toUnsignedLong(peer.uid()), Integer.toUnsignedLong(peer.gids()[0]), peer.pid());
    } catch (IOException e) {
      return null; // the connection has ended
    }
  }

  /** Not while the kernel has not taken what it was given: more would only wait elsewhere. */
  @Override
  public boolean isWritable() {
    return !stalled && channel.isWritable();
  }

  @Override
  public int write(Outbox outbox, int limitBytes) {
    if (endpoint.shard().isCrowded() != crowded) {
      crowded = !crowded;
      channel
          .config()
          .setWriteBufferWaterMark(crowded ? TcpListener.LOW_WATER_MARK : TcpListener.WATER_MARK);
    }
    int most = crowded ? Math.min(limitBytes, CROWDED_WRITE_BYTES) : limitBytes;
    ByteBuf out = endpoint.shard().sink().drain(outbox, most, channel.alloc());
    int length = out.readableBytes();
    channel.write(out, channel.voidPromise());
    return length;
  }

  @Override
  public void flush() {
    channel.flush();
    countUnsent(unsentBytes());
    if (unsent > 0 && !stalled) {
      stalled = true;
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(this::taken);
    }
  }

  @Override
  public void reading(boolean on) {
    channel.config().setAutoRead(on);
  }

  @Override
  public void end() {
    outputEnded = true;
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(END_OUTPUT);
  }

  @Override
  public void close() {
    channel.close();
  }

  /** Bytes that were handed to the channel and are not yet in the kernel. */
  long unsentBytes() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (channel.isActive()) {
      open(); // a channel that another handler has accepted
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    open();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    Connection<?, ?> target = connection;
    ContextInternal previous = endpoint.shard().enter();
    try {
      byte[] scratch = endpoint.shard().scratch();
      while (target != null && in.isReadable()) {
        int length = Math.min(in.readableBytes(), scratch.length);
        in.readBytes(scratch, 0, length);
        target.received(scratch, 0, length);
      }
    } finally {
      endpoint.shard().leave(previous);
      in.release();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    Connection<?, ?> target = connection;
    boolean ended =
        event == ChannelInputShutdownEvent.INSTANCE || event instanceof SslCloseCompletionEvent;
    if (ended && target != null) {
      ContextInternal previous = endpoint.shard().enter();
      try {
        target.inputEnded();
      } finally {
        endpoint.shard().leave(previous);
      }
      if (outputEnded) {
        ctx.close();
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    countUnsent(unsentBytes());
    changedIfWritable();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    countUnsent(0);
    Connection<?, ?> target = connection;
    if (target != null) {
      ContextInternal previous = endpoint.shard().enter();
      try {
        target.gone();
      } finally {
        endpoint.shard().leave(previous);
      }
    }
  }

  /** The last that a channel tells. */
  @Override
  public void channelUnregistered(ChannelHandlerContext ctx) {
    if (connection == null) {
      endpoint.notOpened();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Connection<?, ?> target = connection;
    if (target == null) {
      ctx.close();
      return;
    }
    ContextInternal previous = endpoint.shard().enter();
    try {
      if (cause instanceof IOException
          || cause instanceof UncheckedIOException
          || cause instanceof DecoderException) {
        target.broken(cause);
      } else {
        target.failed(cause);
      }
    } finally {
      endpoint.shard().leave(previous);
    }
  }

  /** The kernel has taken all of it, or the channel has ended. The empty write still counts. */
  private void taken(Future<? super Void> sent) {
    stalled = false;
    countUnsent(0);
    changedIfWritable();
  }

  private void changedIfWritable() {
    Connection<?, ?> target = connection;
    if (target != null && isWritable()) {
      target.changed();
    }
  }

  private void countUnsent(long now) {
    if (now != unsent) {
      endpoint.shard().addUnsent(now - unsent);
      unsent = now;
    }
  }

  private void open() {
    if (opened) {
      return;
    }
    opened = true;
    ContextInternal previous = endpoint.shard().enter();
    try {
      connection = new Connection<>(endpoint, this);
    } catch (Throwable failure) {
      endpoint.counters().failures++;
      Shard.LOG.error("The application failed to open a connection of {}", remote(), failure);
      close();
    } finally {
      endpoint.shard().leave(previous);
    }
  }

  private Approach.@Nullable Announced announced() {
    return channel.hasAttr(Approach.ANNOUNCED) ? channel.attr(Approach.ANNOUNCED).get() : null;
  }

  private @Nullable SslHandler tls() {
    return channel.pipeline().get(SslHandler.class);
  }

  /** All is sent: tell the peer, and leave the input open so that no reset overtakes our bytes. */
  private static void endOutput(ChannelFuture sent) {
    DuplexChannel socket = (DuplexChannel) sent.channel();
    SslHandler tls = socket.pipeline().get(SslHandler.class);
    if (!sent.isSuccess() || socket.isInputShutdown()) {
      socket.close();
    } else if (tls != null && !tls.engine().isOutboundDone()) {
      socket.pipeline().addFirst(new Unread(socket.pipeline().get(TcpTransport.class)));
      tls.closeOutbound().addListener(END_OUTPUT);
    } else {
      socket.shutdownOutput();
    }
  }

  /**
   * Stands before TLS once that has said its last word: what the peer still sends is thrown away
   * unread, because BoringSSL takes it for an error then.
   */
  private static final class Unread extends ChannelInboundHandlerAdapter {
    private final TcpTransport transport;

    Unread(TcpTransport transport) {
      this.transport = transport;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      transport.channelRead(ctx, message);
    }
  }
}
