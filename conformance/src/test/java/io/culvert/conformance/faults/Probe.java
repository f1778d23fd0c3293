package io.culvert.conformance.faults;

import io.culvert.conformance.faults.broker.BrokerJvm;
import io.culvert.conformance.faults.broker.Health;
import io.culvert.conformance.faults.client.Loop;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Asks for the readiness of a broker again and again, while clients work. */
final class Probe {
  private static final int EVERY_MILLIS = 100;
  private static final int NOT_ANSWERED = 0;

  private final Loop loop;
  private final BrokerJvm broker;
  private int status;

  private Probe(Loop loop, BrokerJvm broker) {
    this.loop = loop;
    this.broker = broker;
  }

  static Probe of(Loop loop, BrokerJvm broker) {
    Probe probe = new Probe(loop, broker);
    probe.ask();
    return probe;
  }

  /** The last answer: 200, 503, or 0 for none. */
  int status() {
    return status;
  }

  private void ask() {
    try {
      status = broker.isAlive() ? Health.ready(broker) : NOT_ANSWERED;
    } catch (IOException | UncheckedIOException e) {
      status = NOT_ANSWERED;
    }
    if (broker.isAlive()) {
      loop.schedule(EVERY_MILLIS, this::ask);
    }
  }
}
