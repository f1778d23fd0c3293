package io.culvert.conformance.client;

import static io.culvert.client.Awaited.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientException;
import io.culvert.client.MqttClientOptions;
import io.culvert.client.OutgoingMessage;
import io.culvert.client.ReceivedMessage;
import io.culvert.client.ReconnectOptions;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.QoS;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker is killed again and again while numbered messages go through it; the clients come back
 * by themselves.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES) // each wait has its own limit
class KilledBrokerTest {
  /** {@code -Dculvert.kill.messages=100000} for the long run. */
  private static final int MESSAGES = Integer.getInteger("culvert.kill.messages", 10_000);

  private static final int KILLS = Integer.getInteger("culvert.kill.times", 3);
  private static final int UNDER_WAY = 500;

  /** For all that the publisher sends when it comes back before the subscriber does. */
  private static final String[] ROOM = {
    "limits.queue-messages=" + MESSAGES, "limits.queue-bytes=64MiB"
  };

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
  }

  @Test
  @Scenario(70)
  void qos1LosesNothing() throws Exception {
    Seen seen = run(QoS.AT_LEAST_ONCE);
    assertThat(seen.failures).isEmpty();
    assertThat(seen.numbers.cardinality()).isEqualTo(MESSAGES);
  }

  @Test
  @Scenario(70)
  void qos2LosesNothingAndRepeatsNothing() throws Exception {
    Seen seen = run(QoS.EXACTLY_ONCE);
    assertThat(seen.failures).isEmpty();
    assertThat(seen.numbers.cardinality()).isEqualTo(MESSAGES);
    assertThat(seen.repeated.get()).isZero();
  }

  private Seen run(QoS qos) throws Exception {
    Seen seen = new Seen();
    try (BrokerProcess broker = BrokerProcess.start(folder, ROOM)) {
      MqttClient subscriber = client("subscriber", broker);
      MqttClient publisher = client("publisher", broker);
      await(subscriber.subscribe("kills", qos, seen::received));
      Semaphore room = new Semaphore(UNDER_WAY);
      for (int i = 0; i < MESSAGES; i++) {
        if (!room.tryAcquire(60, TimeUnit.SECONDS)) {
          throw new AssertionError("nothing goes through behind message " + i);
        }
        var unused =
            publisher
                .publish(OutgoingMessage.of("kills", Buffer.buffer().appendInt(i), qos))
                .onFailure(failure -> seen.failures.add((MqttClientException) failure))
                .onComplete(done -> room.release());
        if (i % (MESSAGES / KILLS) == MESSAGES / KILLS / 2) {
          broker.kill();
          broker.start();
        }
      }
      assertThat(room.tryAcquire(UNDER_WAY, 60, TimeUnit.SECONDS)).isTrue();
      assertThat(seen.failures).isEmpty();
      boolean all = seen.all.await(60, TimeUnit.SECONDS);
      assertThat(all).as(() -> seen.missing() + broker.log()).isTrue();
      await(publisher.close());
      await(subscriber.close());
    }
    return seen;
  }

  private MqttClient client(String id, BrokerProcess broker) throws Exception {
    MqttClient client =
        MqttClient.create(
            vertx,
            new MqttClientOptions()
                .setAddresses(broker.address())
                .setClientId(id)
                .setReconnect(
                    ReconnectOptions.defaults().withRetryFirst(true).withDelays(20, 200)));
    await(client.connect());
    return client;
  }

  private static final class Seen {
    final BitSet numbers = new BitSet(); // only the subscriber's event loop
    final AtomicInteger repeated = new AtomicInteger();
    final Queue<MqttClientException> failures = new ConcurrentLinkedQueue<>();
    final CountDownLatch all = new CountDownLatch(MESSAGES);

    String missing() {
      BitSet missing = new BitSet();
      missing.set(0, MESSAGES);
      missing.andNot(numbers);
      return "%d have not come: %s\n".formatted(missing.cardinality(), missing);
    }

    void received(ReceivedMessage message) {
      int number = message.payload().getInt(0);
      if (numbers.get(number)) {
        repeated.incrementAndGet();
      } else {
        numbers.set(number);
        all.countDown();
      }
    }
  }
}
