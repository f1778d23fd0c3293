package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.config.BrokerOptions;
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
      int port = await(onContext(vertx));
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

  private static Future<Integer> onContext(Vertx vertx) {
    Promise<Integer> listening = Promise.promise();
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
              .map(server -> server.actualPort())
              .onComplete(listening);
        });
    return listening.future();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
