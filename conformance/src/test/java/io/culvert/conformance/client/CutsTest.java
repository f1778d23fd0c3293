package io.culvert.conformance.client;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientOptions;
import io.culvert.client.ReconnectOptions;
import io.culvert.conformance.broker.Relay;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.QoS;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The network breaks again and again, under both the publisher and the subscriber. */
class CutsTest {
  private static final int MESSAGES = 3000;
  private static final int CUTS = 8;

  private final Vertx vertx = Vertx.vertx();
  private InProcessBroker broker;
  private Relay relay;

  @BeforeEach
  void start() throws Exception {
    broker = InProcessBroker.start();
    relay = Relay.to(new InetSocketAddress("127.0.0.1", broker.port(0)));
  }

  @AfterEach
  void stop() throws Exception {
    relay.close();
    await(vertx.close());
    broker.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
  @Scenario(70)
  void nothingIsLostAndQos2ComesOnceInOrder(QoS qos) throws Exception {
    MqttClient publisher = client("publisher");
    MqttClient subscriber = client("subscriber");
    BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
    await(
        subscriber.subscribe(
            "cuts", qos, message -> received.add(Integer.parseInt(message.payloadAsText()))));
    List<Future<?>> published = new ArrayList<>();
    List<Integer> got = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      published.add(publisher.publish("cuts", "" + i, qos));
      if (i % (MESSAGES / CUTS) == MESSAGES / CUTS / 2) {
        got.add(next(received)); // something has gone through since the cut before
        relay.cut();
      }
    }
    await(Future.all(published));
    while (got.isEmpty() || got.get(got.size() - 1) != MESSAGES - 1) {
      got.add(next(received));
    }
    if (qos == QoS.EXACTLY_ONCE) {
      assertThat(got).hasSize(MESSAGES).isSorted().doesNotHaveDuplicates();
    } else {
      assertThat(got.stream().distinct().toList()).hasSize(MESSAGES).isSorted();
    }
  }

  private MqttClient client(String id) throws Exception {
    MqttClient client =
        MqttClient.create(
            vertx,
            new MqttClientOptions()
                .setAddresses("mqtt://127.0.0.1:" + relay.address().getPort())
                .setClientId(id)
                .setReconnect(ReconnectOptions.defaults().withDelays(1, 50)));
    await(client.connect());
    return client;
  }
}
