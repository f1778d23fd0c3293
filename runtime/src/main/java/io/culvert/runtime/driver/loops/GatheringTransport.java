package io.culvert.runtime.driver.loops;

import io.netty.channel.EventLoop;
import io.vertx.core.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x over epoll with event loops that gather on one thread while it suffices for all of them:
 * {@code Vertx.builder().withTransport(new GatheringTransport())}.
 *
 * <p>Several loops are faster than one only where there is work for more than one processor. With
 * less, each message that crosses from one to another costs a wake-up, and that more than the
 * message.
 */
public final class GatheringTransport implements Transport {
  private final GatheringEpoll implementation = new GatheringEpoll();

  /** Whether the thread of another event loop runs this one now. Any thread may ask. */
  public static boolean isGuest(EventLoop loop) {
    return loop instanceof GatheringLoop gathering && gathering.runningLoop() != gathering;
  }

  @Override
  public String name() {
    return "epoll";
  }

  /** Whether this machine has epoll and Netty shows its descriptor. */
  @Override
  public boolean available() {
    return implementation.isAvailable();
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return implementation.unavailabilityCause();
  }

  @Override
  public io.vertx.core.spi.transport.Transport implementation() {
    return implementation;
  }
}
