package io.culvert.benchmarks.rpc;

import com.sun.management.OperatingSystemMXBean;
import io.culvert.benchmarks.ProcessCpu;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.rpc.BrokerConnection;
import io.culvert.rpc.Device;
import io.culvert.rpc.PlainResponses;
import io.culvert.rpc.Reply;
import io.culvert.rpc.RpcClient;
import io.culvert.rpc.RpcClientOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How fast a device answers through a broker, and what a request costs: round trips per second, how
 * long half and 99 of 100 of them took, and microseconds of CPU per round trip, apart for this
 * process (requester and device, garbage collection and compiler included) and for the broker.
 *
 * <p>{@code benchmarks/rpc PORT PID SECONDS}, beside a broker with that port and process. Each
 * figure has a run of its own of SECONDS, behind one that warms up.
 */
final class RpcSpeed {
  private static final int[] CONCURRENCY = {1, 100, 1000};

  private RpcSpeed() {}

  /** How requests and answers go. */
  private enum Way {
    RESPONSE_TOPIC(MqttVersion.MQTT_5, false, PlainResponses.PER_TARGET, 1),
    RESPONSE_TOPIC_QOS_0(MqttVersion.MQTT_5, false, PlainResponses.PER_TARGET, 0),
    PLAIN_PER_TARGET(MqttVersion.MQTT_3_1_1, true, PlainResponses.PER_TARGET, 0),
    PLAIN_PER_CALL(MqttVersion.MQTT_3_1_1, true, PlainResponses.PER_CALL, 0);

    private final MqttVersion version;
    private final boolean plain;
    private final PlainResponses responses;
    private final int qos;

    Way(MqttVersion version, boolean plain, PlainResponses responses, int qos) {
      this.version = version;
      this.plain = plain;
      this.responses = responses;
      this.qos = qos;
    }
  }

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    ProcessHandle broker =
        ProcessHandle.of(Long.parseLong(args[1]))
            .orElseThrow(() -> new IllegalArgumentException("there is no process " + args[1]));
    int seconds = Integer.parseInt(args[2]);
    Vertx vertx = Vertx.vertx();
    for (Way way : Way.values()) {
      for (int concurrency : CONCURRENCY) {
        run(vertx, way, port, concurrency, seconds, broker);
        System.out.printf(
            "%-20s %5d  %s%n",
            way, concurrency, run(vertx, way, port, concurrency, seconds, broker));
      }
    }
    System.exit(0);
  }

  private static String run(
      Vertx vertx, Way way, int port, int concurrency, int seconds, ProcessHandle broker)
      throws Exception {
    Device device = new Device();
    device.resource("gains").get(request -> Reply.content(List.of(0, 1, 2, 3, 4)));
    RpcClient responder = await(client(vertx, way, port, "device").serve(device).connect());
    RpcClient requester = await(client(vertx, way, port, "requester").connect());
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long brokerMicros = ProcessCpu.micros(broker);
    long ownNanos = system.getProcessCpuTime();
    long startNanos = System.nanoTime();
    RoundTrips trips = new RoundTrips(requester, startNanos + TimeUnit.SECONDS.toNanos(seconds));
    long done = trips.run(concurrency);
    double took = (System.nanoTime() - startNanos) / 1e9;
    double own = (system.getProcessCpuTime() - ownNanos) / 1e3 / done;
    double brokers = (double) (ProcessCpu.micros(broker) - brokerMicros) / done;
    await(requester.close());
    await(responder.close());
    return "%8.0f/s  p50 %7.3f ms  p99 %7.3f ms  CPU %5.1f µs, broker %5.1f µs"
        .formatted(done / took, trips.millis(50), trips.millis(99), own, brokers);
  }

  private static RpcClient client(Vertx vertx, Way way, int port, String tag) {
    return RpcClient.create(
        vertx,
        BrokerConnection.of("127.0.0.1", port).withVersion(way.version),
        RpcClientOptions.of(tag)
            .withPlain(way.plain)
            .withPlainResponses(way.responses)
            .withQos(way.qos)
            .withMaximumServed(2 * CONCURRENCY[CONCURRENCY.length - 1]));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
