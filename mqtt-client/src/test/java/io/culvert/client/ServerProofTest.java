package io.culvert.client;

import static io.culvert.client.Awaited.await;
import static io.culvert.client.Awaited.failure;
import static io.culvert.client.Awaited.next;
import static io.culvert.client.Scene.answer;
import static io.culvert.client.Scene.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that has accepted the client has not proved yet who it is itself. */
class ServerProofTest {
  private final Scene scene = new Scene();
  private final Promise<Void> proof = Promise.promise();

  @AfterEach
  void stop() throws Exception {
    scene.close();
  }

  @Test
  @Scenario(74)
  void untilItHasNothingIsTakenFromItOrGivenToIt() throws Exception {
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    MqttClient client = client();
    client.defaultHandler(m -> received.add(m.payloadAsText()));
    Future<?> connecting = client.connect();
    Future<PublishResult> published = client.publish("secret", "x", QoS.AT_LEAST_ONCE);
    Future<Subscription> subscribing = client.subscribe("s", QoS.AT_LEAST_ONCE, m -> {});
    HandServer.Line line = accept();
    line.send(message("a", "forged", QoS.AT_LEAST_ONCE, 1));
    assertThat(failure(client.ping()).failure()).isEqualTo(MqttClientFailure.NOT_CONNECTED);
    assertThat(client.isConnected()).isFalse();
    assertThat(connecting.isComplete()).isFalse();
    assertThat(received).isEmpty();

    proof.complete();
    await(connecting);
    assertThat(next(received)).isEqualTo("forged");
    answer(line, ReasonCode.GRANTED_QOS_1);
    await(subscribing);
    assertThat(line.read(PubAck.class).packetId()).isEqualTo(1);
    line.send(PubAck.of(line.read(Publish.class).packetId()));
    await(published);
  }

  @Test
  void withoutItsMessagesAreNotTaken() throws Exception {
    BlockingQueue<String> received = new LinkedBlockingQueue<>();
    MqttClient client = client();
    client.defaultHandler(m -> received.add(m.payloadAsText()));
    Future<?> connecting = client.connect();
    HandServer.Line line = accept();
    line.send(
        message("a", "forged", QoS.AT_MOST_ONCE, 0), message("a", "forged", QoS.AT_LEAST_ONCE, 1));
    proof.fail("it is somebody else");
    MqttClientException failed = failure(connecting);
    assertThat(failed.failure()).isEqualTo(MqttClientFailure.AUTHENTICATION_FAILED);
    assertThat(failed).hasMessageContaining("it is somebody else");
    assertThat(line.read(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.UNSPECIFIED_ERROR);
    assertThat(line.read()).isNull();
    assertThat(received).isEmpty();
  }

  @Test
  void whoProvesNothingInTimeIsLeft() throws Exception {
    MqttClient client = MqttClient.create(scene.vertx, options().setConnectTimeoutMillis(100));
    Future<?> connecting = client.connect();
    accept();
    assertThat(failure(connecting)).hasMessageContaining("in time");
  }

  private MqttClient client() {
    return MqttClient.create(scene.vertx, options());
  }

  private MqttClientOptions options() {
    return scene.options().setAuthentication(new Proving());
  }

  private HandServer.Line accept() throws Exception {
    HandServer.Line line = scene.server.accept();
    line.read(Connect.class);
    Properties method = Properties.builder().put(Property.AUTHENTICATION_METHOD, "toy").build();
    line.send(new ConnAck(false, ReasonCode.SUCCESS, method));
    return line;
  }

  /** Believes the server when the test says so. */
  private final class Proving implements MqttAuthentication {
    @Override
    public String method() {
      return "toy";
    }

    @Override
    public Exchange begin(Vertx vertx) {
      return new Exchange() {
        @Override
        public @Nullable Buffer first() {
          return null;
        }

        @Override
        public Future<Buffer> answer(@Nullable Buffer data) {
          return Future.failedFuture("nothing was asked");
        }

        @Override
        public Future<Void> accepted(@Nullable Buffer data) {
          return proof.future();
        }
      };
    }
  }
}
