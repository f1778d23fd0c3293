package io.culvert.mqtt.server;

import java.util.Map;

/**
 * What the shards of a node have in common about their durable records: numbers of which none is
 * given twice, and how many deliveries need a payload that is stored once. Each change is one
 * operation of the map, so with a concurrent map all shards may use it at the same time.
 */
public final class CommonRecords {
  /** Where the map has the last number; no payload has it. */
  private static final Long LAST = 0L;

  private final Map<Long, Long> map;

  private CommonRecords(Map<Long, Long> map) {
    this.map = map;
  }

  /**
   * Without any record yet.
   *
   * @param map empty, and used by nobody else; a concurrent one where the shards have threads of
   *     their own
   */
  public static CommonRecords of(Map<Long, Long> map) {
    return new CommonRecords(map);
  }

  /** A number that nobody has, from 1. */
  long next() {
    return map.merge(LAST, 1L, Long::sum);
  }

  /** This number is taken already. */
  void isTaken(long number) {
    map.merge(LAST, number, Math::max);
  }

  /** Another delivery needs this payload. */
  void needs(long payloadId) {
    map.merge(payloadId, 1L, Long::sum);
  }

  /** One needs it no longer; true when none does. */
  boolean isDone(long payloadId) {
    return map.computeIfPresent(payloadId, (id, needs) -> needs == 1 ? null : needs - 1) == null;
  }
}
