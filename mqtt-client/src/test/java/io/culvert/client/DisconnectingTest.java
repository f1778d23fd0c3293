package io.culvert.client;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.failure;
import static io.culvert.client.Awaited.next;
import static io.culvert.client.Scene.answer;
import static io.culvert.client.Scene.message;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_14_4_1;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_14_4_2;
import static io.culvert.mqtt.wire.Statement.MQTT5_4_4_0_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The application ends the connection, and perhaps wants it again. */
class DisconnectingTest {
  private final Scene scene = new Scene();

  @AfterEach
  void stop() throws Exception {
    scene.close();
  }

  @Test
  @Normative({MQTT5_3_14_4_1, MQTT5_3_14_4_2, MQTT5_4_4_0_1})
  @Scenario(70)
  void theSessionGoesOnWithTheNextConnect() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    Future<Subscription> subscribing =
        client.subscribe("a", QoS.AT_LEAST_ONCE, m -> received.add(m.payloadAsText()));
    answer(line, ReasonCode.GRANTED_QOS_1);
    await(subscribing);
    Future<PublishResult> published = client.publish("b", "x", QoS.AT_LEAST_ONCE);
    line.read(Publish.class);

    Future<Void> disconnecting = client.disconnect();
    Disconnect disconnect = line.read(Disconnect.class);
    assertThat(disconnect).isEqualTo(new Disconnect(ReasonCode.SUCCESS, Properties.EMPTY));
    assertThat(line.read()).isNull();
    line.close();
    await(disconnecting);
    ConnectionChange change = next(scene.changes);
    assertThat(change.state()).isEqualTo(ConnectionChange.State.DISCONNECTED);
    assertThat(change.cause()).isNull();
    assertThat(client.isConnected()).isFalse();
    await(client.disconnect());
    Future<PublishResult> waiting = client.publish("b", "y", QoS.AT_LEAST_ONCE);
    assertThat(await(client.publishQueueSize())).isEqualTo(2);

    Future<?> connecting = client.connect();
    HandServer.Line again = scene.server.accept();
    assertThat(again.read(Connect.class).cleanStart()).isFalse();
    again.send(new ConnAck(true, ReasonCode.SUCCESS, Properties.EMPTY));
    await(connecting);
    Publish repeated = again.read(Publish.class);
    assertThat(repeated.dup()).isTrue();
    Publish second = again.read(Publish.class);
    assertThat(second.payload().toUtf8()).isEqualTo("y");
    again.send(
        PubAck.of(repeated.packetId()),
        PubAck.of(second.packetId()),
        message("a", "z", QoS.AT_MOST_ONCE, 0));
    await(published);
    await(waiting);
    assertThat(next(received)).isEqualTo("z");
  }

  @Test
  void theWillIsWantedAtCloseOnlyWhereThatIsSet() throws Exception {
    OutgoingMessage will = OutgoingMessage.ofText("will", "gone", QoS.AT_LEAST_ONCE);
    MqttClientOptions quiet = scene.options().setWill(will, 0);
    MqttClientOptions loud = new MqttClientOptions(quiet).setWillAtClose(true);
    MqttClientOptions without = scene.options().setWillAtClose(true);
    assertThat(atClose(quiet)).isEqualTo(ReasonCode.SUCCESS);
    assertThat(atClose(loud)).isEqualTo(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE);
    assertThat(atClose(without)).isEqualTo(ReasonCode.SUCCESS);
    MqttClient client = scene.client(loud);
    HandServer.Line line = scene.connect(client);
    Future<Void> disconnecting = client.disconnect();
    assertThat(line.read(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    line.close();
    await(disconnecting);
  }

  @Test
  void connectingWaitsForTheEndOfTheConnectionBefore() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    Future<Void> disconnecting = client.disconnect();
    Future<?> connecting = client.connect();
    line.read(Disconnect.class);
    assertThat(connecting.isComplete()).isFalse();
    line.close();
    scene.server.accept(true);
    await(disconnecting);
    await(connecting);
    assertThat(client.isConnected()).isTrue();
  }

  @Test
  void theLastWordCounts() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    Future<Void> disconnecting = client.disconnect();
    Future<?> connecting = client.connect();
    Future<Void> again = client.disconnect();
    assertThat(failure(connecting).failure()).isEqualTo(MqttClientFailure.NOT_CONNECTED);
    line.read(Disconnect.class);
    line.close();
    await(disconnecting);
    await(again);
    assertThat(client.isConnected()).isFalse();
    assertThat(next(scene.changes).state()).isEqualTo(ConnectionChange.State.DISCONNECTED);
    Future<?> wanted = client.connect();
    scene.server.acceptWanted(); // the connection before may have ended before connect() came
    await(wanted);
  }

  @Test
  void anAttemptIsGivenUpAndAnotherCanFollow() throws Exception {
    MqttClient client = scene.client(scene.options());
    Future<?> first = client.connect();
    HandServer.Line line = scene.server.accept();
    line.read(Connect.class);
    Future<Void> disconnecting = client.disconnect();
    assertThat(failure(first).failure()).isEqualTo(MqttClientFailure.NOT_CONNECTED);
    line.close();
    await(disconnecting);
    assertThat(next(scene.changes).state()).isEqualTo(ConnectionChange.State.DISCONNECTED);
    scene.connect(client);
  }

  @Test
  void whoIsToldToDisconnectAtOnceDoesNotConnect() throws Exception {
    MqttClient client = scene.client(scene.options());
    for (int i = 0; i < 20; i++) { // the network may be quicker, or not
      Future<?> connecting = client.connect();
      Future<Void> disconnecting = client.disconnect();
      assertThat(failure(connecting).failure()).isEqualTo(MqttClientFailure.NOT_CONNECTED);
      await(disconnecting);
      assertThat(next(scene.changes).state()).isEqualTo(ConnectionChange.State.DISCONNECTED);
    }
    Future<?> connecting = client.connect();
    Thread server = new Thread(this::answerAll, "server");
    server.setDaemon(true);
    server.start();
    await(connecting);
    assertThat(client.isConnected()).isTrue();
  }

  @Test
  void whoWaitsToComeBackStopsWaiting() throws Exception {
    MqttClient client =
        scene.client(
            scene.options().setReconnect(ReconnectOptions.defaults().withDelays(60_000, 60_000)));
    scene.connect(client).close();
    assertThat(next(scene.changes).state()).isEqualTo(ConnectionChange.State.RECONNECTING);
    await(client.disconnect());
    assertThat(next(scene.changes).state()).isEqualTo(ConnectionChange.State.DISCONNECTED);
    Future<?> connecting = client.connect(); // at once, not in a minute
    scene.server.accept(true);
    await(connecting);
  }

  @Test
  void closingFollowsWhereADisconnectIsUnderWay() throws Exception {
    MqttClient client = scene.client(scene.options());
    HandServer.Line line = scene.connect(client);
    Future<Void> disconnecting = client.disconnect();
    Future<Void> closing = client.close();
    line.read(Disconnect.class);
    line.close();
    await(disconnecting);
    await(closing);
    assertThat(failure(client.connect()).failure()).isEqualTo(MqttClientFailure.CLOSED);
    await(client.disconnect());
  }

  /** Until the server is closed. What comes first is of attempts that are not wanted any more. */
  private void answerAll() {
    try {
      while (true) {
        answerOne(scene.server.accept());
      }
    } catch (IOException e) {
      // The server is closed.
    }
  }

  private static void answerOne(HandServer.Line line) {
    try {
      if (line.read() instanceof Connect) {
        line.send(new ConnAck(false, ReasonCode.SUCCESS, Properties.EMPTY));
      }
    } catch (IOException e) {
      // The client has closed it meanwhile.
    }
  }

  private ReasonCode atClose(MqttClientOptions options) throws Exception {
    MqttClient client = scene.client(options);
    HandServer.Line line = scene.connect(client);
    Future<Void> closing = client.close();
    Disconnect disconnect = line.read(Disconnect.class);
    line.close();
    await(closing);
    assertThat(next(scene.changes).state()).isEqualTo(ConnectionChange.State.DISCONNECTED);
    return disconnect.reasonCode();
  }
}
