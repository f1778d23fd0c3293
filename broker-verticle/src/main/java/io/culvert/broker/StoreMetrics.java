package io.culvert.broker;

import io.culvert.engine.Journal;
import io.culvert.store.StoreStatus;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Metrics of what outlives the process; all are 0 where nothing does. */
final class StoreMetrics {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MILLIS_PER_SECOND = 1e3;

  static final List<Metric> TABLE =
      List.of(
          gauge(
              "culvert.store.ready",
              "Whether messages can be stored: 0 on a full disk, or while writing fails.",
              store -> store.health() == Journal.Health.READY ? 1 : 0),
          gauge(
              "culvert.store.failing.seconds",
              "How long writing or syncing has been failing; 0 when it does not.",
              store -> store.failingMillis() / MILLIS_PER_SECOND),
          gauge("culvert.store.bytes", "Size of the store's files.", StoreStatus::bytesOnDisk),
          gauge(
              "culvert.store.free.bytes",
              "What the disk has left; with less than `store.reserve-bytes` nothing new is stored.",
              StoreStatus::freeBytes),
          gauge(
              "culvert.store.waiting.batches",
              "Changes that are not stored yet, each of one pass of an event loop.",
              StoreStatus::waitingBatches),
          counter(
              "culvert.store.batches",
              "Changes that were stored, each of one pass of an event loop.",
              StoreStatus::storedBatches),
          counter("culvert.store.written.bytes", "Bytes of them.", StoreStatus::storedBytes),
          counter(
              "culvert.store.syncs",
              "How often what was written was forced to the disk; one serves many batches.",
              StoreStatus::syncs),
          counter(
              "culvert.store.sync.seconds",
              "Time that writing and syncing took in all.",
              store -> store.syncNanos() / NANOS_PER_SECOND),
          counter(
              "culvert.store.failures",
              "Writes, syncs and reads that have failed; the log says why.",
              StoreStatus::failures),
          counter(
              "culvert.store.damages",
              "Parts that could not be read, and were left out or set aside; the log names them.",
              StoreStatus::damages));

  private StoreMetrics() {}

  private static Metric gauge(String name, String meaning, ToDoubleFunction<StoreStatus> value) {
    return Metric.gauge(name, meaning, readings -> read(readings.store(), value));
  }

  private static Metric counter(String name, String meaning, ToDoubleFunction<StoreStatus> value) {
    return Metric.counter(name, meaning, readings -> read(readings.store(), value));
  }

  private static double read(@Nullable StoreStatus store, ToDoubleFunction<StoreStatus> value) {
    return store == null ? 0 : value.applyAsDouble(store);
  }
}
