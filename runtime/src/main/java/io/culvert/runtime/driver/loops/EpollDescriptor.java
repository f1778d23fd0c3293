package io.culvert.runtime.driver.loops;

import io.netty.channel.IoHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.FileDescriptor;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * The descriptor of a loop's epoll instance, which Netty keeps to itself. An epoll instance can be
 * watched by another one, and that is how one thread sleeps for several loops.
 */
final class EpollDescriptor {
  private static final @Nullable Field FIELD = field();

  private EpollDescriptor() {}

  /** Whether this Netty lets us see it. */
  static boolean isKnown() {
    return FIELD != null;
  }

  /**
   * @throws IllegalStateException if it is not known
   */
  static FileDescriptor of(IoHandler handler) {
    if (FIELD == null) {
      throw new IllegalStateException("This Netty does not show its epoll descriptor");
    }
    try {
      return (FileDescriptor) FIELD.get(handler);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable Field field() {
    try {
      Field field = EpollIoHandler.class.getDeclaredField("epollFd");
      field.setAccessible(true);
      return field.getType() == FileDescriptor.class ? field : null;
    } catch (ReflectiveOperationException | RuntimeException e) {
      return null; // another Netty, or one in a named module: every loop keeps its thread
    }
  }
}
