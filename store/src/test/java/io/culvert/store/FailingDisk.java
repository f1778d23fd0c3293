package io.culvert.store;

import io.culvert.engine.Journal.Page;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;

/** A disk that fails when it is told to, before or after it has done what it should. */
final class FailingDisk implements Disk {
  private final Disk disk;
  private final AtomicInteger steps = new AtomicInteger();
  private final AtomicLong usableBytes = new AtomicLong(Long.MAX_VALUE);
  private final CountDownLatch failed = new CountDownLatch(1);
  private volatile IntPredicate fails = step -> false;

  FailingDisk(Disk disk) {
    this.disk = disk;
  }

  /** From now on the steps for which this holds fail; the next one is 1. */
  void failWhen(IntPredicate failing) {
    steps.set(0);
    fails = failing;
  }

  void usableBytes(long bytes) {
    usableBytes.set(bytes);
  }

  void awaitFailure() {
    StoreContract.await(failed);
  }

  @Override
  public void write(DiskBatch batch, boolean sync) throws DiskException {
    step("write");
    disk.write(batch, sync);
    step("sync after a write");
  }

  @Override
  public void sync() throws DiskException {
    step("sync");
    disk.sync();
  }

  @Override
  public View view() throws DiskException {
    step("view");
    View view = disk.view();
    return new View() {
      @Override
      public Page page(Scan scan, Overlay overlay, boolean givesUp) throws DiskException {
        if (!givesUp) {
          step("read");
        }
        return view.page(scan, overlay, givesUp);
      }

      @Override
      public void close() {
        view.close();
      }
    };
  }

  @Override
  public long rest() throws DiskException {
    return disk.rest();
  }

  @Override
  public void recover() throws DiskException {
    step("recover");
    disk.recover();
    step("end of recover");
  }

  @Override
  public long usableBytes() {
    return Math.min(usableBytes.get(), disk.usableBytes());
  }

  @Override
  public void close() {
    disk.close();
  }

  private void step(String name) throws DiskException {
    if (fails.test(steps.incrementAndGet())) {
      failed.countDown();
      throw new DiskException(name + " failed on purpose", new IllegalStateException());
    }
  }
}
