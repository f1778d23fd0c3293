package io.culvert.conformance.faults.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One thread for all clients: sockets and timers, in one order. */
public final class Loop implements AutoCloseable {
  /** What is waited for may be a matter of time. */
  private static final int LOOK_MILLIS = 50;

  private final Selector selector;
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private long timerCount;

  public Loop() throws IOException {
    selector = Selector.open();
  }

  /** Runs a task later, in this thread. */
  public void schedule(long inMillis, Runnable task) {
    timers.add(new Timer(nowMillis() + inMillis, timerCount++, task));
  }

  /**
   * Lets clients work until something is true.
   *
   * @return whether that was so within the limit
   */
  public boolean run(BooleanSupplier until, long limitMillis) throws IOException {
    long end = nowMillis() + limitMillis;
    while (!until.getAsBoolean()) {
      long now = nowMillis();
      if (now >= end) {
        return false;
      }
      Timer next = timers.peek();
      long latest = Math.min(end, now + LOOK_MILLIS);
      long wait = (next == null ? latest : Math.min(latest, next.atMillis())) - now;
      if (wait > 0) {
        selector.select(Wire::ready, wait);
      } else {
        selector.selectNow(Wire::ready);
      }
      runTimers();
    }
    return true;
  }

  /** A connection to a port of this machine that is listened to. */
  Wire connect(int port, Wire.Listener listener) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.socket().setTcpNoDelay(true);
      channel.configureBlocking(false);
      Wire wire = new Wire(channel, listener);
      wire.registered(channel.register(selector, SelectionKey.OP_READ, wire));
      return wire;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }

  private void runTimers() {
    long now = nowMillis();
    for (Timer timer = timers.peek();
        timer != null && timer.atMillis() <= now;
        timer = timers.peek()) {
      timers.remove().task().run();
    }
  }

  /** Never jumps. */
  public static long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  private record Timer(long atMillis, long order, Runnable task) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(atMillis, other.atMillis);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}
