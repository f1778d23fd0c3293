package io.culvert.conformance.client.speed;

/** A client of somebody, connected, that publishes at QoS 1. */
interface Publishing {
  /** Publishes; {@code acknowledged} is called once, on any thread, when PUBACK has come. */
  void publish(byte[] payload, Runnable acknowledged) throws Exception;

  void close() throws Exception;
}
