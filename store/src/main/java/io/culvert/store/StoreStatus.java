package io.culvert.store;

import io.culvert.engine.Journal;

/**
 * How a store is, for metrics and for people. All counts are since it was opened.
 *
 * @param health what journals say too
 * @param bytesOnDisk of all its files; 0 in memory
 * @param freeBytes that the disk has left; {@link Long#MAX_VALUE} in memory
 * @param waitingBatches not stored yet
 * @param waitingBytes of keys and values in them
 * @param storedBatches that are stored
 * @param storedBytes of keys and values in them
 * @param syncs that have ended well
 * @param syncNanos that all of them together took, with what was written before
 * @param scans that were answered
 * @param failures of writes, syncs and reads
 * @param damages parts that could not be read and were left out or set aside
 * @param failingMillis how long it has been failing; 0 when it does not
 * @param problem the last failure or damage in words; empty when there was none
 */
public record StoreStatus(
    Journal.Health health,
    long bytesOnDisk,
    long freeBytes,
    long waitingBatches,
    long waitingBytes,
    long storedBatches,
    long storedBytes,
    long syncs,
    long syncNanos,
    long scans,
    long failures,
    long damages,
    long failingMillis,
    String problem) {}
