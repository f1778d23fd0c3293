package io.culvert.store;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;

/** Waits that an interrupt does not end; it is kept for whoever asks next. */
final class Uninterrupted {
  private Uninterrupted() {}

  static void await(CountDownLatch latch) {
    run(latch::await);
  }

  static void join(Thread thread) {
    run(thread::join);
  }

  static <T> T take(BlockingQueue<T> queue) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return queue.take();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void run(Wait wait) {
    boolean interrupted = false;
    boolean done = false;
    while (!done) {
      try {
        wait.run();
        done = true;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Wait {
    void run() throws InterruptedException;
  }
}
