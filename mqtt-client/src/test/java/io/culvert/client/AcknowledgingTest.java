package io.culvert.client;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.next;
import static io.culvert.client.Scene.answer;
import static io.culvert.client.Scene.message;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_6_0_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_6_0_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.UnsubAck;
import io.culvert.mqtt.wire.Unsubscribe;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the server is told that a message was taken. */
class AcknowledgingTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Scene scene = new Scene();

  @AfterEach
  void stop() throws Exception {
    scene.close();
  }

  @Test
  @Normative({MQTT5_4_6_0_2, MQTT5_4_6_0_3})
  @Scenario({56, 57})
  void aThreadAcknowledgesAMessageWhenItAsksForTheNextOne() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    BlockingSubscription messages = subscribe(client, line);
    line.send(
        message("a", "1", QoS.AT_LEAST_ONCE, 1),
        message("a", "2", QoS.EXACTLY_ONCE, 2),
        message("a", "3", QoS.AT_LEAST_ONCE, 3));
    assertThat(messages.next(LIMIT).payloadAsText()).isEqualTo("1");
    nothingWasSent(client, line);
    assertThat(messages.next(LIMIT).payloadAsText()).isEqualTo("2");
    assertThat(line.read(PubAck.class).packetId()).isEqualTo(1);
    nothingWasSent(client, line);
    assertThat(messages.next(LIMIT).payloadAsText()).isEqualTo("3");
    assertThat(line.read(PubRec.class).packetId()).isEqualTo(2);
    nothingWasSent(client, line);
    assertThat(messages.next(Duration.ofMillis(1))).isNull();
    assertThat(line.read(PubAck.class).packetId()).isEqualTo(3);
  }

  @Test
  void aThreadThatHasEndedHasDoneWithItsMessage() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    BlockingSubscription messages = subscribe(client, line);
    line.send(message("a", "1", QoS.AT_LEAST_ONCE, 1), message("a", "2", QoS.AT_LEAST_ONCE, 2));
    for (int i = 1; i <= 2; i++) {
      CompletableFuture<String> taken = new CompletableFuture<>();
      Thread thread = new Thread(() -> taken.complete(messages.next(LIMIT).payloadAsText()));
      thread.start();
      assertThat(taken.get(30, TimeUnit.SECONDS)).isEqualTo("" + i);
      thread.join();
    }
    assertThat(line.read(PubAck.class).packetId()).isEqualTo(1);
    assertThat(messages.next(Duration.ofMillis(1))).isNull();
    assertThat(line.read(PubAck.class).packetId()).isEqualTo(2);
  }

  @Test
  void closingTellsThreadsThatWaitBeforeTheServerAnswers() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    BlockingSubscription messages = subscribe(client, line);
    line.send(message("a", "1", QoS.AT_LEAST_ONCE, 1), message("a", "2", QoS.AT_LEAST_ONCE, 2));
    assertThat(messages.next(LIMIT).payloadAsText()).isEqualTo("1");
    CompletableFuture<Object> waiting = new CompletableFuture<>();
    Thread other =
        new Thread(
            () -> {
              for (ReceivedMessage message : messages) {
                assertThat(message).isNotNull();
              }
              waiting.complete("ended");
            });
    other.start();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(messages::close);
    assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo("ended");
    assertThat(messages.iterator().hasNext()).isFalse();
    assertThat(line.read(PubAck.class).packetId()).isEqualTo(1);
    assertThat(line.read(PubAck.class).packetId()).isEqualTo(2);
    int id = line.read(Unsubscribe.class).packetId();
    line.send(new UnsubAck(id, List.of(ReasonCode.SUCCESS), Properties.EMPTY));
    closing.get(30, TimeUnit.SECONDS);
  }

  @Test
  void theEndOfTheClientEndsTheIteration() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    BlockingSubscription messages = subscribe(client, line);
    Future<Void> closing = client.close();
    assertThat(messages.iterator().hasNext()).isFalse();
    messages.close();
    line.close();
    await(closing);
  }

  @Test
  @Scenario(56)
  void aRejectionCarriesAnErrorAndNothingElse() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    BlockingQueue<ReceivedMessage> received = new LinkedBlockingQueue<>();
    Future<Subscription> subscribing =
        client.subscribe(
            SubscriptionRequest.of("a", QoS.AT_LEAST_ONCE).withManualAcknowledgement(),
            received::add);
    answer(line, ReasonCode.GRANTED_QOS_1);
    await(subscribing);
    line.send(message("a", "1", QoS.AT_LEAST_ONCE, 1));
    ReceivedMessage message = next(received);
    for (ReasonCode wrong :
        new ReasonCode[] {
          ReasonCode.SUCCESS,
          ReasonCode.NO_MATCHING_SUBSCRIBERS,
          ReasonCode.GRANTED_QOS_1,
          ReasonCode.PACKET_IDENTIFIER_NOT_FOUND,
          ReasonCode.SESSION_TAKEN_OVER
        }) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> message.reject(wrong))
          .withMessageContaining(wrong.name());
    }
    nothingWasSent(client, line);
    message.reject(ReasonCode.QUOTA_EXCEEDED);
    message.acknowledge();
    assertThat(line.read(PubAck.class).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    nothingWasSent(client, line);
  }

  @Test
  void whatNoThreadHadSeenWhenItComesAgainIsSeenOnce() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    BlockingSubscription subscription = subscribe(client, line);
    line.send(message("a", "1", QoS.EXACTLY_ONCE, 1), message("a", "2", QoS.EXACTLY_ONCE, 2));
    nothingWasSent(client, line); // so both have come
    line.close();
    HandServer.Line resumed = scene.server.accept(true);
    resumed.send(
        message("a", "1", QoS.EXACTLY_ONCE, 1),
        message("a", "2", QoS.EXACTLY_ONCE, 2),
        message("a", "3", QoS.EXACTLY_ONCE, 3));
    for (ConnectionChange.State expected :
        List.of(ConnectionChange.State.RECONNECTING, ConnectionChange.State.CONNECTED)) {
      assertThat(next(scene.changes).state()).isEqualTo(expected);
    }
    for (String expected : List.of("1", "2", "3")) {
      assertThat(subscription.next().payloadAsText()).isEqualTo(expected);
    }
    assertThat(resumed.read(PubRec.class).packetId()).isEqualTo(1);
    assertThat(resumed.read(PubRec.class).packetId()).isEqualTo(2);
  }

  @Test
  void aThreadThatHasAQos2MessageInHandDoesNotGetItAgain() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    BlockingSubscription messages = subscribe(client, line);
    line.send(message("a", "1", QoS.EXACTLY_ONCE, 1), message("a", "2", QoS.EXACTLY_ONCE, 2));
    assertThat(messages.next(LIMIT).payloadAsText()).isEqualTo("1");
    line.close();
    HandServer.Line resumed = scene.server.accept(true);
    for (int id = 1; id <= 2; id++) {
      resumed.send(
          new Publish(
              TopicName.of("a"),
              Bytes.utf8("" + id),
              QoS.EXACTLY_ONCE,
              false,
              /* dup= */ true,
              id,
              Properties.EMPTY));
    }
    resumed.send(message("a", "3", QoS.EXACTLY_ONCE, 3));
    for (String expected : List.of("2", "3")) {
      assertThat(messages.next(LIMIT).payloadAsText()).isEqualTo(expected);
    }
    assertThat(resumed.read(PubRec.class).packetId()).isEqualTo(1);
    assertThat(resumed.read(PubRec.class).packetId()).isEqualTo(2);
  }

  @Test
  void aSubscriptionThatComesTooLateForItsThreadEnds() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    BlockingMqttClient impatient = BlockingMqttClient.of(client).withTimeout(Duration.ofMillis(20));
    assertThatThrownBy(() -> impatient.subscribe("a", QoS.AT_LEAST_ONCE))
        .isInstanceOf(MqttClientException.class)
        .hasMessageContaining("no answer within");
    answer(line, ReasonCode.GRANTED_QOS_1);
    assertThat(line.read(Unsubscribe.class).filters()).containsExactly("a");
  }

  private static BlockingSubscription subscribe(MqttClient client, HandServer.Line line)
      throws Exception {
    CompletableFuture<BlockingSubscription> subscribing =
        CompletableFuture.supplyAsync(
            () -> BlockingMqttClient.of(client).subscribe("a", QoS.EXACTLY_ONCE));
    answer(line, ReasonCode.GRANTED_QOS_2);
    return subscribing.get(30, TimeUnit.SECONDS);
  }

  private static void nothingWasSent(MqttClient client, HandServer.Line line) throws Exception {
    Future<Long> pinging = client.ping();
    line.read(PingReq.class);
    line.send(PingResp.INSTANCE);
    await(pinging);
  }
}
