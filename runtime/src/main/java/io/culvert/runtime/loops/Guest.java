package io.culvert.runtime.loops;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;

/** A loop on the thread of another, which watches its epoll. Used by that thread only. */
final class Guest implements EpollIoHandle {
  private final GatheringLoop loop;
  private final FileDescriptor descriptor;
  private boolean hasEvents = true; // nobody has looked yet
  private long busyNanos;

  Guest(GatheringLoop loop) {
    this.loop = loop;
    this.descriptor = loop.handler().descriptor();
  }

  GatheringLoop loop() {
    return loop;
  }

  /** Whether its epoll has reported something since the last time one asked. */
  boolean takeEvents() {
    boolean had = hasEvents;
    hasEvents = false;
    return had;
  }

  boolean hasEvents() {
    return hasEvents;
  }

  void worked(long nanos) {
    busyNanos += nanos;
  }

  long takeBusyNanos() {
    long nanos = busyNanos;
    busyNanos = 0;
    return nanos;
  }

  /** Level-triggered: what one pass leaves is reported again. */
  void watch(IoRegistration registration) {
    registration.submit(EpollIoOps.EPOLLIN);
  }

  @Override
  public FileDescriptor fd() {
    return descriptor;
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    hasEvents = true;
  }

  @Override
  public void close() {
    // the descriptor belongs to the loop
  }
}
