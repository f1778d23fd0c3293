package io.culvert.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.runtime.bus.TcpAddresses;
import io.culvert.runtime.metrics.PartMetrics;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Others ask, publish, subscribe and bridge over the event bus. */
class TcpBusTest {
  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<io.vertx.core.eventbus.Message<JsonObject>> inbox =
      new LinkedBlockingQueue<>();

  @TempDir Path folder;

  @AfterEach
  void close() {
    Sync.await(vertx.close());
  }

  @Test
  void peersAreAskedAndTheirAnswersAreReplies() throws Exception {
    Service service = Service.deploy(vertx, Service.config(folder));
    TcpClient client = service.client();
    client
        .handlers()
        .on(
            MessageType.REQUEST_URI,
            "temperature",
            (message, server) ->
                Reply.later(
                    server
                        .send(message.reply(MessageType.RESPOND_URI, Bytes.hex("ff")))
                        .map(sent -> Reply.none())));
    client
        .handlers()
        .on(
            MessageType.DELETE_URI,
            (message, server) ->
                Reply.later(
                    server
                        .send(
                            message.reply(
                                MessageType.NOT_FOUND, "no " + message.content().toUtf8()))
                        .map(sent -> Reply.none())));
    Sync.await(client.connect(service.uri().getHost(), service.uri().getPort()));
    Sync.await(client.receiveAll(true));
    assertThat(service.ask(TcpAddresses.REQUEST, to(1, "temperature")))
        .isEqualTo(
            new JsonObject()
                .put("type", "respond")
                .put("uri", "temperature")
                .put("contentBase64", "/w=="));
    JsonObject delete = to(1, "x").put("type", "delete").put("content", "such thing");
    assertThat(service.ask(TcpAddresses.REQUEST, delete))
        .isEqualTo(
            new JsonObject()
                .put("type", "not_found")
                .put("uri", "x")
                .put("content", "no such thing"));
    assertThat(service.refusal(TcpAddresses.REQUEST, to(1, "silence").put("timeoutMillis", 20)))
        .hasMessageContaining("TIMEOUT");
    assertThat(service.refusal(TcpAddresses.REQUEST, to(2, "x")))
        .hasMessageContaining("PEER_UNKNOWN");
    assertThat(service.refusal(TcpAddresses.REQUEST, to(1, "x").put("type", "greet")))
        .hasMessageContaining("BAD_REQUEST: type is no message type");
  }

  @Test
  void requestsToAPeerAreBoundedAndEndWithIt() throws Exception {
    JsonObject config = Service.config(folder);
    config.getJsonObject("tcp").put("max-requests", 1);
    Service service = Service.deploy(vertx, config);
    TcpClient client = service.connected();
    Sync.until("it is there", () -> !peers(service).isEmpty());
    var waiting = vertx.eventBus().request(TcpAddresses.REQUEST, to(1, "a"));
    assertThat(service.refusal(TcpAddresses.REQUEST, to(1, "b"))).hasMessageContaining("BUSY");
    Sync.await(client.close());
    assertThat(Sync.failure(waiting)).hasMessageContaining("CLOSED");
  }

  @Test
  void subscribersOnTheBusGetWhatIsPublished() throws Exception {
    Service service = Service.deploy(vertx, Service.config(folder));
    TcpClient client = service.connected();
    listenAt("app.news");
    JsonObject granted =
        service.ask(TcpAddresses.SUBSCRIBE, uri("news").put("address", "app.news"));
    assertThat(granted.getInteger("leaseSeconds")).isEqualTo(30);
    Sync.await(client.subscribe("news"));
    Message published =
        Sync.await(client.request(Message.of(MessageType.PUBLISH_URI, "news", "from a peer")));
    assertThat(published.content().toUtf8()).isEqualTo("2");
    JsonObject first = next().body();
    assertThat(first.getJsonObject("peer").getLong("id")).isEqualTo(1);
    first.remove("peer");
    assertThat(first).isEqualTo(uri("news").put("type", "publish").put("content", "from a peer"));
    assertThat(service.ask(TcpAddresses.PUBLISH, uri("news").put("content", "from the bus")))
        .isEqualTo(new JsonObject().put("sent", 2));
    assertThat(next().body().getString("content")).isEqualTo("from the bus");
    assertThat(service.ask(TcpAddresses.PUBLISH, uri("olds")).getInteger("sent")).isZero();

    JsonObject named = new JsonObject().put("subscription", granted.getString("subscription"));
    service.ask(TcpAddresses.RENEW, named);
    String at = granted.getString("subscription").split("\\.")[0];
    service.ask(TcpAddresses.at(at, TcpAddresses.UNSUBSCRIBE), named);
    assertThat(service.refusal(TcpAddresses.RENEW, named))
        .hasMessageContaining("SUBSCRIPTION_UNKNOWN");
    assertThat(service.ask(TcpAddresses.PUBLISH, uri("news")).getInteger("sent")).isEqualTo(1);
  }

  @Test
  void subscriberThatDoesNotReplyGetsNoMoreThanItMay() throws Exception {
    Service service = Service.deploy(vertx, Service.config(folder));
    listenAt("app.slow");
    service.ask(
        TcpAddresses.SUBSCRIBE, uri("news").put("address", "app.slow").put("maxOutstanding", 1));
    assertThat(service.ask(TcpAddresses.PUBLISH, uri("news")).getInteger("sent")).isEqualTo(1);
    assertThat(service.ask(TcpAddresses.PUBLISH, uri("news")).getInteger("sent")).isZero();
    assertThat(counter(service, "busDropped")).isEqualTo(1);
    assertThat(PartMetrics.read(vertx))
        .filteredOn(each -> each.metric().name().equals("culvert.tcp.bus.dropped"))
        .extracting(PartMetrics.Reading::value)
        .containsExactly(1L);
    next().reply(null);
    Sync.until(
        "it has room again",
        () -> service.ask(TcpAddresses.PUBLISH, uri("news")).getInteger("sent") == 1);
  }

  @Test
  void leaseThatIsNotRenewedEnds() throws Exception {
    JsonObject config = Service.config(folder);
    config.getJsonObject("tcp").put("max-bus-subscriptions", 1);
    Service service = Service.deploy(vertx, config);
    JsonObject request = uri("news").put("address", "app.dead").put("leaseSeconds", 1);
    service.ask(TcpAddresses.SUBSCRIBE, request);
    assertThat(service.refusal(TcpAddresses.SUBSCRIBE, request)).hasMessageContaining("BUSY");
    Sync.until("it has ended", () -> limit(service, "busSubscriptions").getInteger("used") == 0);
    service.ask(TcpAddresses.SUBSCRIBE, request);
  }

  @Test
  void bodiesThatContradictThemselvesAreRefused() throws Exception {
    Service service = Service.deploy(vertx, Service.config(folder));
    JsonObject both = uri("news").put("content", "a").put("contentBase64", "YQ==");
    for (String address :
        new String[] {TcpAddresses.PUBLISH, TcpAddresses.NOTIFY, TcpAddresses.BROADCAST}) {
      assertThat(service.refusal(address, both))
          .hasMessageContaining("BAD_REQUEST: contentBase64 stands beside content");
      assertThat(service.refusal(address, new JsonObject()))
          .hasMessageContaining("BAD_REQUEST: uri is needed, or uriBase64");
    }
    assertThat(service.refusal(TcpAddresses.NOTIFY, uri("a").put("uriBase64", "YQ==")))
        .hasMessageContaining("uriBase64 stands beside uri");
    assertThat(service.refusal(TcpAddresses.NOTIFY, uri("\ud800")))
        .hasMessageContaining("half of a surrogate pair");
    assertThat(service.refusal(TcpAddresses.NOTIFY, new JsonObject().put("uriBase64", "?")))
        .hasMessageContaining("must be Base64");
  }

  @Test
  void bridgesLeadToAddressesAndBack() throws Exception {
    Service service =
        Service.deploy(
            vertx,
            Service.with(
                Service.config(folder),
                "bridges",
                rule("up", "out", "sensors/#").put("address", "app.sensors"),
                rule("down", "in", "lamps/#").put("address", "app.lamps")));
    TcpClient client = service.connected();
    listenAt("app.sensors");
    var published = client.request(Message.of(MessageType.PUBLISH_URI, "sensors/kitchen", "21.5"));
    var carried = next();
    assertThat(carried.body().getString("uri")).isEqualTo("sensors/kitchen");
    assertThat(carried.headers().get("culvert-bridge")).startsWith("up@");
    assertThat(published.isComplete()).isFalse(); // before the bridge's other end has it
    carried.reply(null);
    assertThat(Sync.await(published).content().toUtf8()).isEqualTo("0");

    Sync.await(client.subscribe("lamps/2"));
    JsonObject on = uri("lamps/2").put("content", "on");
    assertThat(service.ask("app.lamps", on).getInteger("sent")).isEqualTo(1);
    Message told = Sync.await(client.receiveOnce()).orElseThrow();
    assertThat(told.uri().toUtf8()).isEqualTo("lamps/2");
    assertThat(told.content().toUtf8()).isEqualTo("on");
    assertThat(service.refusal("app.lamps", uri("lampshades")))
        .hasMessageContaining("uri must be of lamps/#");
    assertThat(counter(service, "bridgedOut")).isEqualTo(1);
    assertThat(counter(service, "bridgedIn")).isEqualTo(1);
    assertThat(counter(service, "bridgeRefused")).isEqualTo(1);
  }

  @Test
  void whoPublishesLearnsThatABridgeCouldNot() throws Exception {
    Service service =
        Service.deploy(
            vertx,
            Service.with(
                Service.config(folder),
                "bridges",
                rule("nobody", "out", "gone").put("address", "app.gone"),
                rule("topic", "out", "sensors/#").put("topic", "devices/#"),
                rule("one", "out", "slow").put("address", "app.slow").put("max-outstanding", 1)));
    TcpClient client = service.connected();
    TcpClient other = service.connected();
    assertThat(publish(client, "gone")).startsWith("NOT_CARRIED: the bridge nobody: ");
    assertThat(publish(client, "sensors/+"))
        .isEqualTo("NOT_CARRIED: the bridge topic: no topic can be made of the URI");
    assertThat(publish(client, "sensors/1")).contains("No handlers for address culvert.mqtt");
    assertThat(publish(client, "elsewhere")).isEqualTo("0");
    listenAt("app.slow");
    var first = client.request(Message.of(MessageType.PUBLISH_URI, "slow"));
    var waits = next();
    assertThat(publish(other, "slow")).startsWith("BUSY: 1 messages are on their way");
    waits.reply(null);
    assertThat(Sync.await(first).type()).isEqualTo(MessageType.OK);
  }

  @Test
  void whatWentOutDoesNotComeBackIn() throws Exception {
    Service service =
        Service.deploy(
            vertx,
            Service.with(
                Service.config(folder),
                "bridges",
                rule("out", "out", "news").put("address", "app.news").put("delivery", "publish"),
                rule("in", "in", "news").put("address", "app.news")));
    TcpClient client = service.connected();
    Sync.await(client.subscribe("news"));
    assertThat(publish(client, "news")).isEqualTo("1");
    Sync.until("it was stopped", () -> counter(service, "bridgeLoops") == 1);
    assertThat(service.ask("app.news", uri("news").put("content", "fresh")).getInteger("sent"))
        .isEqualTo(1);
    assertThat(Sync.await(client.receiveOnce()).orElseThrow().content().isEmpty()).isTrue();
    assertThat(Sync.await(client.receiveOnce()).orElseThrow().content().toUtf8())
        .isEqualTo("fresh");
  }

  @Test
  void rulesThatContradictThemselvesStopTheStart() throws Exception {
    JsonObject config =
        Service.with(
            Service.config(folder),
            "bridges",
            rule("a b", "out", "u").put("topic", "t").put("address", "a"),
            rule("x", "in", "u/#").put("filter", "t/+/#").put("delivery", "publish"),
            rule("x", "out", "u").put("topic", "t/#").put("filter", "f"),
            new JsonObject().put("direction", "in").put("address", "culvert.tcp.notify"));
    assertThat(
            Sync.failure(
                vertx.deployVerticle(TcpVerticle::new, new DeploymentOptions().setConfig(config))))
        .hasMessageContaining("tcp.bridges[0].name: has other characters")
        .hasMessageContaining("tcp.bridges[0].topic: is needed, or address, and not both")
        .hasMessageContaining("tcp.bridges[1].uri: may end with # only where filter is")
        .hasMessageContaining("tcp.bridges[1].delivery: has a meaning only with direction: out")
        .hasMessageContaining("tcp.bridges[2].name: is the name of another bridge")
        .hasMessageContaining("tcp.bridges[2].topic: may end with # only where uri does")
        .hasMessageContaining("tcp.bridges[2].filter: has a meaning only with direction: in")
        .hasMessageContaining("tcp.bridges[3].name: is needed")
        .hasMessageContaining("tcp.bridges[3].uri: is needed")
        .hasMessageContaining("tcp.bridges[3].address: is a name of Culvert's own");
  }

  private static String publish(TcpClient client, String uri) {
    return Sync.await(client.request(Message.of(MessageType.PUBLISH_URI, uri))).content().toUtf8();
  }

  private void listenAt(String address) {
    Sync.await(vertx.eventBus().<JsonObject>consumer(address, inbox::add).completion());
  }

  private io.vertx.core.eventbus.Message<JsonObject> next() throws Exception {
    var message = inbox.poll(20, TimeUnit.SECONDS);
    assertThat(message).isNotNull();
    return message;
  }

  private static JsonArray peers(Service service) {
    return service.ask(TcpAddresses.PEERS, new JsonObject()).getJsonArray("peers");
  }

  private static long counter(Service service, String name) {
    return service
        .ask(TcpAddresses.STATUS, new JsonObject())
        .getJsonObject("counters")
        .getLong(name);
  }

  private static JsonObject limit(Service service, String name) {
    return service
        .ask(TcpAddresses.STATUS, new JsonObject())
        .getJsonObject("limits")
        .getJsonObject(name);
  }

  private static JsonObject rule(String name, String direction, String uri) {
    return new JsonObject().put("name", name).put("direction", direction).put("uri", uri);
  }

  private static JsonObject to(long id, String uri) {
    return uri(uri).put("id", id);
  }

  private static JsonObject uri(String uri) {
    return new JsonObject().put("uri", uri);
  }
}
