package io.culvert.client;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.failure;
import static io.culvert.client.Awaited.next;
import static io.culvert.client.Scene.answer;
import static io.culvert.client.Scene.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.UnsubAck;
import io.culvert.mqtt.wire.Unsubscribe;
import io.culvert.store.MemoryStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handlers of the application that throw harm nobody but themselves. */
class ApplicationFaultsTest {
  private final Scene scene = new Scene();
  private final BlockingQueue<String> called = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() throws Exception {
    scene.close();
  }

  @Test
  void aDeadLetterHandlerThatThrowsHarmsNobody() throws Exception {
    MqttClient client =
        scene.client(
            scene
                .options()
                .setCleanStart(false)
                .setStore(MemoryStore.create())
                .setMaximumAttempts(1));
    client.deadLetterHandler((letter, why) -> fault("dead letter of " + letter.topic()));
    HandServer.Line line = scene.connect(client);
    Future<PublishResult> published =
        client.publish(OutgoingMessage.ofText("a", "x", QoS.AT_LEAST_ONCE).withReliable(true));
    line.send(
        new PubAck(
            line.read(Publish.class).packetId(), ReasonCode.NOT_AUTHORIZED, Properties.EMPTY));
    assertThat(failure(published).failure()).isEqualTo(MqttClientFailure.PUBLISH_REFUSED);
    assertThat(next(called)).isEqualTo("dead letter of a");
    goesOn(client, line);
  }

  @Test
  void handlersOfASubscriptionThatThrowHarmNobody() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    Future<Subscription> subscribing =
        client.subscribe("a", QoS.AT_LEAST_ONCE, message -> fault("message"));
    answer(line, ReasonCode.GRANTED_QOS_1);
    Subscription subscription =
        await(subscribing)
            .exceptionHandler(failure -> fault("exception"))
            .endHandler(ended -> fault("end"));
    await(client.publishQueueSize()); // the handlers are set
    line.send(message("a", "x", QoS.AT_LEAST_ONCE, 1));
    assertThat(next(called)).isEqualTo("message");
    assertThat(next(called)).isEqualTo("exception");
    assertThat(line.read(PubAck.class).packetId()).isEqualTo(1);

    Future<Void> closing = subscription.close();
    assertThat(next(called)).isEqualTo("end");
    line.send(
        new UnsubAck(
            line.read(Unsubscribe.class).packetId(),
            List.of(ReasonCode.SUCCESS),
            Properties.EMPTY));
    await(closing);
    goesOn(client, line);
    subscription.endHandler(ended -> fault("end again"));
    assertThat(next(called)).as("it has ended already").isEqualTo("end again");
  }

  @Test
  void aHandlerOfAResultThatThrowsHarmsNobody() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    client.publish("a", "x", QoS.AT_LEAST_ONCE).onComplete(done -> fault("published"));
    line.send(PubAck.of(line.read(Publish.class).packetId()));
    assertThat(next(called)).isEqualTo("published");
    client.subscribe("a", QoS.AT_LEAST_ONCE, null).onComplete(done -> fault("subscribed"));
    answer(line, ReasonCode.GRANTED_QOS_1);
    assertThat(next(called)).isEqualTo("subscribed");
    client.ping().onComplete(done -> fault("ping"));
    line.read();
    line.send(PingResp.INSTANCE);
    assertThat(next(called)).isEqualTo("ping");
    goesOn(client, line);
  }

  @Test
  void aDefaultHandlerThatThrowsHarmsNobody() throws Exception {
    MqttClient client = scene.client(scene.options());
    client.defaultHandler(message -> fault("default"));
    HandServer.Line line = scene.connect(client);
    line.send(message("a", "x", QoS.AT_LEAST_ONCE, 1));
    assertThat(next(called)).isEqualTo("default");
    assertThat(line.read(PubAck.class).packetId()).isEqualTo(1);
    goesOn(client, line);
  }

  private void fault(String what) {
    called.add(what);
    throw new IllegalStateException("a toy fails: " + what);
  }

  private static void goesOn(MqttClient client, HandServer.Line line) throws Exception {
    Future<PublishResult> published = client.publish("goes/on", "x", QoS.AT_LEAST_ONCE);
    line.send(PubAck.of(line.read(Publish.class).packetId()));
    assertThat(await(published).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    assertThat(client.isConnected()).isTrue();
  }
}
