package io.culvert.runtime.driver.loops;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.FileDescriptor;

/** A loop's epoll, of which whoever wakes the loop wakes the one that runs it. */
final class GatheringIoHandler implements IoHandler {
  private final GatheringLoop loop;
  private final IoHandler epoll;

  GatheringIoHandler(GatheringLoop loop, IoHandler epoll) {
    this.loop = loop;
    this.epoll = epoll;
  }

  FileDescriptor descriptor() {
    return EpollDescriptor.of(epoll);
  }

  boolean isOf(Class<? extends IoHandler> type) {
    return type.isInstance(epoll);
  }

  /** Ends the wait of this epoll itself. */
  void wakeHere() {
    epoll.wakeup();
  }

  @Override
  public void wakeup() {
    loop.runningLoop().handler().wakeHere();
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return epoll.run(context);
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return epoll.register(handle);
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> type) {
    return epoll.isCompatible(type);
  }
}
