package io.culvert.store;

import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.TablePropertiesCollectorFactory;

/**
 * How RocksDB is set up: little memory and few files, for records that come in the order of their
 * keys, are read from the front, and are deleted soon.
 */
final class RocksSettings implements AutoCloseable {
  /** With so many of them deleted among a few thousand neighbours, a file is sorted anew. */
  private static final long DELETED_WINDOW = 4096;

  private static final long DELETED_TRIGGER = 2048;
  private static final double DELETED_RATIO = 0.5;

  /** A damage hides all records of a block; a smaller one makes the index larger. */
  private static final long BLOCK_BYTES = 8 << 10;

  /** Each open file costs a descriptor and its index in memory. */
  private static final int MAXIMUM_OPEN_FILES = 256;

  private static final long INFO_LOG_BYTES = 1 << 20;
  private static final int INFO_LOGS = 3;
  private static final long MANIFEST_BYTES = 4 << 20;

  /** Spreads the syncs of large files, so that those of the log do not wait behind them. */
  private static final long SPREAD_SYNC_BYTES = 1 << 20;

  private final LRUCache cache;
  private final TablePropertiesCollectorFactory deletions;
  private final Options options;

  RocksSettings(StoreOptions chosen) {
    cache = new LRUCache(chosen.cacheBytes());
    deletions =
        TablePropertiesCollectorFactory.NewCompactOnDeletionCollectorFactory(
            DELETED_WINDOW, DELETED_TRIGGER, DELETED_RATIO);
    options = new Options();
    options
        .setCreateIfMissing(true)
        .setParanoidChecks(true)
        .setWriteBufferSize(chosen.writeBufferBytes())
        .setMaxWriteBufferNumber(2)
        .setMaxTotalWalSize(2 * chosen.writeBufferBytes())
        .setTargetFileSizeBase(chosen.writeBufferBytes() / 2)
        .setMaxBytesForLevelBase(4 * chosen.writeBufferBytes())
        .setMaxManifestFileSize(MANIFEST_BYTES)
        .setMaxBackgroundJobs(2)
        .setMaxOpenFiles(MAXIMUM_OPEN_FILES)
        .setBytesPerSync(SPREAD_SYNC_BYTES)
        .setAllowConcurrentMemtableWrite(false) // one thread writes
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setMaxLogFileSize(INFO_LOG_BYTES)
        .setKeepLogFileNum(INFO_LOGS)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setTableFormatConfig(
            new BlockBasedTableConfig().setBlockCache(cache).setBlockSize(BLOCK_BYTES));
    options.setTablePropertiesCollectorFactory(List.of(deletions));
  }

  Options options() {
    return options;
  }

  @Override
  public void close() {
    options.close();
    deletions.close();
    cache.close();
  }
}
