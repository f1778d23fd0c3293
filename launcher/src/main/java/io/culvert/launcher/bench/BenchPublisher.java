package io.culvert.launcher.bench;

import io.culvert.client.MqttClient;
import io.culvert.client.OutgoingMessage;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;

/** One publisher, on its client's event loop: as many messages are under way as it may have. */
final class BenchPublisher {
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private final MqttClient client;
  private final BenchPlan plan;
  private final String topic;
  private final Meter meter;
  private final byte[] payload;
  private long startNanos;
  private long sent;
  private int underWay;
  private boolean isPumping;
  private boolean isStopped = true;

  BenchPublisher(MqttClient client, BenchPlan plan, int number, Meter meter) {
    this.client = client;
    this.plan = plan;
    this.topic = plan.topic(number);
    this.meter = meter;
    this.payload = new byte[plan.payloadBytes()];
  }

  void start() {
    isStopped = false;
    startNanos = System.nanoTime();
    pump();
  }

  void stop() {
    isStopped = true;
  }

  int underWay() {
    return underWay;
  }

  /** Also called from time to time where a rate is to be kept. */
  void pump() {
    if (isPumping) {
      return; // a result has come at once
    }
    isPumping = true;
    while (!isStopped && underWay < plan.window() && sent < due()) {
      publish();
    }
    isPumping = false;
  }

  private double due() {
    return plan.perSecond() == 0
        ? Double.MAX_VALUE
        : (System.nanoTime() - startNanos) / NANOS * plan.perSecond() / plan.clients();
  }

  private void publish() {
    long nanos = System.nanoTime();
    Stamp.write(payload, nanos);
    sent++;
    underWay++;
    client
        .publish(OutgoingMessage.of(topic, Buffer.buffer(payload), plan.qos()))
        .onComplete(
            result -> {
              underWay--;
              if (result.succeeded()) {
                meter.published.increment();
                if (plan.mode() == BenchMode.PUB) {
                  meter.took(nanos);
                }
              } else {
                meter.failed(result.cause());
                isStopped = true;
              }
              pump();
            });
  }
}
