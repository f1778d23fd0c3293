package io.culvert.client;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.next;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.TopicName;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A client, and a server that the test plays by hand. */
final class Scene implements AutoCloseable {
  final Vertx vertx = Vertx.vertx();
  final HandServer server;
  final BlockingQueue<ConnectionChange> changes = new LinkedBlockingQueue<>();

  Scene() {
    try {
      server = new HandServer();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  MqttClientOptions options() {
    return new MqttClientOptions()
        .setAddresses(server.address())
        .setClientId("c")
        .setKeepAliveSeconds(0)
        .setReconnect(ReconnectOptions.defaults().withDelays(1, 20));
  }

  MqttClient client(MqttClientOptions options) {
    return MqttClient.create(vertx, options).connectionHandler(changes::add);
  }

  HandServer.Line connect(MqttClient client) throws Exception {
    Future<?> connecting = client.connect();
    HandServer.Line line = server.accept(false);
    await(connecting);
    assertThat(next(changes).state()).isEqualTo(ConnectionChange.State.CONNECTED);
    return line;
  }

  /** Answers the next SUBSCRIBE, which it returns. */
  static Subscribe answer(HandServer.Line line, ReasonCode... codes) throws IOException {
    Subscribe subscribe = line.read(Subscribe.class);
    line.send(new SubAck(subscribe.packetId(), List.of(codes), Properties.EMPTY));
    return subscribe;
  }

  static Publish message(String topic, String payload, QoS qos, int packetId) {
    return message(topic, payload, qos, packetId, Properties.EMPTY);
  }

  static Publish message(
      String topic, String payload, QoS qos, int packetId, Properties properties) {
    return new Publish(
        TopicName.of(topic), Bytes.utf8(payload), qos, false, false, packetId, properties);
  }

  @Override
  public void close() throws Exception {
    server.close();
    await(vertx.close());
  }
}
