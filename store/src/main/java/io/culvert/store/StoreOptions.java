package io.culvert.store;

/**
 * What can be chosen about a store on disk.
 *
 * @param sync when what was written is synced
 * @param syncIntervalMillis for {@link SyncMode#INTERVAL}: how long at most without a sync
 * @param reserveBytes with less free space it is full
 * @param maximumBatchBytes how much is written and synced at once; one batch always fits
 * @param writeBufferBytes what is written is kept in memory and in the log until it is so much;
 *     then it is sorted into a file of its own
 * @param cacheBytes memory for what was read
 * @param closeMillis how long {@link Store#close} tries to store what waits
 */
public record StoreOptions(
    SyncMode sync,
    long syncIntervalMillis,
    long reserveBytes,
    int maximumBatchBytes,
    long writeBufferBytes,
    long cacheBytes,
    long closeMillis) {
  public static final SyncMode DEFAULT_SYNC = SyncMode.ALWAYS;
  public static final long DEFAULT_SYNC_INTERVAL_MILLIS = 1000;

  /** Room to sort files anew, and for the removals that make room. */
  public static final long DEFAULT_RESERVE_BYTES = 64L << 20;

  /** Long enough that a sync is spread over many batches, short enough that none waits long. */
  public static final int DEFAULT_MAXIMUM_BATCH_BYTES = 4 << 20;

  /** Most messages are deleted before they would be sorted into a file. */
  public static final long DEFAULT_WRITE_BUFFER_BYTES = 32L << 20;

  /** Records are read once, when a session comes back: a cache has little to do. */
  public static final long DEFAULT_CACHE_BYTES = 16L << 20;

  public static final long DEFAULT_CLOSE_MILLIS = 10_000;

  public StoreOptions {
    atLeast(1, syncIntervalMillis, "syncIntervalMillis");
    atLeast(0, reserveBytes, "reserveBytes");
    atLeast(1, maximumBatchBytes, "maximumBatchBytes");
    atLeast(64 << 10, writeBufferBytes, "writeBufferBytes");
    atLeast(0, cacheBytes, "cacheBytes");
    atLeast(0, closeMillis, "closeMillis");
  }

  public static StoreOptions defaults() {
    return new StoreOptions(
        DEFAULT_SYNC,
        DEFAULT_SYNC_INTERVAL_MILLIS,
        DEFAULT_RESERVE_BYTES,
        DEFAULT_MAXIMUM_BATCH_BYTES,
        DEFAULT_WRITE_BUFFER_BYTES,
        DEFAULT_CACHE_BYTES,
        DEFAULT_CLOSE_MILLIS);
  }

  public StoreOptions withSync(SyncMode mode) {
    return new StoreOptions(
        mode,
        syncIntervalMillis,
        reserveBytes,
        maximumBatchBytes,
        writeBufferBytes,
        cacheBytes,
        closeMillis);
  }

  public StoreOptions withSyncIntervalMillis(long millis) {
    return new StoreOptions(
        sync, millis, reserveBytes, maximumBatchBytes, writeBufferBytes, cacheBytes, closeMillis);
  }

  public StoreOptions withReserveBytes(long bytes) {
    return new StoreOptions(
        sync,
        syncIntervalMillis,
        bytes,
        maximumBatchBytes,
        writeBufferBytes,
        cacheBytes,
        closeMillis);
  }

  public StoreOptions withMaximumBatchBytes(int bytes) {
    return new StoreOptions(
        sync, syncIntervalMillis, reserveBytes, bytes, writeBufferBytes, cacheBytes, closeMillis);
  }

  public StoreOptions withWriteBufferBytes(long bytes) {
    return new StoreOptions(
        sync, syncIntervalMillis, reserveBytes, maximumBatchBytes, bytes, cacheBytes, closeMillis);
  }

  public StoreOptions withCacheBytes(long bytes) {
    return new StoreOptions(
        sync,
        syncIntervalMillis,
        reserveBytes,
        maximumBatchBytes,
        writeBufferBytes,
        bytes,
        closeMillis);
  }

  public StoreOptions withCloseMillis(long millis) {
    return new StoreOptions(
        sync,
        syncIntervalMillis,
        reserveBytes,
        maximumBatchBytes,
        writeBufferBytes,
        cacheBytes,
        millis);
  }

  private static void atLeast(long least, long value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is at least " + least + ", not " + value);
    }
  }
}
