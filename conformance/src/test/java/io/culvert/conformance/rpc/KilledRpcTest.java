package io.culvert.conformance.rpc;

import static io.culvert.client.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientOptions;
import io.culvert.client.OutgoingMessage;
import io.culvert.client.ReceivedMessage;
import io.culvert.client.ReconnectOptions;
import io.culvert.conformance.client.BrokerProcess;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.rpc.BrokerConnection;
import io.culvert.rpc.RpcClient;
import io.culvert.rpc.RpcClientOptions;
import io.culvert.rpc.protocol.Method;
import io.culvert.rpc.protocol.RpcException;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The device and the broker are killed again and again while requests that change something go
 * through, and somebody repeats each request that he sees: at once, and when the device is back.
 * Everybody who asks gets an answer or a typed failure, and no request is executed twice.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES) // each wait has its own limit
class KilledRpcTest {
  /** {@code -Dculvert.kill.requests=10000} for the long run. */
  private static final int REQUESTS = Integer.getInteger("culvert.kill.requests", 1500);

  private static final int KILLS = Integer.getInteger("culvert.kill.times", 4);
  private static final int UNDER_WAY = 50;
  private static final long TIMEOUT_MILLIS = 4000;
  private static final int LIMIT_SECONDS = 60;
  private static final long SEED = 20261128;
  private static final String TAG = "killed-device";

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  @Test
  void noRequestIsExecutedTwiceAndEverybodyIsAnswered() throws Exception {
    Random random = new Random(SEED);
    AtomicInteger answered = new AtomicInteger();
    Set<String> failures = ConcurrentHashMap.newKeySet();
    Path brokersFolder = Files.createDirectory(folder.resolve("broker"));
    Path devicesFolder = Files.createDirectory(folder.resolve("device"));
    try (BrokerProcess broker = BrokerProcess.start(brokersFolder);
        DeviceProcess device = new DeviceProcess(devicesFolder, broker.port(), TAG)) {
      device.start();
      Repeater repeater = Repeater.join(vertx, broker.port());
      RpcClient asking =
          RpcClient.create(
              vertx,
              BrokerConnection.of("127.0.0.1", broker.port()),
              RpcClientOptions.of("asking").withTimeoutMillis(TIMEOUT_MILLIS));
      await(asking.connect());
      Semaphore room = new Semaphore(UNDER_WAY);
      int killed = 0;
      for (int number = 0; number < REQUESTS; number++) {
        assertThat(room.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        var unused =
            asking
                .request(TAG, "axuv", "work/" + number, Method.POST)
                .onSuccess(answer -> answered.incrementAndGet())
                .onFailure(failure -> failures.add(kind(failure)))
                .onComplete(done -> room.release());
        if (killed < KILLS && random.nextInt(REQUESTS / KILLS) == 0
            || number == (killed + 1) * (REQUESTS / KILLS) - 1) {
          killed++;
          if (killed % 3 != 0) {
            device.kill();
          }
          if (killed % 3 != 1) {
            broker.kill();
            broker.start();
          }
          if (killed % 3 != 0) {
            device.start();
            repeater.repeatTheLast();
          }
        }
      }
      assertThat(room.tryAcquire(UNDER_WAY, LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      await(asking.close());
      List<Integer> done = device.done();
      assertThat(done).doesNotHaveDuplicates();
      assertThat(done).hasSizeGreaterThanOrEqualTo(answered.get());
      assertThat(failures).allMatch(kind -> kind.matches("GatewayTimeout|InternalServerError"));
      assertThat(answered.get()).isGreaterThan(REQUESTS / 2);
      assertThat(killed).isGreaterThanOrEqualTo(KILLS);
      assertThat(repeater.repeated()).isGreaterThan(REQUESTS / 4);
    }
  }

  private static String kind(Throwable failure) {
    return failure instanceof RpcException typed
        ? typed.getClass().getSimpleName()
        : "not typed: " + failure;
  }

  /** Publishes again what others have asked, as they have written it. */
  private static final class Repeater {
    private static final int REMEMBERED = 200;

    private final MqttClient client;
    private final Set<String> seen = new HashSet<>(); // only its event loop
    private final Deque<ReceivedMessage> last = new ConcurrentLinkedDeque<>();
    private final AtomicInteger repeated = new AtomicInteger();

    private Repeater(MqttClient client) {
      this.client = client;
    }

    static Repeater join(Vertx vertx, int brokersPort) throws Exception {
      MqttClient client =
          MqttClient.create(
              vertx,
              new MqttClientOptions()
                  .setAddresses("mqtt://127.0.0.1:" + brokersPort)
                  .setClientId("repeater")
                  .setReconnect(ReconnectOptions.defaults().withDelays(20, 200)));
      await(client.connect());
      Repeater repeater = new Repeater(client);
      await(
          client.subscribe(
              "gf_int_v1/+/request/" + TAG + "/+", QoS.AT_LEAST_ONCE, repeater::received));
      return repeater;
    }

    int repeated() {
      return repeated.get();
    }

    void repeatTheLast() {
      last.forEach(this::repeat);
    }

    private void received(ReceivedMessage message) {
      if (seen.add(message.topic())) { // not what this has published itself
        last.add(message);
        if (last.size() > REMEMBERED) {
          last.remove();
        }
        repeat(message);
      }
    }

    private void repeat(ReceivedMessage message) {
      var unused =
          client
              .publish(
                  OutgoingMessage.of(message.topic(), message.payload(), QoS.AT_LEAST_ONCE)
                      .withProperties(
                          message.properties().without(Property.SUBSCRIPTION_IDENTIFIER)))
              .onSuccess(sent -> repeated.incrementAndGet());
    }
  }
}
