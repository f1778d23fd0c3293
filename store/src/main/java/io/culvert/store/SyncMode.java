package io.culvert.store;

/** When what was written is synced to the disk. */
public enum SyncMode {
  /** Before the batch is called stored: it survives a loss of power. */
  ALWAYS,
  /** From time to time: a loss of power takes what was stored since the last sync. */
  INTERVAL,
  /**
   * When the operating system does it: a loss of power may take more. The end of the process takes
   * nothing.
   */
  NEVER
}
