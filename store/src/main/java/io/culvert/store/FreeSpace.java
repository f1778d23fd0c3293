package io.culvert.store;

import java.util.concurrent.TimeUnit;

/** Whether the disk has more left than the reserve. The thread of the store looks. */
final class FreeSpace {
  /** So often at most. */
  static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Disk disk;
  private final long reserveBytes;
  private final StoreLog log;
  private long lookedAtNanos;
  private volatile boolean isFull;

  FreeSpace(Disk disk, long reserveBytes, StoreLog log) {
    this.disk = disk;
    this.reserveBytes = reserveBytes;
    this.log = log;
  }

  void lookWhenDue() {
    if (System.nanoTime() - lookedAtNanos >= LOOK_NANOS) {
      look();
    }
  }

  void look() {
    lookedAtNanos = System.nanoTime();
    long bytes = disk.usableBytes();
    if (!isFull && bytes < reserveBytes) {
      isFull = true;
      log.error(
          "the disk is full: %d bytes are left, the reserve is %d; free some"
              .formatted(bytes, reserveBytes));
    } else if (isFull && bytes >= reserveBytes + reserveBytes / 8) {
      // An eighth more, so that it does not change with each file that comes and goes.
      isFull = false;
      log.info("the disk has room again: %d bytes".formatted(bytes));
    }
  }

  boolean isFull() {
    return isFull;
  }
}
