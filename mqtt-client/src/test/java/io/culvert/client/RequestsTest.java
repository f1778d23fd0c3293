package io.culvert.client;

import static io.culvert.client.Awaited.failure;
import static io.culvert.client.Scene.answer;
import static io.culvert.client.Scene.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Subscribe;
import io.vertx.core.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that get no response. */
class RequestsTest {
  private static final long LONG_MILLIS = 3_600_000;

  private final Scene scene = new Scene();

  @AfterEach
  void stop() throws Exception {
    scene.close();
  }

  @Test
  void closingTheClientFailsThemAtOnce() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    Future<ReceivedMessage> request = client.request(ask("a"), LONG_MILLIS);
    answer(line, ReasonCode.GRANTED_QOS_1);
    line.send(PubAck.of(line.read(Publish.class).packetId()));
    client.ping().onComplete(done -> {});
    line.read(); // PINGREQ: PUBACK was read before
    Future<ReceivedMessage> unsent = client.request(ask("b"), LONG_MILLIS);
    Future<Void> closing = client.close();
    assertThat(failure(request).failure()).isEqualTo(MqttClientFailure.CLOSED);
    assertThat(failure(unsent).failure()).isEqualTo(MqttClientFailure.CLOSED);
    line.close();
    Awaited.await(closing);
  }

  @Test
  void theirTimeCountsWithoutAConnectionToo() throws Exception {
    MqttClient client = scene.client(scene.options());
    assertThat(failure(client.request(ask("a"), 20)).failure())
        .isEqualTo(MqttClientFailure.TIMEOUT);
    HandServer.Line line = scene.connect(client);
    answer(line, ReasonCode.GRANTED_QOS_1);
    Future<PublishResult> other = client.publish("other", "x", QoS.AT_LEAST_ONCE);
    Publish first = line.read(Publish.class);
    assertThat(first.topic()).as("nobody waits for a response").hasToString("other");
    line.send(PubAck.of(first.packetId()));
    Awaited.await(other);
  }

  @Test
  void aRefusedRequestFailsWithItsReason() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    Future<ReceivedMessage> unsubscribed = client.request(ask("a"), LONG_MILLIS);
    answer(line, ReasonCode.NOT_AUTHORIZED);
    assertThat(failure(unsubscribed).failure()).isEqualTo(MqttClientFailure.SUBSCRIBE_REFUSED);
    Future<ReceivedMessage> refused = client.request(ask("a"), LONG_MILLIS);
    answer(line, ReasonCode.GRANTED_QOS_1);
    line.send(
        new PubAck(
            line.read(Publish.class).packetId(), ReasonCode.QUOTA_EXCEEDED, Properties.EMPTY));
    assertThat(failure(refused).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
  }

  @Test
  void whenTheirResponsesCannotBeSubscribedAgainTheyFail() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    Future<ReceivedMessage> request = client.request(ask("a"), LONG_MILLIS);
    answer(line, ReasonCode.GRANTED_QOS_1);
    line.send(PubAck.of(line.read(Publish.class).packetId()));
    line.close();
    answer(scene.server.accept(false), ReasonCode.NOT_AUTHORIZED);
    assertThat(failure(request).reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
  }

  @Test
  void responsesComeWhereTheServerWantsThem() throws Exception {
    MqttClient client = scene.client(scene.options().setRequestResponseInformation(true));
    Future<?> connecting = client.connect();
    HandServer.Line line = scene.server.accept();
    line.read(Connect.class);
    Properties information =
        Properties.builder().put(Property.RESPONSE_INFORMATION, "own/answers").build();
    line.send(new ConnAck(false, ReasonCode.SUCCESS, information));
    Awaited.await(connecting);
    Future<ReceivedMessage> request = client.request(ask("a"), LONG_MILLIS);
    Subscribe subscribe = answer(line, ReasonCode.GRANTED_QOS_1);
    assertThat(subscribe.entries().get(0).filter()).startsWith("own/answers/");
    Publish asked = line.read(Publish.class);
    Properties correlation =
        Properties.builder()
            .put(Property.CORRELATION_DATA, asked.properties().binary(Property.CORRELATION_DATA))
            .build();
    String topic = asked.properties().text(Property.RESPONSE_TOPIC);
    line.send(
        message(topic, "of nobody", QoS.AT_MOST_ONCE, 0),
        message(topic, "yes", QoS.AT_MOST_ONCE, 0, correlation),
        message(topic, "twice", QoS.AT_MOST_ONCE, 0, correlation));
    assertThat(Awaited.await(request).payloadAsText()).isEqualTo("yes");
  }

  private static OutgoingMessage ask(String topic) {
    return OutgoingMessage.ofText(topic, "?", QoS.AT_LEAST_ONCE);
  }
}
