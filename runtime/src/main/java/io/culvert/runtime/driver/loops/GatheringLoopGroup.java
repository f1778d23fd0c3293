package io.culvert.runtime.driver.loops;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/** Loops of which the first one is the host of the others while they have little to do. */
final class GatheringLoopGroup extends MultiThreadIoEventLoopGroup {
  GatheringLoopGroup(int loops, ThreadFactory threads, IoHandlerFactory epoll) {
    super(loops, threads, epoll);
  }

  @Override
  protected IoEventLoop newChild(Executor executor, IoHandlerFactory epoll, Object... arguments) {
    return new GatheringLoop(this, executor, epoll);
  }
}
