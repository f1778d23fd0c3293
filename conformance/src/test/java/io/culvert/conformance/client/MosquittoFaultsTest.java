package io.culvert.conformance.client;

import static io.culvert.client.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.Mosquitto;
import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientException;
import io.culvert.client.MqttClientFailure;
import io.culvert.client.MqttClientOptions;
import io.culvert.client.OutgoingMessage;
import io.culvert.client.PublishResult;
import io.culvert.client.ReceivedMessage;
import io.culvert.client.ReconnectOptions;
import io.culvert.conformance.broker.Relay;
import io.culvert.engine.testkit.Programs;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.client.ServerTerms;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Numbered messages through Mosquitto while the network is cut, or Mosquitto is stopped, or killed.
 *
 * <p>Mosquitto keeps its sessions in memory and writes them down when it is stopped in order. So a
 * cut and a stop must lose nothing at all. A stop is tried with QoS 1 only: after it Mosquitto 2.0
 * goes on with exchanges of QoS 2 where they were not, and sends more than the Receive Maximum.
 * What Mosquitto has acknowledged and not delivered when it is killed is lost, whatever the client
 * does; the application repeats it, and the test proves that nothing else is lost and that nothing
 * comes twice but what was repeated.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES) // each wait has its own limit
class MosquittoFaultsTest {
  /** {@code -Dculvert.kill.messages=100000} for the long run. */
  private static final int MESSAGES = Integer.getInteger("culvert.kill.messages", 5_000);

  private static final int FAULTS = Integer.getInteger("culvert.kill.times", 5);
  private static final int UNDER_WAY = 500;
  private static final int LIMIT_SECONDS = 30;
  private static final String TOPIC = "faults";

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final Seen seen = new Seen();
  private Mosquitto mosquitto;
  private Relay relay;
  private String address;

  @BeforeEach
  void start() throws Exception {
    Programs.require("mosquitto");
    mosquitto = Mosquitto.start(folder);
    address = "mqtt://127.0.0.1:" + mosquitto.port();
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
    if (mosquitto != null) {
      mosquitto.close();
    }
    if (relay != null) {
      relay.close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
  @Scenario(70)
  void cutsOfTheNetworkLoseNothing(QoS qos) throws Exception {
    relay = Relay.to(new InetSocketAddress("127.0.0.1", mosquitto.port()));
    address = "mqtt://127.0.0.1:" + relay.address().getPort();
    MqttClient publisher = run(qos, to -> relay.cut());
    assertThat(seen.failures).isEmpty();
    complete(publisher);
    assertThat(seen.numbers.cardinality()).isEqualTo(MESSAGES);
    if (qos == QoS.EXACTLY_ONCE) {
      assertThat(seen.twice.cardinality()).isZero();
      assertThat(seen.disordered).isZero();
    }
  }

  @Test
  @Scenario(70)
  void stopsOfTheServerLoseNothing() throws Exception {
    MqttClient publisher =
        run(
            QoS.AT_LEAST_ONCE,
            to -> {
              mosquitto.stop();
              mosquitto.start();
            });
    assertThat(seen.failures).isEmpty();
    complete(publisher);
    assertThat(seen.numbers.cardinality()).isEqualTo(MESSAGES);
  }

  @ParameterizedTest
  @EnumSource(names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
  @Scenario({71, 73})
  void killsOfTheServerLoseOnlyWhatItHadAcknowledged(QoS qos) throws Exception {
    MqttClient publisher =
        run(
            qos,
            to -> {
              mosquitto.kill();
              mosquitto.start();
              publish(to, Seen.NOTHING); // at QoS 2 Mosquitto does not say that nobody is there
              seen.startOfLife = seen.accepted.size();
            });
    for (MqttClientException failure : seen.failures) {
      assertThat(failure.failure()).isEqualTo(MqttClientFailure.SESSION_LOST);
      assertThat(qos).isEqualTo(QoS.EXACTLY_ONCE);
    }
    complete(publisher);
    BitSet missing = new BitSet();
    missing.set(0, MESSAGES);
    missing.andNot(seen.numbers);
    for (int number : seen.acceptedInThisLife()) {
      assertThat(missing.get(number)).as("message %d was accepted for good", number).isFalse();
    }

    missing.stream().forEach(number -> send(publisher, number, qos));
    assertThat(seen.room.tryAcquire(UNDER_WAY, LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    seen.room.release(UNDER_WAY);
    complete(publisher);
    assertThat(seen.numbers.cardinality()).isEqualTo(MESSAGES);
    if (qos == QoS.EXACTLY_ONCE) {
      seen.twice.andNot(missing);
      assertThat(seen.twice.cardinality()).as("came twice and were sent once").isZero();
    }
  }

  /** Publishes all, with faults in between; returns when each publish has ended. */
  private MqttClient run(QoS qos, Fault fault) throws Exception {
    MqttClient subscriber = client("subscriber");
    MqttClient publisher = client("publisher");
    await(subscriber.subscribe(TOPIC, qos, seen::received));
    for (int i = 0; i < MESSAGES; i++) {
      send(publisher, i, qos);
      if (i % (MESSAGES / FAULTS) == MESSAGES / FAULTS / 2) {
        fault.strike(publisher);
      }
    }
    boolean all = seen.room.tryAcquire(UNDER_WAY, LIMIT_SECONDS, TimeUnit.SECONDS);
    assertThat(all).as("%d publishes have not ended", seen.unended()).isTrue();
    seen.room.release(UNDER_WAY);
    return publisher;
  }

  private void send(MqttClient publisher, int number, QoS qos) {
    seen.takeRoom(number);
    var unused =
        publisher
            .publish(OutgoingMessage.of(TOPIC, Buffer.buffer().appendInt(number), qos))
            .onSuccess(result -> seen.accepted(number, result))
            .onFailure(failure -> seen.failures.add((MqttClientException) failure))
            .onComplete(done -> seen.room.release());
  }

  /** Returns when all that was published before has arrived, as far as it does. */
  private void complete(MqttClient publisher) throws Exception {
    publish(publisher, Seen.LAST);
    assertThat(seen.last.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** Returns when it was accepted, and the subscriber was there. */
  private static void publish(MqttClient publisher, int number) throws Exception {
    OutgoingMessage message =
        OutgoingMessage.of(TOPIC, Buffer.buffer().appendInt(number), QoS.AT_LEAST_ONCE);
    PublishResult result;
    do {
      result = await(publisher.publish(message));
    } while (result.reasonCode() == ReasonCode.NO_MATCHING_SUBSCRIBERS);
  }

  private MqttClient client(String id) throws Exception {
    MqttClient client =
        MqttClient.create(
            vertx,
            new MqttClientOptions()
                .setAddresses(address)
                .setClientId(id)
                .setCleanStart(false) // of others Mosquitto writes down nothing
                .setSessionExpirySeconds(ServerTerms.NEVER_SECONDS)
                .setReconnect(ReconnectOptions.defaults().withDelays(5, 100)));
    await(client.connect());
    return client;
  }

  @FunctionalInterface
  private interface Fault {
    void strike(MqttClient publisher) throws Exception;
  }

  /** What has become of the messages. */
  private static final class Seen {
    static final int LAST = -1;
    static final int NOTHING = -2;

    // Only on the subscriber's event loop, until it is quiet.
    final BitSet numbers = new BitSet();
    final BitSet twice = new BitSet();
    int disordered;
    private int previous = -1;

    final Semaphore last = new Semaphore(0);
    final Semaphore room = new Semaphore(UNDER_WAY);
    final Queue<MqttClientException> failures = new ConcurrentLinkedQueue<>();

    /** In the order in which they were acknowledged with success. */
    final Queue<Integer> accepted = new ConcurrentLinkedQueue<>();

    /** How many were, when the present server was started. */
    volatile int startOfLife;

    void received(ReceivedMessage message) {
      int number = message.payload().getInt(0);
      if (number == LAST) {
        last.release();
        return;
      }
      if (number == NOTHING) {
        return;
      }
      if (numbers.get(number)) {
        twice.set(number);
      }
      numbers.set(number);
      disordered += number < previous ? 1 : 0;
      previous = number;
    }

    void accepted(int number, PublishResult result) {
      if (result.reasonCode() == ReasonCode.SUCCESS) {
        accepted.add(number);
      }
    }

    /** Those that were under way meanwhile may have come before the subscriber. */
    Iterable<Integer> acceptedInThisLife() {
      return accepted.stream().skip(startOfLife + (long) UNDER_WAY).toList();
    }

    void takeRoom(int number) {
      try {
        if (!room.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError("nothing goes through behind message " + number);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }

    int unended() {
      return UNDER_WAY - room.availablePermits();
    }
  }
}
