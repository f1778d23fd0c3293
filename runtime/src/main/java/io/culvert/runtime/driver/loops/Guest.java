package io.culvert.runtime.driver.loops;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;

/** A loop on the thread of another, which watches its epoll. Used by that thread only. */
final class Guest implements EpollIoHandle {
  private final GatheringLoop loop;
  private final FileDescriptor descriptor;
  private final IoRegistration registration;
  private boolean hasEvents = true; // nobody has looked yet

  /**
   * @param host whose epoll watches this one's
   * @throws Exception if the system does not let it
   */
  Guest(GatheringLoop loop, GatheringIoHandler host) throws Exception {
    this.loop = loop;
    this.descriptor = loop.handler().descriptor();
    this.registration = host.register(this);
    try {
      // Level-triggered: what one pass leaves is reported again.
      registration.submit(EpollIoOps.EPOLLIN);
    } catch (RuntimeException e) {
      registration.cancel();
      throw e;
    }
  }

  GatheringLoop loop() {
    return loop;
  }

  /** Its epoll is watched no longer. */
  void leave() {
    registration.cancel();
  }

  /** Whether its epoll has reported something since the last time that one asked. */
  boolean takeEvents() {
    boolean had = hasEvents;
    hasEvents = false;
    return had;
  }

  boolean hasEvents() {
    return hasEvents;
  }

  @Override
  public FileDescriptor fd() {
    return descriptor;
  }

  @Override
  public void handle(IoRegistration watch, IoEvent event) {
    hasEvents = true;
  }

  @Override
  public void close() {
    // the descriptor belongs to the loop
  }
}
