package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.config.BrokerOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A broker without listeners of its own that serves streams which the application gives it. */
class AttachTest {
  @Test
  void servesAPairOfStreams() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      int port = await(listen(vertx)).port();
      try (RawClient client = new RawClient(port)) {
        client.send(RawClient.CONNECT_5);
        assertThat(client.read()).startsWith("20");
        client.send("c000");
        assertThat(client.read()).isEqualTo("d000");
        client.send("e000");
        assertThat(client.read()).as("end of stream").isEmpty();
      }
    } finally {
      await(vertx.close());
    }
  }

  @Test
  void closesAttachedStreamsWithTheBroker() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Served served = await(listen(vertx));
      try (RawClient connected = new RawClient(served.port());
          RawClient silent = new RawClient(served.port())) {
        connected.send(RawClient.CONNECT_5);
        assertThat(connected.read()).startsWith("20");
        Promise<Void> closed = Promise.promise();
        served.context().runOnContext(go -> served.broker().close().onComplete(closed));
        assertThat(connected.read()).as("Server shutting down").isEqualTo("e0018b");
        assertThat(connected.read()).as("end of stream").isEmpty();
        assertThat(silent.read()).as("end of stream").isEmpty();
        await(closed.future());
      }
    } finally {
      await(vertx.close());
    }
  }

  private static Future<Served> listen(Vertx vertx) {
    Promise<Served> listening = Promise.promise();
    JsonObject none =
        new JsonObject().put("mqtt", new JsonObject().put("listeners", new JsonArray()));
    vertx.runOnContext(
        ignored -> {
          MqttBroker broker =
              MqttBroker.create(vertx.getOrCreateContext(), BrokerOptions.parse(none));
          vertx
              .createNetServer()
              .connectHandler(socket -> broker.attach(socket, socket, socket::close))
              .listen(0, "127.0.0.1")
              .map(server -> new Served(broker, vertx.getOrCreateContext(), server.actualPort()))
              .onComplete(listening);
        });
    return listening.future();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private record Served(MqttBroker broker, Context context, int port) {}
}
