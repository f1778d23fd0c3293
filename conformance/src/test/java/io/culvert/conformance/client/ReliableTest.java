package io.culvert.conformance.client;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.failure;
import static io.culvert.client.Awaited.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientException;
import io.culvert.client.MqttClientFailure;
import io.culvert.client.MqttClientOptions;
import io.culvert.client.OutgoingMessage;
import io.culvert.client.ReconnectOptions;
import io.culvert.conformance.broker.Relay;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.store.MemoryStore;
import io.culvert.store.RocksStore;
import io.culvert.store.Store;
import io.culvert.store.StoreLog;
import io.culvert.store.StoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages that are published reliably survive the process that publishes them. */
class ReliableTest {
  private static final int MESSAGES = 1000;

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private InProcessBroker broker;
  private Relay relay;

  @BeforeEach
  void start() throws Exception {
    Path acl = folder.resolve("acl");
    Files.writeString(acl, "topic readwrite ok/#\n");
    broker =
        InProcessBroker.start(
            new JsonObject(),
            new JsonObject().put("anonymous", true).put("acl-file", acl.toString()),
            new JsonObject().put("port", 0));
    relay = Relay.to(new InetSocketAddress("127.0.0.1", broker.port(0)));
  }

  @AfterEach
  void stop() throws Exception {
    relay.close();
    await(vertx.close());
    broker.close();
  }

  /**
   * The client is left alone in the middle of it, as a crash does: its network is cut, it is never
   * closed, and another one goes on with what its store holds.
   */
  @ParameterizedTest
  @EnumSource(names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
  void aCrashInTheMiddleLosesNothing(QoS qos) throws Exception {
    BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
    MqttClient subscriber =
        MqttClient.create(vertx, new MqttClientOptions().setAddresses(broker.address()));
    await(subscriber.connect());
    await(
        subscriber.subscribe("ok/r", qos, m -> received.add(Integer.parseInt(m.payloadAsText()))));

    Path data = folder.resolve("data");
    List<Integer> got = new ArrayList<>();
    Vertx doomed = Vertx.vertx();
    try (Store store = RocksStore.open(data, StoreOptions.defaults(), new Quiet())) {
      MqttClient client = MqttClient.create(doomed, reliable(store));
      await(client.connect());
      for (int i = 0; i < MESSAGES; i++) {
        var unused = client.publish(message(i, qos));
      }
      got.add(next(received));
      await(client.publishQueueSize()); // all calls have reached the store
      await(doomed.close());
    }
    try (Store store = RocksStore.open(data, StoreOptions.defaults(), new Quiet())) {
      MqttClient client = MqttClient.create(vertx, reliable(store));
      await(client.connect());
      await(client.publish(message(MESSAGES, qos)));
      while (got.get(got.size() - 1) != MESSAGES) {
        got.add(next(received));
      }
      if (qos == QoS.EXACTLY_ONCE) {
        assertThat(got).doesNotHaveDuplicates();
      }
      assertThat(got.stream().distinct().toList()).hasSize(MESSAGES + 1).isSorted();
      assertThat(await(client.publishQueueSize())).isZero();
      await(client.close());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
  void whatIsPublishedWithoutConnectionIsSentByTheNextProcess(QoS qos) throws Exception {
    Store store = MemoryStore.create();
    MqttClient first = MqttClient.create(vertx, reliable(store));
    List<Future<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(first.publish(message(i, qos)));
    }
    await(first.publishQueueSize());
    await(first.close());
    for (Future<?> each : waiting) {
      assertThat(failure(each).failure()).isEqualTo(MqttClientFailure.CLOSED);
    }

    BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
    MqttClient subscriber =
        MqttClient.create(vertx, new MqttClientOptions().setAddresses(broker.address()));
    await(subscriber.connect());
    await(
        subscriber.subscribe("ok/r", qos, m -> received.add(Integer.parseInt(m.payloadAsText()))));
    MqttClient second = MqttClient.create(vertx, reliable(store));
    Future<?> eleventh = second.publish(message(10, qos)); // behind those in the store
    await(second.connect());
    await(eleventh);
    for (int i = 0; i <= 10; i++) {
      assertThat(next(received)).isEqualTo(i);
    }
    assertThat(await(second.publishQueueSize())).isZero();
    await(second.close());

    MqttClient third = MqttClient.create(vertx, reliable(store));
    await(third.connect());
    assertThat(await(third.publishQueueSize())).as("nothing is left").isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
  void cutsOfTheNetworkLoseNothing(QoS qos) throws Exception {
    BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
    MqttClient subscriber =
        MqttClient.create(vertx, new MqttClientOptions().setAddresses(broker.address()));
    await(subscriber.connect());
    await(
        subscriber.subscribe("ok/r", qos, m -> received.add(Integer.parseInt(m.payloadAsText()))));
    MqttClient client = MqttClient.create(vertx, reliable(MemoryStore.create()));
    await(client.connect());
    List<Integer> got = new ArrayList<>();
    List<Future<?>> published = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      published.add(client.publish(message(i, qos)));
      if (i % 200 == 100) {
        got.add(next(received));
        relay.cut();
      }
    }
    await(Future.all(published));
    while (got.get(got.size() - 1) != MESSAGES - 1) {
      got.add(next(received));
    }
    if (qos == QoS.EXACTLY_ONCE) {
      assertThat(got).doesNotHaveDuplicates();
    }
    assertThat(got.stream().distinct().toList()).hasSize(MESSAGES).isSorted();
  }

  @Test
  void whatTheServerRefusesTooOftenIsADeadLetter() throws Exception {
    BlockingQueue<OutgoingMessage> dead = new LinkedBlockingQueue<>();
    BlockingQueue<MqttClientException> why = new LinkedBlockingQueue<>();
    MqttClient client =
        MqttClient.create(
            vertx, reliable(MemoryStore.create()).setMaximumAttempts(3).setRetryMillis(1));
    client.deadLetterHandler(
        (message, failure) -> {
          dead.add(message);
          why.add(failure);
        });
    await(client.connect());
    MqttClientException refused =
        failure(
            client.publish(
                OutgoingMessage.ofText("forbidden", "x", QoS.EXACTLY_ONCE).withReliable(true)));
    assertThat(refused.reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(next(dead).topic()).isEqualTo("forbidden");
    assertThat(next(why)).isSameAs(refused);
    assertThat(await(client.publishQueueSize())).isZero();
  }

  @Test
  void withoutAStoreNothingIsReliable() {
    MqttClient client = MqttClient.create(vertx, new MqttClientOptions());
    assertThatThrownBy(() -> await(client.publish(message(1, QoS.AT_LEAST_ONCE))))
        .hasMessageContaining("setStore");
    assertThatThrownBy(
            () -> MqttClient.create(vertx, new MqttClientOptions().setStore(MemoryStore.create())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Client Identifier");
  }

  private MqttClientOptions reliable(Store store) {
    return new MqttClientOptions()
        .setAddresses("mqtt://127.0.0.1:" + relay.address().getPort())
        .setClientId("reliable")
        .setCleanStart(false)
        .setSessionExpirySeconds(1000)
        .setStore(store)
        .setReconnect(ReconnectOptions.defaults().withDelays(1, 50));
  }

  private static OutgoingMessage message(int number, QoS qos) {
    return OutgoingMessage.ofText("ok/r", "" + number, qos).withReliable(true);
  }

  private static final class Quiet implements StoreLog {
    @Override
    public void info(String text) {}

    @Override
    public void warn(String text) {}

    @Override
    public void error(String text) {
      throw new AssertionError(text);
    }
  }
}
