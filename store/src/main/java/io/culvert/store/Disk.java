package io.culvert.store;

import io.culvert.engine.Journal.Page;

/**
 * What the store does on its disk. All methods block. The thread of the store calls them; a view
 * that it has taken is read and closed on any thread.
 */
interface Disk extends AutoCloseable {
  /** Writes the batch as a whole, and syncs it and all that was written before when told to. */
  void write(DiskBatch batch, boolean sync) throws DiskException;

  /** Syncs all that was written before. */
  void sync() throws DiskException;

  /** The records as they are now, until it is closed. */
  View view() throws DiskException;

  /**
   * Does small things that are due, from time to time and while there is nothing else to do.
   *
   * @return in how many nanoseconds it wants to be called again; {@link Long#MAX_VALUE} for never
   */
  long rest() throws DiskException;

  /**
   * After a failure: makes sure that nothing is trusted that may not have reached the disk. What
   * was synced is there afterwards; what was not may be. No view is open.
   */
  void recover() throws DiskException;

  /** What the disk has left. Any thread may ask. */
  long usableBytes();

  @Override
  void close();

  /** The records at one moment. */
  interface View extends AutoCloseable {
    /**
     * What the scan asks for, with what is on top of these records.
     *
     * @param givesUp what the device cannot read is left out; without that it fails
     */
    Page page(Scan scan, Overlay overlay, boolean givesUp) throws DiskException;

    @Override
    void close();
  }
}
