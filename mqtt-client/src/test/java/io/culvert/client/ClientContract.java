package io.culvert.client;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.failure;
import static io.culvert.client.Awaited.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the client does with a real server. */
public abstract class ClientContract {
  protected Vertx vertx;
  protected final List<MqttClient> clients = new ArrayList<>();

  /** Where the server is. */
  protected abstract String address();

  @BeforeEach
  final void startVertx() {
    vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  }

  @AfterEach
  final void stopVertx() throws Exception {
    for (MqttClient client : clients) {
      await(client.close());
    }
    await(vertx.close());
  }

  protected final MqttClientOptions options() {
    return new MqttClientOptions().setAddresses(address());
  }

  protected final MqttClient client(MqttClientOptions options) {
    MqttClient client = MqttClient.create(vertx, options);
    clients.add(client);
    return client;
  }

  protected final MqttClient connected(MqttClientOptions options) throws Exception {
    MqttClient client = client(options);
    await(client.connect());
    return client;
  }

  @ParameterizedTest
  @CsvSource({
    "MQTT_5,AT_MOST_ONCE", "MQTT_5,AT_LEAST_ONCE", "MQTT_5,EXACTLY_ONCE",
    "MQTT_3_1_1,AT_MOST_ONCE", "MQTT_3_1_1,AT_LEAST_ONCE", "MQTT_3_1_1,EXACTLY_ONCE"
  })
  @Scenario({50, 51, 52, 53, 54, 55})
  void messagesArriveInOrderAtEachQos(MqttVersion version, QoS qos) throws Exception {
    MqttClient client = connected(options().setVersion(version));
    BlockingQueue<ReceivedMessage> received = new LinkedBlockingQueue<>();
    Subscription subscription = await(client.subscribe("order/+", qos, received::add));
    assertThat(subscription.grantedQos()).isEqualTo(qos);

    List<Future<?>> published = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      published.add(client.publish("order/a", "message " + i, qos));
    }
    for (int i = 0; i < 500; i++) {
      ReceivedMessage message = next(received);
      assertThat(message.payloadAsText()).isEqualTo("message " + i);
      assertThat(message.topic()).isEqualTo("order/a");
      assertThat(message.qos()).isEqualTo(qos);
      assertThat(message.isText()).isEqualTo(version.isMqtt5());
    }
    await(Future.all(published));
    assertThat(await(client.publishQueueSize())).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "MQTT_5,AT_LEAST_ONCE", "MQTT_5,EXACTLY_ONCE",
    "MQTT_3_1_1,AT_LEAST_ONCE", "MQTT_3_1_1,EXACTLY_ONCE"
  })
  void whatAnEarlierProcessLeftUnreleasedHidesNoNewMessage(MqttVersion version, QoS qos)
      throws Exception {
    String clientId = "left-" + version + qos;
    UnreleasedMessages.leave(address(), version, clientId, 20);
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    MqttClient observer = connected(options());
    await(observer.subscribe("new", qos, m -> received.add(m.payloadAsText())));

    MqttClient next =
        connected(options().setVersion(version).setClientId(clientId).setCleanStart(false));
    assertThat(next.serverTerms().sessionPresent()).isTrue();
    List<Future<?>> published = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      published.add(next.publish("new", "" + i, qos));
    }
    await(Future.all(published));
    Set<String> arrived = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      arrived.add(next(received));
    }
    assertThat(arrived).hasSize(20);
    assertThat(received).isEmpty();
  }

  @Test
  void propertiesArrive() throws Exception {
    MqttClient client = connected(options());
    BlockingQueue<ReceivedMessage> received = new LinkedBlockingQueue<>();
    await(client.subscribe("p", QoS.AT_LEAST_ONCE, received::add));
    OutgoingMessage message =
        OutgoingMessage.of("p", Buffer.buffer(new byte[] {0, 1, -1}), QoS.AT_LEAST_ONCE)
            .withContentType("application/x-toy")
            .withResponseTopic("answers")
            .withCorrelationData(Buffer.buffer("42"))
            .withExpirySeconds(60)
            .withUserProperty("a", "1")
            .withUserProperty("a", "2");
    assertThat(await(client.publish(message)).reasonCode().isError()).isFalse();
    ReceivedMessage got = next(received);
    assertThat(got.payload().getBytes()).containsExactly(0, 1, -1);
    assertThat(got.contentType()).isEqualTo("application/x-toy");
    assertThat(got.responseTopic()).isEqualTo("answers");
    assertThat(got.correlationData()).isEqualTo(Buffer.buffer("42"));
    assertThat(got.userProperties()).hasSize(2);
    assertThat(got.isText()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"MQTT_5", "MQTT_3_1_1"})
  void retainedMessagesComeToNewSubscriptions(MqttVersion version) throws Exception {
    MqttClient client = connected(options().setVersion(version));
    await(client.publish(OutgoingMessage.ofText("r", "kept", QoS.AT_LEAST_ONCE).withRetain(true)));
    BlockingQueue<ReceivedMessage> received = new LinkedBlockingQueue<>();
    await(client.subscribe("r", QoS.AT_LEAST_ONCE, received::add));
    ReceivedMessage got = next(received);
    assertThat(got.retain()).isTrue();
    assertThat(got.payloadAsText()).isEqualTo("kept");
    await(client.publish(OutgoingMessage.ofText("r", "", QoS.AT_LEAST_ONCE).withRetain(true)));
  }

  @Test
  void eachHandleOfOverlappingSubscriptionsGetsEachMessageOnce() throws Exception {
    MqttClient client = connected(options());
    BlockingQueue<String> wide = new LinkedBlockingQueue<>();
    BlockingQueue<String> narrow = new LinkedBlockingQueue<>();
    BlockingQueue<String> second = new LinkedBlockingQueue<>();
    await(client.subscribe("o/#", QoS.AT_LEAST_ONCE, m -> wide.add(m.payloadAsText())));
    await(client.subscribe("o/+", QoS.EXACTLY_ONCE, m -> narrow.add(m.payloadAsText())));
    await(client.subscribe("o/+", QoS.EXACTLY_ONCE, m -> second.add(m.payloadAsText())));
    for (int i = 0; i < 20; i++) {
      await(client.publish("o/x", "" + i, QoS.EXACTLY_ONCE));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(next(wide)).isEqualTo("" + i);
      assertThat(next(narrow)).isEqualTo("" + i);
      assertThat(next(second)).isEqualTo("" + i);
    }
    assertThat(wide).isEmpty();
    assertThat(narrow).isEmpty();
    assertThat(second).isEmpty();
  }

  @Test
  @Scenario(43)
  void theLastHandleOfAFilterUnsubscribes() throws Exception {
    MqttClient client = connected(options());
    BlockingQueue<String> first = new LinkedBlockingQueue<>();
    BlockingQueue<String> end = new LinkedBlockingQueue<>();
    Subscription one = await(client.subscribe("h", QoS.AT_LEAST_ONCE, m -> {}));
    Subscription two =
        await(client.subscribe("h", QoS.AT_LEAST_ONCE, m -> first.add(m.payloadAsText())));
    await(client.subscribe("end", QoS.AT_LEAST_ONCE, m -> end.add(m.payloadAsText())));
    await(one.close());
    await(client.publish("h", "still", QoS.AT_LEAST_ONCE));
    assertThat(next(first)).isEqualTo("still");
    await(two.close());
    await(client.publish("h", "gone", QoS.AT_LEAST_ONCE));
    await(client.publish("end", "end", QoS.AT_LEAST_ONCE));
    assertThat(next(end)).isEqualTo("end");
    assertThat(first).isEmpty();
    assertThat(failure(client.unsubscribe("h")).failure())
        .isEqualTo(MqttClientFailure.UNSUBSCRIBE_REFUSED);
  }

  @Test
  void aPausedSubscriptionDoesNotHoldUpOthers() throws Exception {
    MqttClient client = connected(options().setReceiveMaximum(20));
    BlockingQueue<String> slow = new LinkedBlockingQueue<>();
    BlockingQueue<String> quick = new LinkedBlockingQueue<>();
    Subscription paused =
        await(client.subscribe("slow", QoS.AT_LEAST_ONCE, m -> slow.add(m.payloadAsText())));
    paused.pause();
    await(client.subscribe("quick", QoS.AT_LEAST_ONCE, m -> quick.add(m.payloadAsText())));
    for (int i = 0; i < 200; i++) {
      await(client.publish("slow", "s" + i, QoS.AT_LEAST_ONCE));
    }
    for (int i = 0; i < 200; i++) {
      await(client.publish("quick", "q" + i, QoS.AT_LEAST_ONCE));
      assertThat(next(quick)).isEqualTo("q" + i);
    }
    assertThat(await(client.ping())).isNotNegative();
    assertThat(slow).isEmpty();
    paused.fetch(3);
    for (int i = 0; i < 3; i++) {
      assertThat(next(slow)).isEqualTo("s" + i);
    }
    assertThat(slow).isEmpty();
    paused.resume();
    for (int i = 3; i < 200; i++) {
      assertThat(next(slow)).isEqualTo("s" + i);
    }
  }

  @Test
  void aStreamWithoutHandlerLosesNothing() throws Exception {
    MqttClient client = connected(options().setReceiveMaximum(10));
    Subscription stream = await(client.subscribe("stream", QoS.AT_LEAST_ONCE, null));
    for (int i = 0; i < 100; i++) {
      await(client.publish("stream", "" + i, QoS.AT_LEAST_ONCE));
    }
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    stream.handler(m -> received.add(m.payloadAsText()));
    for (int i = 0; i < 100; i++) {
      assertThat(next(received)).isEqualTo("" + i);
    }
  }

  @Test
  @Scenario({56, 57})
  void manualAcknowledgementIsTheApplicationsOwn() throws Exception {
    MqttClientOptions keep =
        options().setClientId("manual").setReceiveMaximum(2).setSessionExpirySeconds(100);
    MqttClient client = connected(keep);
    BlockingQueue<ReceivedMessage> received = new LinkedBlockingQueue<>();
    await(
        client.subscribe(
            SubscriptionRequest.of("m", QoS.AT_LEAST_ONCE).withManualAcknowledgement(),
            received::add));
    for (int i = 0; i < 4; i++) {
      await(client.publish("m", "" + i, QoS.AT_LEAST_ONCE));
    }
    ReceivedMessage zero = next(received);
    ReceivedMessage one = next(received);
    assertThat(await(client.ping())).isNotNegative();
    assertThat(received).as("the window is full").isEmpty();
    one.acknowledge();
    zero.acknowledge();
    zero.acknowledge();
    assertThat(next(received).payloadAsText()).isEqualTo("2");
    assertThat(next(received).payloadAsText()).isEqualTo("3");
  }

  @Test
  void requestsGetTheirResponses() throws Exception {
    MqttClient server = connected(options());
    await(
        server.subscribe(
            "double",
            QoS.AT_LEAST_ONCE,
            request -> {
              int number = Integer.parseInt(request.payloadAsText());
              var unused =
                  server.respond(
                      request,
                      OutgoingMessage.ofText("ignored", "" + 2 * number, QoS.AT_LEAST_ONCE));
            }));
    MqttClient client = connected(options());
    for (int i = 0; i < 10; i++) {
      ReceivedMessage response =
          await(
              client.request(OutgoingMessage.ofText("double", "" + i, QoS.AT_LEAST_ONCE), 10_000));
      assertThat(response.payloadAsText()).isEqualTo("" + 2 * i);
    }
    assertThat(
            failure(client.request(OutgoingMessage.ofText("nobody", "", QoS.AT_LEAST_ONCE), 50))
                .failure())
        .isEqualTo(MqttClientFailure.TIMEOUT);
  }

  @Test
  void whatIsPublishedAndSubscribedBeforeTheConnectionWaitsForIt() throws Exception {
    MqttClient client = client(options());
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    var subscribed = client.subscribe("early", QoS.EXACTLY_ONCE, m -> received.add(m.topic()));
    var published = client.publish("early", "x", QoS.EXACTLY_ONCE);
    await(client.connect());
    await(subscribed);
    await(published);
    await(client.publish("early", "y", QoS.EXACTLY_ONCE));
    assertThat(next(received)).isEqualTo("early");
  }

  @Test
  void closingFailsWhatWaitsAndIsFinal() throws Exception {
    MqttClient client = client(options());
    var waiting = client.publish("x", "x", QoS.AT_LEAST_ONCE);
    await(client.close());
    await(client.close());
    assertThat(failure(waiting).failure()).isEqualTo(MqttClientFailure.CLOSED);
    assertThat(failure(client.connect()).failure()).isEqualTo(MqttClientFailure.CLOSED);
    assertThat(failure(client.publish("x", "x", QoS.AT_MOST_ONCE)).failure())
        .isEqualTo(MqttClientFailure.CLOSED);
  }

  @Test
  void blockingThreadsUseItToo() {
    try (BlockingMqttClient client = BlockingMqttClient.connect(options());
        BlockingSubscription messages = client.subscribe("b/#", QoS.EXACTLY_ONCE)) {
      for (int i = 0; i < 300; i++) {
        client.publish("b/x", "" + i, QoS.EXACTLY_ONCE);
      }
      int expected = 0;
      for (ReceivedMessage message : messages) {
        assertThat(message.payloadAsText()).isEqualTo("" + expected);
        if (++expected == 300) {
          break;
        }
      }
      assertThat(client.mayRetain()).isTrue();
      assertThat(client.maximumQos()).isEqualTo(QoS.EXACTLY_ONCE);
      assertThat(client.ping().toMillis()).isNotNegative();
      assertThat(client.clientId()).isNotEmpty();
    }
  }
}
