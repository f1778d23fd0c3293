package io.culvert.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.BrokerVerticle;
import io.culvert.runtime.bus.CulvertMqtt;
import io.culvert.runtime.bus.MqttMessage;
import io.culvert.runtime.bus.ReceivedMessage;
import io.culvert.runtime.bus.SubscribeRequest;
import io.culvert.runtime.bus.TcpAddresses;
import io.culvert.tcp.TcpClient;
import io.culvert.tcp.TcpClientOptions;
import io.culvert.tcp.TcpVerticle;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bridges between URIs of the TCP message service and topics of the broker, which is beside it. */
class TcpBridgeTest {
  private static final int LIMIT_SECONDS = 20;

  private final Vertx vertx = Vertx.vertx();
  private final CulvertMqtt mqtt = CulvertMqtt.create(vertx);
  private final BlockingQueue<ReceivedMessage> inbox = new LinkedBlockingQueue<>();
  private final Set<String> cameBefore = new HashSet<>();

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void whatPeersPublishBecomesMessagesOfMqtt() throws Exception {
    deployBroker();
    TcpClient peer = deployService(rule("up", "out", "sensors/#").put("topic", "devices/#"));
    subscribe("#");
    Message reading = Message.of(MessageType.PUBLISH_URI, "sensors/kitchen/1", "21.5");
    assertThat(await(peer.request(reading)).type()).isEqualTo(MessageType.OK);
    ReceivedMessage published = next();
    assertThat(published.message().topic()).isEqualTo("devices/kitchen/1");
    assertThat(published.message().payload()).hasToString("21.5");
    assertThat(published.message().qos()).isEqualTo(1);
    assertThat(published.message().properties().userProperties())
        .singleElement()
        .satisfies(
            mark -> {
              assertThat(mark.name()).isEqualTo("culvert-bridge");
              assertThat(mark.value()).matches("up@[0-9a-f]{16}");
            });
  }

  @Test
  void messagesOfMqttReachThePeersThatHaveSubscribed() throws Exception {
    deployBroker();
    TcpClient peer =
        deployService(
            rule("down", "in", "lamps/#").put("filter", "commands/#"),
            rule("alarms", "in", "alarm").put("filter", "+/alarm").put("qos", 2));
    await(peer.subscribe("lamps/2"));
    await(peer.subscribe("alarm"));
    untilItComes(peer, MqttMessage.of("commands/2", "on"), "lamps/2 on");
    untilItComes(peer, MqttMessage.of("cellar/alarm", "fire").withQos(2), "alarm fire");
  }

  /** The broker may come later, and with a bridge both ways nothing comes twice. */
  @Test
  void bridgesWaitForTheBrokerAndStopWhatComesBack() throws Exception {
    TcpClient peer =
        deployService(
            rule("up", "out", "news/#").put("topic", "news/#"),
            rule("down", "in", "news/#").put("filter", "news/#"));
    await(peer.subscribe("news/1"));
    Message told = Message.of(MessageType.PUBLISH_URI, "news/1", "from a peer");
    assertThat(await(peer.request(told)).content().toUtf8()).startsWith("NOT_CARRIED");
    assertThat(received(peer)).isEqualTo("news/1 from a peer");
    deployBroker();
    untilItComes(peer, MqttMessage.of("news/1", "from the broker"), "news/1 from the broker");
    assertThat(await(peer.request(told)).content().toUtf8()).isEqualTo("1");
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (counter("bridgeLoops") == 0) {
      assertThat(System.nanoTime()).isLessThan(until);
    }
    await(mqtt.publish(MqttMessage.of("news/1", "the last")));
    List<String> others = new ArrayList<>();
    while (!others.contains("news/1 the last")) {
      String next = received(peer);
      if (!next.equals("news/1 from the broker")) { // which was published until it came
        others.add(next);
      }
    }
    assertThat(others).containsExactly("news/1 from a peer", "news/1 the last");
  }

  /** A bridge subscribes in its own time; what was published until then may come later. */
  private void untilItComes(TcpClient peer, MqttMessage message, String expected) throws Exception {
    Future<String> coming = peer.receiveOnce().map(TcpBridgeTest::text);
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!coming.isComplete() || !await(coming).equals(expected)) {
      if (coming.isComplete()) {
        assertThat(await(coming)).isIn(cameBefore);
        coming = peer.receiveOnce().map(TcpBridgeTest::text);
      }
      await(mqtt.publish(message));
      assertThat(System.nanoTime()).isLessThan(until);
    }
    cameBefore.add(expected);
  }

  private void deployBroker() throws Exception {
    JsonArray listeners = new JsonArray().add(new JsonObject().put("port", 0));
    deploy(
        new BrokerVerticle(),
        new JsonObject()
            .put("mqtt", new JsonObject().put("listeners", listeners))
            .put("store", new JsonObject().put("type", "memory")));
  }

  private TcpClient deployService(JsonObject... rules) throws Exception {
    JsonObject tcp =
        new JsonObject()
            .put("port", 0)
            .put("anonymous", true)
            .put("bridges", new JsonArray(List.of((Object[]) rules)));
    deploy(new TcpVerticle(), new JsonObject().put("tcp", tcp).put("deployment", "tcp"));
    Object bound =
        vertx.sharedData().getLocalMap("culvert.listeners.tcp").keySet().iterator().next();
    TcpClient peer = TcpClient.create(vertx, new TcpClientOptions());
    await(peer.connect("127.0.0.1", URI.create(bound.toString()).getPort()));
    return peer;
  }

  private void deploy(Deployable verticle, JsonObject config) throws Exception {
    await(vertx.deployVerticle(verticle, new DeploymentOptions().setConfig(config)));
  }

  private void subscribe(String filter) throws Exception {
    await(
        mqtt.subscribe(
            SubscribeRequest.to(filter),
            received -> {
              inbox.add(received);
              return Future.succeededFuture();
            }));
  }

  private ReceivedMessage next() throws Exception {
    ReceivedMessage message = inbox.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    assertThat(message).isNotNull();
    return message;
  }

  private long counter(String name) throws Exception {
    return await(
        vertx
            .eventBus()
            .<JsonObject>request(TcpAddresses.STATUS, new JsonObject())
            .map(reply -> reply.body().getJsonObject("counters").getLong(name)));
  }

  private static String received(TcpClient peer) throws Exception {
    return text(await(peer.receiveOnce()));
  }

  private static String text(Optional<Message> received) {
    Message message = received.orElseThrow();
    return message.uri().toUtf8() + " " + message.content().toUtf8();
  }

  private static JsonObject rule(String name, String direction, String uri) {
    return new JsonObject().put("name", name).put("direction", direction).put("uri", uri);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }
}
