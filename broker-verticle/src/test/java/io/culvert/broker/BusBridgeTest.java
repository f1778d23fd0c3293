package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.config.ConfigurationException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bridges between topics and addresses of deployed brokers, with clients on real sockets. */
class BusBridgeTest {
  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Message<JsonObject>> inbox = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void whatMatchesIsRequestedAsSubscribersGetItUntilItIsAcknowledged() throws Exception {
    int port = deploy("one", new JsonObject(), out("up", "up/#", "here"));
    listenAt("here");
    try (Mqtt5Client client = client(port, "publisher")) {
      send(client, "up/1", Properties.EMPTY);
      Message<JsonObject> first = next();
      JsonObject body = first.body().copy();
      assertThat(body.remove("subscription").toString()).matches("[0-9a-f]{16}\\.[0-9]+");
      assertThat(body)
          .isEqualTo(
              new JsonObject(
                  "{\"topic\":\"up/1\",\"qos\":1,\"retain\":false,\"payload\":\"x\",\"attempt\":1}"));
      assertThat(first.headers().getAll("culvert-bridge")).containsExactly("up");
      first.fail(1, "not yet");
      Message<JsonObject> again = next();
      assertThat(again.body().getInteger("attempt")).isEqualTo(2);
      again.reply(null);
    }
  }

  @Test
  void whatIsPublishedReachesAllConsumersAndNobodyAcknowledges() throws Exception {
    JsonObject rule = out("up", "up/#", "here").put("delivery", "publish");
    int port = deploy("one", new JsonObject(), rule);
    listenAt("here");
    listenAt("here");
    try (Mqtt5Client client = client(port, "publisher")) {
      for (int i = 0; i < 100; i++) { // more than may be unacknowledged
        send(client, "up/" + i, Properties.EMPTY);
        assertThat(next().body().getString("topic")).isEqualTo("up/" + i);
        assertThat(next().body().getString("topic")).isEqualTo("up/" + i);
      }
    }
  }

  @Test
  void noMoreAreOutstandingThanTheRuleAllows() throws Exception {
    JsonObject rule = out("up", "up/#", "here").put("max-outstanding", 2);
    int port = deploy("one", new JsonObject(), rule);
    listenAt("here");
    try (Mqtt5Client client = client(port, "publisher")) {
      for (int i = 0; i < 5; i++) {
        send(client, "up/" + i, Properties.EMPTY);
      }
      Message<JsonObject> first = next();
      Message<JsonObject> second = next();
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (status().getInteger("queuedMessages") < 3) {
        assertThat(System.nanoTime()).as("the others wait in time").isLessThan(until);
      }
      assertThat(inbox).isEmpty();
      first.reply(null);
      second.reply(null);
      for (int i = 2; i < 5; i++) {
        Message<JsonObject> message = next();
        assertThat(message.body().getString("topic")).isEqualTo("up/" + i);
        message.reply(null);
      }
    }
  }

  @Test
  void aBridgeThatIsDisconnectedComesBackToWhatWaits() throws Exception {
    int port = deploy("one", new JsonObject(), out("up", "up/#", "here"));
    listenAt("here");
    try (Mqtt5Client client = client(port, "publisher")) {
      JsonObject bridge = new JsonObject().put("clientId", "$culvert/bridge/up");
      await(vertx.eventBus().request("culvert.mqtt.admin.disconnect", bridge));
      send(client, "up/1", Properties.EMPTY);
      assertThat(next().body().getString("topic")).isEqualTo("up/1");
    }
  }

  @Test
  void whatComesToAnAddressIsPublished() throws Exception {
    int port = deploy("one", new JsonObject(), in("down", "lamps", "lamps"));
    try (Mqtt5Client client = client(port, "lamp")) {
      subscribe(client, "#");
      assertThat(request("lamps", "{\"payload\":\"on\"}").getInteger("reasonCode")).isZero();
      Publish plain = client.read(Publish.class);
      assertThat(plain.topic().toString()).isEqualTo("lamps");
      assertThat(plain.payload().toUtf8()).isEqualTo("on");
      assertThat(plain.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
      assertThat(trail(plain)).containsExactly("down");
      vertx.eventBus().send("lamps", new JsonObject("{\"topic\":\"lamps/2\",\"qos\":0}"));
      Publish below = client.read(Publish.class);
      assertThat(below.topic().toString()).isEqualTo("lamps/2");
      assertThat(below.qos()).isEqualTo(QoS.AT_MOST_ONCE);
      assertThat(eventBus().getInteger("bridgedIn")).isEqualTo(2);
    }
  }

  @Test
  void whatCannotBePublishedIsToldAndCounted() throws Exception {
    JsonObject limits = new JsonObject().put("event-bus-bytes", 10);
    deploy("one", limits, in("down", "lamps", "lamps"));
    assertRefused("{\"topic\":\"lampshades\"}", MqttFailure.BAD_REQUEST, "lie below it");
    assertRefused("{\"topic\":1}", MqttFailure.BAD_REQUEST, "topic must be a text");
    assertRefused("{\"qos\":3}", MqttFailure.BAD_REQUEST, "qos");
    assertRefused("{\"topic\":\"lamps/#\"}", MqttFailure.BAD_REQUEST, "topic is none");
    assertRefused("{\"payload\":\"eleven bytes\"}", MqttFailure.BUSY, "acknowledgement");
    assertThatThrownBy(() -> await(vertx.eventBus().request("lamps", "text")))
        .cause()
        .hasMessageContaining("must be a JSON object");
    assertThat(eventBus().getInteger("bridgeRefused")).isEqualTo(6);
    assertThat(request("lamps", "{}").getInteger("reasonCode")).isEqualTo(16);
  }

  @Test
  void bothWaysBetweenTheSameTopicAndAddressAMessageComesBackOnce() throws Exception {
    int port =
        deploy("one", new JsonObject(), out("up", "chat/#", "chat"), in("down", "chat", "chat"));
    try (Mqtt5Client client = client(port, "talker")) {
      subscribe(client, "#");
      assertThat(trailsOf(client, "chat/1", 2))
          .containsExactlyInAnyOrder(List.of(), List.of("up", "down"));
      untilLoops(1);
      assertNothingMore(client);
    }
  }

  @Test
  void twoPairsOfBridgesOnTheSameTopicDoNotFeedEachOther() throws Exception {
    int port =
        deploy(
            "one",
            new JsonObject(),
            out("a", "r/#", "x"),
            in("b", "x", "r"),
            out("c", "r/#", "y"),
            in("d", "y", "r"));
    try (Mqtt5Client client = client(port, "talker")) {
      subscribe(client, "#");
      assertThat(trailsOf(client, "r/1", 5))
          .containsExactlyInAnyOrder(
              List.of(),
              List.of("a", "b"),
              List.of("c", "d"),
              List.of("a", "b", "c", "d"),
              List.of("c", "d", "a", "b"));
      untilLoops(6);
      assertNothingMore(client);
    }
  }

  @Test
  void aRingOfTwoBrokersEndsWhereItBegan() throws Exception {
    int port = deploy("one", new JsonObject(), out("a", "r/#", "x"), in("d", "y", "r"));
    int otherPort = deploy("two", new JsonObject(), in("b", "x", "r"), out("c", "r/#", "y"));
    try (Mqtt5Client client = client(port, "talker");
        Mqtt5Client other = client(otherPort, "talker")) {
      subscribe(client, "#");
      subscribe(other, "#");
      assertThat(trailsOf(client, "r/1", 2))
          .containsExactlyInAnyOrder(List.of(), List.of("a", "b", "c", "d"));
      assertThat(trail(other.read(Publish.class))).containsExactly("a", "b");
      untilLoops(1);
      assertNothingMore(client);
      assertNothingMore(other);
    }
  }

  @Test
  void nothingGoesThroughMoreThanEightBridges() throws Exception {
    int port =
        deploy("one", new JsonObject(), out("up", "far/#", "far"), in("down", "near", "near"));
    listenAt("far");
    try (Mqtt5Client client = client(port, "talker")) {
      send(client, "far/8", marks(8));
      send(client, "far/7", marks(7));
      assertThat(next().body().getString("topic")).isEqualTo("far/7");
      JsonArray pairs = new JsonArray();
      for (int i = 0; i < 8; i++) {
        pairs.add(new JsonArray().add("culvert-bridge").add("other-" + i));
      }
      JsonObject properties = new JsonObject().put("userProperties", pairs);
      JsonObject body = new JsonObject().put("properties", properties);
      assertThat(request("near", body.encode()))
          .isEqualTo(
              new JsonObject()
                  .put("reasonCode", 0)
                  .put("reason", "not published: it goes in circles"));
      assertThat(eventBus().getInteger("bridgeLoops")).isEqualTo(2);
    }
  }

  @Test
  void aBridgeThatTheBrokerRefusesStopsTheStart() {
    assertThatThrownBy(
            () -> deploy("one", new JsonObject(), out("up", "a/".repeat(300) + "#", "here")))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("mqtt.bridges")
        .hasMessageContaining("up cannot subscribe: QUOTA_EXCEEDED");
  }

  private int deploy(String name, JsonObject limits, JsonObject... bridges) throws Exception {
    JsonObject mqtt =
        new JsonObject().put("instances", 2).put("bridges", new JsonArray(List.of(bridges)));
    JsonObject config = new JsonObject().put("limits", limits).put("mqtt", mqtt);
    return DeployedBroker.deploy(vertx, name, config).port();
  }

  private static JsonObject out(String name, String filter, String address) {
    return bridge(name, "out", address).put("filter", filter);
  }

  private static JsonObject in(String name, String address, String topic) {
    return bridge(name, "in", address).put("topic", topic);
  }

  private static JsonObject bridge(String name, String direction, String address) {
    return new JsonObject().put("name", name).put("direction", direction).put("address", address);
  }

  private void listenAt(String address) throws Exception {
    await(vertx.eventBus().<JsonObject>consumer(address, inbox::add).completion());
  }

  private Message<JsonObject> next() throws InterruptedException {
    Message<JsonObject> message = inbox.poll(10, TimeUnit.SECONDS);
    assertThat(message).as("a message in time").isNotNull();
    return message;
  }

  private JsonObject request(String address, String body) throws Exception {
    return await(vertx.eventBus().<JsonObject>request(address, new JsonObject(body))).body();
  }

  private void assertRefused(String body, MqttFailure failure, String text) {
    assertThatThrownBy(() -> request("lamps", body))
        .cause()
        .hasMessageContaining(text)
        .satisfies(told -> assertThat(MqttFailure.of(told)).isEqualTo(failure));
  }

  private JsonObject status() throws Exception {
    return request("culvert.mqtt.admin.status", "{}");
  }

  private JsonObject eventBus() throws Exception {
    return status().getJsonObject("eventBus");
  }

  /** Where there are two brokers they answer in turn. */
  private void untilLoops(int number) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (eventBus().getInteger("bridgeLoops") != number) {
      assertThat(System.nanoTime()).as("loops are stopped in time").isLessThan(until);
    }
  }

  /** Publishes, and reads so many messages to the same topic; where each came through. */
  private static List<List<String>> trailsOf(Mqtt5Client client, String topic, int number)
      throws Exception {
    client.send(publish(topic, QoS.AT_MOST_ONCE, 0, Properties.EMPTY));
    List<List<String>> trails = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      Publish publish = client.read(Publish.class);
      assertThat(publish.topic().toString()).isEqualTo(topic);
      trails.add(trail(publish));
    }
    return trails;
  }

  private static void assertNothingMore(Mqtt5Client client) throws Exception {
    client.send(publish("end", QoS.AT_MOST_ONCE, 0, Properties.EMPTY));
    assertThat(client.read(Publish.class).topic().toString()).isEqualTo("end");
  }

  private static List<String> trail(Publish publish) {
    return publish.properties().userProperties().stream()
        .filter(pair -> pair.name().equals("culvert-bridge"))
        .map(pair -> pair.value())
        .toList();
  }

  private static Properties marks(int number) {
    Properties.Builder builder = Properties.builder();
    for (int i = 0; i < number; i++) {
      builder.userProperty("culvert-bridge", "other-" + i);
    }
    return builder.build();
  }

  private static Mqtt5Client client(int port, String clientId) throws Exception {
    return Mqtt5Client.connected(port, clientId, Properties.EMPTY);
  }

  private static void subscribe(Mqtt5Client client, String filter) throws Exception {
    assertThat(client.subscribe(filter, QoS.AT_LEAST_ONCE)).isEqualTo(ReasonCode.GRANTED_QOS_1);
  }

  private static void send(Mqtt5Client client, String topic, Properties properties)
      throws Exception {
    client.send(publish(topic, QoS.AT_LEAST_ONCE, 7, properties));
    assertThat(client.read(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
  }

  private static Publish publish(String topic, QoS qos, int packetId, Properties properties) {
    return new Publish(
        TopicName.of(topic), Bytes.wrap(new byte[] {'x'}), qos, false, false, packetId, properties);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
