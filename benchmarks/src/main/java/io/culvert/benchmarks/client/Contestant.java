package io.culvert.benchmarks.client;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientOptions;
import io.culvert.mqtt.wire.QoS;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttMessage;

/** Whose client it is. Each is used as its documentation shows, without blocking. */
enum Contestant {
  CULVERT {
    @Override
    Publishing connect(int port) throws Exception {
      Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
      MqttClient client =
          MqttClient.create(
              vertx,
              new MqttClientOptions()
                  .setAddresses("mqtt://127.0.0.1:" + port)
                  .setClientId(name() + UUID.randomUUID())
                  .setSessionExpirySeconds(0));
      await(client.connect());
      return new Publishing() {
        @Override
        public void publish(byte[] payload, Outcome outcome) {
          var unused =
              client
                  .publish(TOPIC, Buffer.buffer(payload), QoS.AT_LEAST_ONCE)
                  .onComplete(result -> outcome.complete(result.cause()));
        }

        @Override
        public void close() throws Exception {
          await(client.close());
          await(vertx.close());
        }
      };
    }
  },

  HIVEMQ {
    @Override
    Publishing connect(int port) {
      Mqtt5AsyncClient client =
          Mqtt5Client.builder()
              .identifier(name() + UUID.randomUUID())
              .serverHost("127.0.0.1")
              .serverPort(port)
              .buildAsync();
      client.connect().join();
      return new Publishing() {
        @Override
        public void publish(byte[] payload, Outcome outcome) {
          var unused =
              client
                  .publishWith()
                  .topic(TOPIC)
                  .qos(MqttQos.AT_LEAST_ONCE)
                  .payload(payload)
                  .send()
                  .whenComplete((result, failure) -> outcome.complete(failure));
        }

        @Override
        public void close() {
          client.disconnect().join();
        }
      };
    }
  },

  PAHO {
    @Override
    Publishing connect(int port) throws Exception {
      MqttAsyncClient client =
          new MqttAsyncClient(
              "tcp://127.0.0.1:" + port, name() + UUID.randomUUID(), new MemoryPersistence());
      client.connect(new MqttConnectionOptions()).waitForCompletion();
      return new Publishing() {
        @Override
        public void publish(byte[] payload, Outcome outcome) throws Exception {
          client.publish(
              TOPIC,
              new MqttMessage(payload, 1, false, null),
              null,
              new MqttActionListener() {
                @Override
                public void onSuccess(IMqttToken token) {
                  outcome.complete(null);
                }

                @Override
                public void onFailure(IMqttToken token, Throwable failure) {
                  outcome.complete(failure);
                }
              });
        }

        @Override
        public void close() throws Exception {
          client.disconnect().waitForCompletion();
          client.close();
        }
      };
    }
  },

  VERTX_MQTT {
    @Override
    Publishing connect(int port) throws Exception {
      Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
      io.vertx.mqtt.MqttClient client =
          io.vertx.mqtt.MqttClient.create(
              vertx,
              new io.vertx.mqtt.MqttClientOptions()
                  .setClientId("V" + UUID.randomUUID().toString().substring(0, 20))
                  .setMaxInflightQueue(1000));
      Map<Integer, Publishing.Outcome> waiting = new HashMap<>(); // on the event loop only
      Set<Integer> early = new HashSet<>();
      Promise<Void> connected = Promise.promise();
      io.vertx.core.Context context = vertx.getOrCreateContext();
      client.publishCompletionHandler(
          id -> {
            Publishing.Outcome outcome = waiting.remove(id);
            if (outcome == null) {
              early.add(id);
            } else {
              outcome.complete(null);
            }
          });
      context.runOnContext(
          ignored -> client.connect(port, "127.0.0.1").<Void>mapEmpty().onComplete(connected));
      await(connected.future());
      return new Publishing() {
        @Override
        public void publish(byte[] payload, Outcome outcome) {
          context.runOnContext(
              ignored ->
                  client
                      .publish(TOPIC, Buffer.buffer(payload), MqttQoS.AT_LEAST_ONCE, false, false)
                      .onSuccess(
                          id -> {
                            if (early.remove(id)) {
                              outcome.complete(null);
                            } else {
                              waiting.put(id, outcome);
                            }
                          })
                      .onFailure(outcome::complete));
        }

        @Override
        public void close() throws Exception {
          await(vertx.close());
        }
      };
    }
  };

  private static final String TOPIC = "speed/of/clients";

  abstract Publishing connect(int port) throws Exception;

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get();
  }
}
