package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.UserProperty;
import io.culvert.runtime.bus.CulvertMqtt;
import io.culvert.runtime.bus.MqttAddresses;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.MqttMessage;
import io.culvert.runtime.bus.MqttProperties;
import io.culvert.runtime.bus.MqttSubscription;
import io.culvert.runtime.bus.PublishResult;
import io.culvert.runtime.bus.ReceivedMessage;
import io.culvert.runtime.bus.SubscribeRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The event-bus API of a deployed broker with two shards, with clients on real sockets. */
class BusApiTest {
  private static final Function<ReceivedMessage, Future<?>> TAKEN =
      message -> Future.succeededFuture();

  private final BlockingQueue<ReceivedMessage> inbox = new LinkedBlockingQueue<>();
  private Vertx vertx;
  private CulvertMqtt mqtt;
  private DeployedBroker broker;

  @BeforeEach
  void deploy() throws Exception {
    vertx = Vertx.vertx();
    mqtt = CulvertMqtt.create(vertx);
    deploy(new JsonObject());
  }

  private void deploy(JsonObject limits) throws Exception {
    JsonObject mqtt =
        new JsonObject()
            .put("instances", 2)
            .put("versions", new JsonArray().add("3.1.1").add("5.0"));
    broker =
        DeployedBroker.deploy(
            vertx, "test", new JsonObject().put("limits", limits).put("mqtt", mqtt));
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void aMessageFromTheEventBusReachesAnMqttClientWithAllItsProperties() throws Exception {
    try (Mqtt5Client client = client("subscriber")) {
      assertThat(client.subscribe("sensors/#", QoS.EXACTLY_ONCE))
          .isEqualTo(ReasonCode.GRANTED_QOS_2);
      MqttProperties properties =
          new MqttProperties(
              "text/plain",
              "answers/1",
              Buffer.buffer(new byte[] {0, -1}),
              List.of(
                  new MqttProperties.UserProperty("a", "1"),
                  new MqttProperties.UserProperty("a", "2")),
              1);
      MqttMessage message =
          MqttMessage.of("sensors/1", "21 °C").withProperties(properties).withExpirySeconds(600);
      assertThat(await(mqtt.publish(message))).isEqualTo(new PublishResult(0, "success"));

      Publish publish = client.read(Publish.class);
      assertThat(publish.topic().toString()).isEqualTo("sensors/1");
      assertThat(publish.payload().toUtf8()).isEqualTo("21 °C");
      assertThat(publish.qos()).isEqualTo(QoS.AT_LEAST_ONCE);
      assertThat(publish.properties().entries().toString())
          .contains("text/plain", "answers/1", "600", "PAYLOAD_FORMAT_INDICATOR=1");
      assertThat(publish.properties().binary(Property.CORRELATION_DATA))
          .isEqualTo(Bytes.wrap(new byte[] {0, -1}));
      assertThat(publish.properties().userProperties())
          .containsExactly(new UserProperty("a", "1"), new UserProperty("a", "2"));
    }
  }

  @Test
  void tellsThatNobodyIsSubscribed() throws Exception {
    assertThat(await(mqtt.publish(MqttMessage.of("nobody/here", "x"))))
        .isEqualTo(new PublishResult(16, "no matching subscribers"));
    assertThat(await(mqtt.publish(MqttMessage.of("nobody/here", "x").withQos(2))).reasonCode())
        .as("PUBREC says so")
        .isEqualTo(16);
    assertThat(await(mqtt.publish(MqttMessage.of("nobody/here", "x").withQos(0))).reasonCode())
        .isZero();
  }

  @Test
  void aSubscriberGetsWhatAnMqttClientPublishesAndItsReplyAcknowledges() throws Exception {
    MqttSubscription subscription = subscribe(SubscribeRequest.to("up/#").withQos(2), TAKEN);
    try (Mqtt5Client client = client("publisher")) {
      client.send(publish("up/1", QoS.AT_LEAST_ONCE, 7, new byte[] {(byte) 0xff, 0}));
      assertThat(client.read(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    }
    ReceivedMessage received = next();
    assertThat(received.message().topic()).isEqualTo("up/1");
    assertThat(received.message().payload()).isEqualTo(Buffer.buffer(new byte[] {-1, 0}));
    assertThat(received.message().qos()).isEqualTo(1);
    assertThat(received.attempt()).isEqualTo(1);

    await(mqtt.publish(MqttMessage.of("up/2", "two").withQos(2)));
    assertThat(next().message()).isEqualTo(MqttMessage.of("up/2", "two").withQos(2));
    await(mqtt.publish(MqttMessage.of("up/0", "none").withQos(0)));
    assertThat(next().message().qos()).isZero();

    await(subscription.unsubscribe());
    untilNobodyIsSubscribed("up/3");
    assertThat(inbox).isEmpty();
  }

  @Test
  void whatIsNotAcknowledgedComesAgain() throws Exception {
    subscribe(
        SubscribeRequest.to("work/#"),
        message ->
            message.attempt() < 3 ? Future.failedFuture("not yet") : Future.succeededFuture());
    await(mqtt.publish(MqttMessage.of("work/1", "x")));
    assertThat(next().attempt()).isEqualTo(1);
    assertThat(next().attempt()).isEqualTo(2);
    assertThat(next().attempt()).isEqualTo(3);
    await(mqtt.publish(MqttMessage.of("work/2", "y")));
    assertThat(next().message().topic()).as("the first one was acknowledged").isEqualTo("work/2");
  }

  @Test
  void noMoreAreOutstandingThanTheSubscriberWants() throws Exception {
    Promise<Void> open = Promise.promise();
    subscribe(SubscribeRequest.to("flood").withMaxOutstanding(3), message -> open.future());
    for (int i = 0; i < 10; i++) {
      await(mqtt.publish(MqttMessage.of("flood", String.valueOf(i))));
    }
    for (int i = 0; i < 3; i++) {
      assertThat(next().message().payload()).isEqualTo(Buffer.buffer(String.valueOf(i)));
    }
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (status().getInteger("queuedMessages") < 7) {
      assertThat(System.nanoTime()).as("the others wait in time").isLessThan(until);
    }
    assertThat(inbox).isEmpty();
    open.complete();
    for (int i = 3; i < 10; i++) {
      assertThat(next().message().payload()).isEqualTo(Buffer.buffer(String.valueOf(i)));
    }
  }

  @Test
  void aMessageIsGivenUpAfterAsManyAttemptsAsTheSubscriberWants() throws Exception {
    subscribe(
        SubscribeRequest.to("poison/#").withMaxAttempts(2).withMaxOutstanding(1),
        message ->
            message.message().topic().endsWith("bad")
                ? Future.failedFuture("cannot read it")
                : Future.succeededFuture());
    await(mqtt.publish(MqttMessage.of("poison/bad", "x")));
    await(mqtt.publish(MqttMessage.of("poison/good", "y")));
    assertThat(next().attempt()).isEqualTo(1);
    assertThat(next().attempt()).isEqualTo(2);
    assertThat(next().message().topic()).isEqualTo("poison/good");
  }

  @Test
  void aSessionKeepsMessagesUntilItsSubscriberComesBack() throws Exception {
    SubscribeRequest request =
        SubscribeRequest.to("orders/#").withSession("shop").withLeaseSeconds(1);
    JsonObject first = request("subscribe", request.toJson());
    assertThat(first.getBoolean("sessionPresent")).isFalse();
    // It does not renew, and nobody listens at its address.
    await(mqtt.publish(MqttMessage.of("orders/1", "while alive")));
    untilUnknown(first.getString("subscription"));
    await(mqtt.publish(MqttMessage.of("orders/2", "while away")));

    MqttSubscription back = subscribe(SubscribeRequest.to("orders/#").withSession("shop"), TAKEN);
    assertThat(next().message().topic()).isEqualTo("orders/1");
    assertThat(next().message().topic()).isEqualTo("orders/2");
    await(back.unsubscribe());
    untilNobodyIsSubscribed("orders/3");
  }

  @Test
  void aDeadSubscribersSubscriptionEndsWithItsLease() throws Exception {
    JsonObject granted =
        request("subscribe", SubscribeRequest.to("dead/#").withLeaseSeconds(1).toJson());
    assertThat(await(mqtt.publish(MqttMessage.of("dead/1", "x"))).reasonCode()).isZero();
    untilNobodyIsSubscribed("dead/2");
    untilUnknown(granted.getString("subscription"));
  }

  @Test
  void aNewerSubscriberTakesTheSessionAndTheOlderIsTold() throws Exception {
    SubscribeRequest request = SubscribeRequest.to("one/#").withSession("one").withLeaseSeconds(1);
    MqttSubscription older = subscribe(request, TAKEN);
    BlockingQueue<ReceivedMessage> inboxOfNewer = new LinkedBlockingQueue<>();
    MqttSubscription newer = subscribe(request.withAddress("newer"), TAKEN, inboxOfNewer);
    await(older.ended());
    await(mqtt.publish(MqttMessage.of("one/1", "x")));
    assertThat(next(inboxOfNewer).message().topic()).isEqualTo("one/1");
    assertThat(inbox).as("of the older").isEmpty();
    assertThat(newer.ended().isComplete()).isFalse();
  }

  @Test
  void subscribesAgainWhenTheBrokerWasStartedAnew() throws Exception {
    subscribe(SubscribeRequest.to("again/#").withLeaseSeconds(1), TAKEN);
    await(vertx.undeploy(broker.id()));
    deploy(new JsonObject());
    // Retained, so that it comes when the subscriber does, at its next renewal.
    await(mqtt.publish(MqttMessage.of("again/1", "x").withRetain(true)));
    assertThat(next().message().topic()).isEqualTo("again/1");
  }

  @Test
  void aLeaseThatIsRenewedOutlivesOneThatIsNot() throws Exception {
    MqttSubscription alive = subscribe(SubscribeRequest.to("alive/#").withLeaseSeconds(3), TAKEN);
    JsonObject dead =
        request("subscribe", SubscribeRequest.to("dead/#").withLeaseSeconds(3).toJson());
    untilUnknown(dead.getString("subscription"));
    assertThat(eventBus().getInteger("leasesEnded")).isEqualTo(1);
    assertThat(alive.ended().isComplete()).isFalse();
  }

  @Test
  void aLostRenewalDoesNotEndTheLease() throws Exception {
    AtomicBoolean lost = new AtomicBoolean();
    vertx
        .eventBus()
        .addOutboundInterceptor(
            sent -> {
              boolean loses = sent.message().address().equals(MqttAddresses.RENEW);
              if (!loses || !lost.compareAndSet(false, true)) {
                sent.next();
              }
            });
    MqttSubscription alive = subscribe(SubscribeRequest.to("alive/#").withLeaseSeconds(3), TAKEN);
    JsonObject dead =
        request("subscribe", SubscribeRequest.to("dead/#").withLeaseSeconds(3).toJson());
    untilUnknown(dead.getString("subscription"));
    assertThat(lost).isTrue();
    assertThat(eventBus().getInteger("leasesEnded")).isEqualTo(1);
    assertThat(eventBus().getInteger("subscriptions")).isEqualTo(1);
    assertThat(alive.ended().isComplete()).isFalse();
  }

  @Test
  void thePublisherComesBackHoweverItWasDisconnected() throws Exception {
    await(mqtt.publish(MqttMessage.of("a", "x")));
    request(
        "admin.disconnect",
        new JsonObject().put("clientId", "$culvert/publisher").put("serverReference", "b:1883"));
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    boolean published = false;
    while (!published) {
      assertThat(System.nanoTime()).as("it connects in time").isLessThan(until);
      published = await(mqtt.publish(MqttMessage.of("a", "x")).map(true).otherwise(false));
    }
  }

  @Test
  void aRenewalAnswersWithTheLease() throws Exception {
    JsonObject granted =
        request("subscribe", SubscribeRequest.to("alive/#").withLeaseSeconds(60).toJson());
    assertThat(
            request(
                "renew", new JsonObject().put("subscription", granted.getString("subscription"))))
        .isEqualTo(new JsonObject().put("leaseSeconds", 60));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "publish | {\"topic\":\"a\",\"qos\":3} | BAD_REQUEST: qos must be",
        "publish | {\"topic\":\"a\",\"qos\":\"1\"} | BAD_REQUEST: qos must be",
        "publish | {\"topic\":\"\"} | BAD_REQUEST: topic must be",
        "publish | {\"topic\":\"a/+\"} | BAD_REQUEST: topic is none",
        "publish | {\"topic\":\"$SYS/a\",\"qos\":1} | NOT_AUTHORIZED: PUBLISH to",
        "publish | {\"topic\":\"a\",\"retian\":true} | BAD_REQUEST: retian is not known",
        "publish | {\"topic\":\"a\",\"payload\":\"x\",\"payloadBase64\":\"eA==\"} | BAD_REQUEST: payloadBase64",
        "publish | {\"topic\":\"a\",\"payloadBase64\":\"%\"} | BAD_REQUEST: payloadBase64",
        "publish | {\"topic\":\"a\",\"payload\":\"\\ud800\"} | BAD_REQUEST: payload has half",
        "publish | {\"topic\":\"a\",\"expirySeconds\":-1} | BAD_REQUEST: expirySeconds",
        "publish | {\"topic\":\"a\",\"properties\":{\"userProperties\":[[\"a\"]]}} | BAD_REQUEST: properties.userProperties",
        "publish | {\"topic\":\"a\",\"properties\":{\"responseTopic\":\"a/#\"}} | BAD_REQUEST: properties.responseTopic",
        "subscribe | {\"filter\":\"a/#/b\",\"address\":\"x\"} | BAD_REQUEST: filter is none",
        "subscribe | {\"filter\":\"a\"} | BAD_REQUEST: address must be",
        "subscribe | {\"filter\":\"a\",\"address\":\"x\",\"maxOutstanding\":0} | BAD_REQUEST: maxOutstanding",
        "renew | {\"subscription\":\"x\"} | BAD_REQUEST: subscription",
        "renew | {\"subscription\":\"0123456789abcdef.1\"} | SUBSCRIPTION_UNKNOWN: its broker has gone",
        "unsubscribe | {} | BAD_REQUEST: subscription must be",
      })
  void tellsWhatIsWrongWithARequest(String verb, String body, String text) {
    assertThatThrownBy(() -> request(verb, new JsonObject(body)))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .hasMessageStartingWith(text)
        .satisfies(
            failure ->
                assertThat(MqttFailure.of(failure).name())
                    .isEqualTo(text.substring(0, text.indexOf(':'))));
  }

  @Test
  void aBodyThatIsNoObjectIsToldSo() {
    assertThatThrownBy(() -> await(vertx.eventBus().request(MqttAddresses.PUBLISH, "text")))
        .cause()
        .hasMessage("BAD_REQUEST: the body must be a JSON object");
  }

  @Test
  void moreThanMayBeOutstandingIsRefused() throws Exception {
    await(vertx.undeploy(broker.id()));
    deploy(new JsonObject().put("event-bus-bytes", 10).put("event-bus-subscriptions", 1));
    assertThatThrownBy(() -> await(mqtt.publish(MqttMessage.of("a", "eleven bytes"))))
        .cause()
        .satisfies(f -> assertThat(MqttFailure.of(f)).isEqualTo(MqttFailure.BUSY));
    subscribe(SubscribeRequest.to("a"), TAKEN);
    assertThatThrownBy(() -> subscribe(SubscribeRequest.to("b"), TAKEN))
        .cause()
        .satisfies(f -> assertThat(MqttFailure.of(f)).isEqualTo(MqttFailure.QUOTA_EXCEEDED));
  }

  @Test
  void aMessageLargerThanTheBrokerTakesIsRefusedAndTheNextOneIsNot() throws Exception {
    MqttMessage large = MqttMessage.of("a", Buffer.buffer(new byte[3 * 1024 * 1024]));
    assertThatThrownBy(() -> await(mqtt.publish(large)))
        .cause()
        .satisfies(f -> assertThat(MqttFailure.of(f)).isEqualTo(MqttFailure.PACKET_TOO_LARGE));
    assertThat(await(mqtt.publish(MqttMessage.of("a", "small"))).reasonCode()).isEqualTo(16);
  }

  @Test
  void nobodyElseGetsAReservedClientIdentifier() throws Exception {
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      client.send(Mqtt5Client.connect("$culvert/publisher", Properties.EMPTY));
      assertThat(client.read(ConnAck.class).reasonCode())
          .isEqualTo(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID);
    }
    assertThat(await(mqtt.publish(MqttMessage.of("a", "x"))).reasonCode()).isEqualTo(16);
  }

  private MqttSubscription subscribe(
      SubscribeRequest request, Function<ReceivedMessage, Future<?>> handler) throws Exception {
    return subscribe(request, handler, inbox);
  }

  private MqttSubscription subscribe(
      SubscribeRequest request,
      Function<ReceivedMessage, Future<?>> handler,
      BlockingQueue<ReceivedMessage> into)
      throws Exception {
    return await(
        mqtt.subscribe(
            request,
            message -> {
              into.add(message);
              return handler.apply(message);
            }));
  }

  /** The publisher's event loop hears of it a moment later than the subscriber's. */
  private void untilNobodyIsSubscribed(String topic) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (await(mqtt.publish(MqttMessage.of(topic, "x"))).reasonCode() != 16) {
      assertThat(System.nanoTime()).as("nobody is subscribed in time").isLessThan(until);
    }
  }

  private void untilUnknown(String subscription) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (eventBus().getInteger("leasesEnded") == 0) { // to ask for a renewal would renew it
      assertThat(System.nanoTime()).as("the lease ends in time").isLessThan(until);
    }
    assertThatThrownBy(() -> request("renew", new JsonObject().put("subscription", subscription)))
        .cause()
        .satisfies(f -> assertThat(MqttFailure.of(f)).isEqualTo(MqttFailure.SUBSCRIPTION_UNKNOWN));
  }

  private JsonObject eventBus() throws Exception {
    return status().getJsonObject("eventBus");
  }

  private JsonObject status() throws Exception {
    return request("admin.status", new JsonObject());
  }

  private JsonObject request(String verb, JsonObject body) throws Exception {
    return await(vertx.eventBus().<JsonObject>request("culvert.mqtt." + verb, body)).body();
  }

  private ReceivedMessage next() throws InterruptedException {
    return next(inbox);
  }

  private static ReceivedMessage next(BlockingQueue<ReceivedMessage> from)
      throws InterruptedException {
    ReceivedMessage message = from.poll(10, TimeUnit.SECONDS);
    assertThat(message).as("a message in time").isNotNull();
    return message;
  }

  private Mqtt5Client client(String clientId) throws Exception {
    return Mqtt5Client.connected(broker.port(), clientId, Properties.EMPTY);
  }

  private static Publish publish(String topic, QoS qos, int packetId, byte[] payload) {
    return new Publish(
        TopicName.of(topic), Bytes.wrap(payload), qos, false, false, packetId, Properties.EMPTY);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
