package io.culvert.mqtt.server;

/** Because of whom a publisher is not read. */
interface Holder {
  /** A publisher has waited as long as it was told to: release it, or let it wait longer. */
  void expired(long nowMillis);

  /** The publisher has ended. */
  void forget(Publisher publisher);
}
