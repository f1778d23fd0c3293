package io.culvert.launcher.bench;

import io.culvert.client.ConnectionChange;
import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;

/** The clients of one event loop. */
final class BenchLoop extends VerticleBase {
  /** Connections that one loop opens at a time. */
  private static final int OPENING = 64;

  private static final long PACE_MILLIS = 1;
  private static final long LOOK_MILLIS = 20;

  private final BenchPlan plan;
  private final Meter meter;
  private final int first;
  private final int step;
  private final List<MqttClient> clients = new ArrayList<>();
  private final List<BenchPublisher> publishers = new ArrayList<>();

  /** Those clients whose numbers are {@code first}, {@code first + step} and so on. */
  BenchLoop(BenchPlan plan, Meter meter, int first, int step) {
    this.plan = plan;
    this.meter = meter;
    this.first = first;
    this.step = step;
  }

  /** Connects and subscribes all; completes when that is done. */
  Future<Void> open() {
    Promise<Void> opened = Promise.promise();
    context.runOnContext(
        ignored -> {
          List<Future<Void>> lanes = new ArrayList<>();
          for (int lane = 0; lane < OPENING; lane++) {
            lanes.add(openFrom(first + lane * step));
          }
          Future.all(lanes).<Void>mapEmpty().onComplete(opened);
        });
    return opened.future();
  }

  /** One after the other, so that only some are opened at a time. */
  private Future<Void> openFrom(int number) {
    if (number >= plan.clients()) {
      return Future.succeededFuture();
    }
    return openOne(number).compose(done -> openFrom(number + OPENING * step));
  }

  private Future<Void> openOne(int number) {
    Future<Void> ready = Future.succeededFuture();
    if (plan.mode().subscribes()) {
      String filter = plan.mode() == BenchMode.SUB ? plan.topic() : plan.topic(number);
      ready =
          connect("sub", number)
              .compose(
                  client ->
                      client.subscribe(
                          filter, plan.qos(), message -> received(Stamp.read(message.payload()))))
              .mapEmpty();
    }
    if (plan.mode().publishes()) {
      ready =
          ready
              .compose(done -> connect("pub", number))
              .map(
                  client -> {
                    publishers.add(new BenchPublisher(client, plan, number, meter));
                    return null;
                  });
    }
    return plan.mode() == BenchMode.CONNECTIONS ? connect("", number).mapEmpty() : ready;
  }

  private Future<MqttClient> connect(String role, int number) {
    long nanos = System.nanoTime();
    MqttClient client = MqttClient.create(vertx, plan.options(role, number));
    clients.add(client);
    return client
        .connect()
        .map(
            terms -> {
              meter.connected.increment();
              meter.took(nanos);
              return client.connectionHandler(this::changed);
            });
  }

  /** One that is lost is a failure, also where nothing was to come over it. */
  private void changed(ConnectionChange change) {
    MqttClientException cause = change.cause();
    if (cause != null) {
      meter.failed(cause);
    }
  }

  private void received(long sentNanos) {
    meter.received.increment();
    if (plan.mode() == BenchMode.PAIRS) {
      meter.took(sentNanos);
    }
  }

  void begin() {
    context.runOnContext(
        ignored -> {
          publishers.forEach(BenchPublisher::start);
          if (plan.perSecond() > 0) {
            vertx.setPeriodic(PACE_MILLIS, timer -> publishers.forEach(BenchPublisher::pump));
          }
        });
  }

  /** Publishes no more; completes when what is under way has arrived. */
  Future<Void> end() {
    Promise<Void> ended = Promise.promise();
    context.runOnContext(
        ignored -> {
          publishers.forEach(BenchPublisher::stop);
          vertx.setPeriodic(
              LOOK_MILLIS,
              timer -> {
                if (publishers.stream().allMatch(each -> each.underWay() == 0)) {
                  vertx.cancelTimer(timer);
                  ended.tryComplete();
                }
              });
        });
    return ended.future();
  }

  @Override
  public Future<?> stop() {
    List<Future<Void>> closing = new ArrayList<>();
    clients.forEach(client -> closing.add(client.close()));
    return Future.join(closing).otherwiseEmpty(); // those that never were open
  }
}
