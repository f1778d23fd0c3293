package io.culvert.conformance.client;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.failure;
import static io.culvert.client.Awaited.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.ClientContract;
import io.culvert.client.ConnectionChange;
import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientFailure;
import io.culvert.client.OutgoingMessage;
import io.culvert.client.ReceivedMessage;
import io.culvert.client.ReconnectOptions;
import io.culvert.client.Subscription;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With our own broker. */
class OwnBrokerClientTest extends ClientContract {
  private static final long HOUR_MILLIS = 3_600_000;

  private static InProcessBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = InProcessBroker.start();
  }

  @AfterAll
  static void stopBroker() throws Exception {
    broker.close();
  }

  @Override
  protected String address() {
    return broker.address();
  }

  @Test
  @Scenario(75)
  void whoIsTakenOverWaitsBeforeItComesBack() throws Exception {
    BlockingQueue<ConnectionChange> changes = new LinkedBlockingQueue<>();
    MqttClient first =
        client(
            options()
                .setClientId("same")
                .setReconnect(ReconnectOptions.defaults().withDelays(HOUR_MILLIS, HOUR_MILLIS)));
    first.connectionHandler(changes::add);
    await(first.connect());
    connected(options().setClientId("same"));
    assertThat(next(changes).state()).isEqualTo(ConnectionChange.State.CONNECTED);
    ConnectionChange lost = next(changes);
    assertThat(lost.state()).isEqualTo(ConnectionChange.State.RECONNECTING);
    assertThat(lost.cause().reasonCode()).isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
    assertThat(lost.nextAttemptMillis()).isBetween(HOUR_MILLIS / 2, HOUR_MILLIS);
    assertThat(first.isConnected()).isFalse();
  }

  @Test
  void theWillIsPublishedWhenTheConnectionEndsWithoutAWord() throws Exception {
    BlockingQueue<ReceivedMessage> received = new LinkedBlockingQueue<>();
    MqttClient observer = connected(options());
    await(observer.subscribe("will", QoS.AT_LEAST_ONCE, received::add));
    MqttClient dying =
        connected(
            options()
                .setClientId("dying")
                .setSessionExpirySeconds(0)
                .setWill(OutgoingMessage.ofText("will", "gone", QoS.AT_LEAST_ONCE), 0));
    assertThat(dying.isConnected()).isTrue();
    connected(options().setClientId("dying"));
    assertThat(next(received).payloadAsText()).isEqualTo("gone");
  }

  @Test
  @Scenario(70)
  void aResumedSessionWaitsForItsHandlers() throws Exception {
    MqttClient first =
        connected(options().setClientId("later").setCleanStart(false).setReceiveMaximum(5));
    Subscription subscription = await(first.subscribe("l/#", QoS.EXACTLY_ONCE, m -> {}));
    assertThat(subscription.grantedQos()).isEqualTo(QoS.EXACTLY_ONCE);
    await(first.close());
    clients.remove(first);

    MqttClient publisher = connected(options());
    for (int i = 0; i < 50; i++) {
      await(publisher.publish("l/x", "" + i, QoS.EXACTLY_ONCE));
    }
    MqttClient second =
        connected(options().setClientId("later").setCleanStart(false).setReceiveMaximum(5));
    assertThat(second.serverTerms().sessionPresent()).isTrue();
    assertThat(await(second.ping())).isNotNegative();
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    await(second.subscribe("l/#", QoS.EXACTLY_ONCE, m -> received.add(m.payloadAsText())));
    for (int i = 0; i < 50; i++) {
      assertThat(next(received)).isEqualTo("" + i);
    }
  }

  @Test
  void whatNobodyHasTakenComesAgainAfterTheClientWasClosed() throws Exception {
    MqttClient first = connected(options().setClientId("again").setCleanStart(false));
    Subscription paused = await(first.subscribe("again", QoS.AT_LEAST_ONCE, m -> {}));
    paused.pause();
    MqttClient publisher = connected(options());
    await(publisher.publish("again", "x", QoS.AT_LEAST_ONCE));
    await(first.ping()); // it has arrived
    await(first.close());
    clients.remove(first);
    MqttClient second = client(options().setClientId("again").setCleanStart(false));
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    second.defaultHandler(m -> received.add(m.payloadAsText()));
    await(second.connect());
    assertThat(next(received)).isEqualTo("x");
  }

  @Test
  void theDefaultHandlerGetsWhatNobodyElseWants() throws Exception {
    MqttClient first = connected(options().setClientId("default").setCleanStart(false));
    await(first.subscribe("d/#", QoS.AT_LEAST_ONCE, m -> {}));
    await(first.close());
    clients.remove(first);
    MqttClient publisher = connected(options());
    await(publisher.publish("d/x", "x", QoS.AT_LEAST_ONCE));
    MqttClient second = client(options().setClientId("default").setCleanStart(false));
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    second.defaultHandler(m -> received.add(m.topic()));
    await(second.connect());
    assertThat(next(received)).isEqualTo("d/x");
  }

  @Test
  @Scenario({46, 47, 48, 49})
  void whatTheServerDoesNotTakeFailsAtOnce() throws Exception {
    try (InProcessBroker small =
        InProcessBroker.start(
            new JsonObject()
                .put("maximum-qos", 1)
                .put("retain-available", false)
                .put("wildcard-subscriptions-available", false),
            new JsonObject(),
            new JsonObject().put("port", 0))) {
      MqttClient client = connected(options().setAddresses(small.address()));
      assertThat(client.mayRetain()).isFalse();
      assertThat(client.maximumQos()).isEqualTo(QoS.AT_LEAST_ONCE);
      var qos2 = failure(client.publish("a", "a", QoS.EXACTLY_ONCE));
      assertThat(qos2.failure()).isEqualTo(MqttClientFailure.NOT_SUPPORTED);
      assertThat(qos2.reasonCode()).isEqualTo(ReasonCode.QOS_NOT_SUPPORTED);
      assertThat(
              failure(
                      client.publish(
                          OutgoingMessage.ofText("a", "a", QoS.AT_LEAST_ONCE).withRetain(true)))
                  .reasonCode())
          .isEqualTo(ReasonCode.RETAIN_NOT_SUPPORTED);
      assertThat(failure(client.subscribe("a/#", QoS.AT_LEAST_ONCE, m -> {})).reasonCode())
          .isEqualTo(ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED);
      MqttClient lowering = connected(options().setAddresses(small.address()).setLowerQos(true));
      assertThat(await(lowering.publish("a", "a", QoS.EXACTLY_ONCE)).reasonCode().isError())
          .isFalse();
    }
  }
}
