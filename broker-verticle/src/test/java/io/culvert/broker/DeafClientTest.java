package io.culvert.broker;

import static io.culvert.broker.PluginBroker.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.runtime.bus.CulvertMqtt;
import io.culvert.runtime.bus.MqttMessage;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Where the messages are of a client that does not read. */
@EnabledOnOs(OS.LINUX)
class DeafClientTest {
  private static final String SUBSCRIBE = "82090001000003612f6200";
  private static final int MESSAGES = 800;
  private static final int MESSAGE_BYTES = 1024;
  private static final long MUCH = MESSAGES * MESSAGE_BYTES / 4;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void itsMessagesWaitInTheBrokerUnlessTheKernelMayTakeThem() throws Exception {
    assertThat(waiting("0")).as("but the last ones, on their way").isLessThan(MUCH);
    assertThat(waiting("4KiB")).isBetween(MUCH, MESSAGES * 1100L);
  }

  /** Bytes in the outbox, after messages that it takes all. */
  private long waiting(String unsentBytes) throws Exception {
    JsonObject limits = new JsonObject().put("unsent-bytes", unsentBytes);
    DeployedBroker broker =
        DeployedBroker.deploy(vertx, "test", new JsonObject().put("limits", limits));
    CulvertMqtt mqtt = CulvertMqtt.create(vertx);
    try (RawClient deaf = new RawClient(broker.port())) {
      deaf.send(RawClient.CONNECT_5);
      assertThat(deaf.read()).startsWith("20");
      deaf.send(SUBSCRIBE);
      assertThat(deaf.read()).startsWith("90");
      for (int i = 0; i < MESSAGES; i++) {
        await(mqtt.publish(message()));
      }
      JsonObject client =
          await(mqtt.admin().ask("client", new JsonObject().put("clientId", "raw")));
      return client.getJsonObject("connection").getLong("outboxBytes");
    } finally {
      await(vertx.undeploy(broker.id()));
    }
  }

  private static MqttMessage message() {
    return MqttMessage.of("a/b", Buffer.buffer(new byte[MESSAGE_BYTES])).withQos(0);
  }
}
