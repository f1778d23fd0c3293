package io.culvert.runtime.driver.loops;

import io.netty.channel.EventLoopGroup;
import io.vertx.core.impl.transports.EpollTransport;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** Vert.x's own epoll, with other event loops. */
final class GatheringEpoll extends EpollTransport {
  @Override
  public boolean isAvailable() {
    return super.isAvailable() && EpollDescriptor.isKnown();
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return EpollDescriptor.isKnown()
        ? super.unavailabilityCause()
        : new UnsupportedOperationException("this Netty does not show its epoll descriptor");
  }

  @Override
  public EventLoopGroup eventLoopGroup(int type, int loops, ThreadFactory threads, int ioRatio) {
    return type == IO_EVENT_LOOP_GROUP && loops > 1
        ? new GatheringLoopGroup(loops, threads, ioHandlerFactory())
        : super.eventLoopGroup(type, loops, threads, ioRatio);
  }
}
