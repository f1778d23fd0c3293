package io.culvert.launcher.client;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Holds a thread to so many steps a second; what it is late it makes up for. */
public final class Pace {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long perSecond;
  private final long startNanos = System.nanoTime();
  private long steps;

  private Pace(long perSecond) {
    this.perSecond = perSecond;
  }

  /** 0 is as fast as it goes. */
  public static Pace perSecond(long steps) {
    return new Pace(steps);
  }

  /** Before each step. */
  public void await() throws InterruptedException {
    if (perSecond == 0) {
      return;
    }
    long due = startNanos + steps / perSecond * SECOND + steps % perSecond * SECOND / perSecond;
    steps++;
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }
}
