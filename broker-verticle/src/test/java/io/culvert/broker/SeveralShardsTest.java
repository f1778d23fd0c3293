package io.culvert.broker;

import static io.culvert.broker.PluginBroker.await;
import static io.culvert.broker.PluginBroker.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.broker.config.BrokerOptions;
import io.culvert.mqtt.Scenario;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A broker on three event loops, whose clients come to one after the other. */
class SeveralShardsTest {
  private static final int SHARDS = 3;
  private static final String SUBSCRIBE = "82090001000003612f6200";
  private static final String PUBLISH_QOS1 = "320d0003612f6200070068656c6c6f";

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(SHARDS));
  private final List<RawClient> clients = new ArrayList<>();
  private MqttBroker broker;
  private int port;

  @BeforeEach
  void listen() throws Exception {
    JsonObject listener = new JsonObject().put("type", "tcp").put("port", 0);
    JsonObject config =
        new JsonObject()
            .put(
                "mqtt",
                new JsonObject()
                    .put("instances", SHARDS)
                    .put("listeners", new JsonArray().add(listener)));
    PluginBroker started = PluginBroker.start(vertx, config, BrokerPlugins.NONE);
    broker = started.broker();
    port = started.port();
  }

  @AfterEach
  void close() throws Exception {
    for (RawClient client : clients) {
      client.close();
    }
    await(vertx.close());
  }

  @Test
  @Scenario(131)
  void aMessageReachesSubscribersOfAllShards() throws Exception {
    List<RawClient> subscribers = connectOneInEach();
    for (RawClient subscriber : subscribers) {
      subscriber.send(SUBSCRIBE);
      assertThat(subscriber.read()).isEqualTo("900400010000");
    }
    RawClient publisher = connect("pub");
    publisher.send(PUBLISH_QOS1);
    assertThat(publisher.read()).startsWith("4002");
    for (RawClient subscriber : subscribers) {
      assertThat(subscriber.read()).isEqualTo("300b0003612f620068656c6c6f");
    }
  }

  @Test
  void clientsOfAllShardsAreToldThatItStops() throws Exception {
    List<RawClient> all = connectOneInEach();
    Future<Void> closed = on(broker.contexts().get(0), broker::close);
    for (RawClient client : all) {
      assertThat(client.read()).as("Server shutting down").isEqualTo("e0018b");
      assertThat(client.read()).as("end of stream").isEmpty();
      client.close();
    }
    await(closed);
  }

  @Test
  void statusIsThatOfAllShards() throws Exception {
    for (RawClient client : connectOneInEach()) {
      client.send(SUBSCRIBE);
      client.read();
    }
    RawClient publisher = connect("pub");
    publisher.send(PUBLISH_QOS1);
    publisher.read();
    for (int i = 0; i < SHARDS; i++) {
      clients.get(i).read();
    }
    BrokerStatus status = await(broker.status());
    assertThat(status.sessions()).isEqualTo(SHARDS + 1);
    assertThat(status.subscriptions()).isEqualTo(SHARDS);
    assertThat(status.counters().received()).isEqualTo(1);
    assertThat(status.counters().delivered()).isEqualTo(SHARDS);
  }

  @Test
  void streamsAreServedOnTheirOwnEventLoop() throws Exception {
    for (Context each : broker.contexts()) {
      NetServer server =
          await(
              on(
                  each,
                  () ->
                      vertx
                          .createNetServer()
                          .connectHandler(socket -> broker.attach(socket, socket, socket::close))
                          .listen(0, "127.0.0.1")));
      RawClient client = new RawClient(server.actualPort());
      clients.add(client);
      client.send(RawClient.connect5("att"));
      assertThat(client.read()).startsWith("20");
    }
    assertThat(broker.contexts()).hasSize(SHARDS).doesNotHaveDuplicates();
    assertThatThrownBy(() -> broker.attach(null, null, () -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("contexts()");
  }

  @Test
  void moreShardsThanEventLoopsAreRefused() {
    JsonObject config = new JsonObject().put("mqtt", new JsonObject().put("instances", SHARDS + 1));
    assertThatThrownBy(
            () -> MqttBroker.create(vertx.getOrCreateContext(), BrokerOptions.parse(config)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("4 shards for the 3 event loops of this Vert.x");
  }

  private List<RawClient> connectOneInEach() throws Exception {
    List<RawClient> connected = new ArrayList<>();
    for (int i = 0; i < SHARDS; i++) {
      connected.add(connect("c0" + i));
    }
    return connected;
  }

  private RawClient connect(String clientId) throws Exception {
    RawClient client = new RawClient(port);
    clients.add(client);
    client.send(RawClient.connect5(clientId));
    assertThat(client.read()).startsWith("20");
    return client;
  }
}
