package io.culvert.broker;

import static io.culvert.broker.PluginBroker.await;
import static io.culvert.broker.PluginBroker.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients of a broker on two event loops are let go at a rate. */
class DrainTest {
  private static final int SHARDS = 2;
  private static final int CLIENTS = 10;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(SHARDS));
  private final List<RawClient> clients = new ArrayList<>();
  private MqttBroker broker;
  private int port;

  @AfterEach
  void close() throws Exception {
    for (RawClient client : clients) {
      client.close();
    }
    await(vertx.close());
  }

  @Test
  void allAreToldWithinTheTimeOfTheRateAndNobodyComesInAnyMore() throws Exception {
    listen(new JsonObject());
    connect();
    assertThat(broker.isReady()).isTrue();
    assertThat(await(broker.drainStatus())).isEqualTo(new DrainStatus(false, 0, 0));
    long start = System.nanoTime();
    Future<Void> gone = broker.drain(20, false);
    for (RawClient client : clients) {
      assertThat(client.read()).isEqualTo("e0018b");
      assertThat(client.read()).as("end of stream").isEmpty();
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertThat(millis).as("ten clients, twenty a second, two at once").isGreaterThanOrEqualTo(400);
    clients.forEach(DrainTest::end); // else the broker waits for their ends
    await(gone);
    assertThat(broker.isReady()).isFalse();
    assertThat(await(broker.drainStatus())).isEqualTo(new DrainStatus(true, CLIENTS, 0));
    assertThat(await(broker.status()).sessions()).isZero();
    assertThatThrownBy(() -> new RawClient(port)).isInstanceOf(ConnectException.class);
    await(on(broker.contexts().get(0), broker::close));
  }

  @Test
  void permanentlyIsSaid() throws Exception {
    listen(new JsonObject());
    connect();
    Future<Void> gone = broker.drain(1_000_000, true);
    for (RawClient client : clients) {
      assertThat(client.read()).startsWith("e0").contains("9d");
      end(client);
    }
    await(gone);
  }

  @Test
  void theEndOfTheVerticleDrainsWithinItsLimit() throws Exception {
    listen(
        new JsonObject()
            .put("drain-per-second", 1)
            .put("drain-seconds", 1)
            .put("server-reference", "b:1"));
    connect();
    long start = System.nanoTime();
    Future<Void> ended = on(broker.contexts().get(0), broker::end);
    for (RawClient client : clients) {
      assertThat(client.read()).startsWith("e0").contains("9c");
      end(client);
    }
    await(ended);
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertThat(millis).as("half of the time at least, and not ten seconds").isBetween(500L, 9_000L);
  }

  @Test
  void aRateOfNothingIsRefused() throws Exception {
    listen(new JsonObject());
    assertThatThrownBy(() -> broker.drain(0, false)).isInstanceOf(IllegalArgumentException.class);
  }

  private void listen(JsonObject mqtt) throws Exception {
    JsonObject listener = new JsonObject().put("type", "tcp").put("port", 0);
    mqtt.put("instances", SHARDS).put("listeners", new JsonArray().add(listener));
    JsonObject config = new JsonObject().put("mqtt", mqtt);
    PluginBroker started = PluginBroker.start(vertx, config, BrokerPlugins.NONE);
    broker = started.broker();
    port = started.port();
  }

  private void connect() throws Exception {
    for (int i = 0; i < CLIENTS; i++) {
      RawClient client = new RawClient(port);
      clients.add(client);
      client.send(RawClient.connect5("c0" + i));
      assertThat(client.read()).startsWith("20");
    }
  }

  private static void end(RawClient client) {
    try {
      client.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
