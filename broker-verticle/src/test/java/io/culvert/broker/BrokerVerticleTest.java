package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The verticle as a Vert.x application deploys it, with clients on real sockets. */
class BrokerVerticleTest {
  private static final String PUBLISH_QOS1 = "320d0003612f6200070068656c6c6f";

  private Vertx vertx;
  private DeployedBroker broker;

  @BeforeEach
  void deploy() throws Exception {
    vertx = Vertx.vertx();
    broker = DeployedBroker.deploy(vertx, "test", new JsonObject());
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void servesClientsOnTheAnnouncedPort() throws Exception {
    try (RawClient client = new RawClient(broker.port())) {
      client.send(RawClient.CONNECT_5);
      assertThat(client.read()).startsWith("20");
      client.send("82090001000003612f6200");
      assertThat(client.read()).isEqualTo("9004000100" + "00");
      client.send(PUBLISH_QOS1);
      assertThat(client.read() + client.read())
          .as("the message at QoS 0 and its acknowledgement")
          .contains("300b0003612f620068656c6c6f")
          .contains("40020007");
    }
  }

  @Test
  void tellsClientsThatItStops() throws Exception {
    try (RawClient client = new RawClient(broker.port())) {
      client.send(RawClient.CONNECT_5);
      assertThat(client.read()).startsWith("20");
      await(vertx.undeploy(broker.id()));
      assertThat(client.read()).as("Server shutting down").isEqualTo("e0018b");
      assertThat(client.read()).as("end of stream").isEmpty();
    }
  }

  @Test
  void namesTheServerToGoToAndTheTopicsToBeginResponsesWith() throws Exception {
    await(vertx.undeploy(broker.id()));
    JsonObject mqtt =
        new JsonObject()
            .put("server-reference", "b:1")
            .put("response-information", "re/%c")
            .put("retain-available", false);
    broker = DeployedBroker.deploy(vertx, "test", new JsonObject().put("mqtt", mqtt));
    String retainAvailable = "2500";
    String information = "1a0006" + hex("re/raw");
    String reference = "1c0003" + hex("b:1");
    try (RawClient client = new RawClient(broker.port())) {
      client.send("101200044d5154540502003c0219010003726177"); // Request Response Information
      assertThat(client.read()).contains(information).contains(retainAvailable);
      await(vertx.undeploy(broker.id()));
      assertThat(client.read()).startsWith("e0").contains("9c").contains(reference);
      assertThat(client.read()).as("end of stream").isEmpty();
    }
  }

  @Test
  void logsEachPacketWithTypeIdAndSizeButNoPayload() throws Exception {
    Logger wire = (Logger) LoggerFactory.getLogger("culvert.mqtt.wire");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    wire.addAppender(lines);
    wire.setLevel(Level.DEBUG);
    try (RawClient client = new RawClient(broker.port())) {
      client.send(RawClient.CONNECT_5);
      client.read();
      client.send(PUBLISH_QOS1);
      client.read();
    } finally {
      wire.setLevel(Level.INFO);
      wire.detachAppender(lines);
    }
    assertThat(lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList())
        .anyMatch(line -> line.endsWith("→ CONNECT id 0 size 18"))
        .anyMatch(line -> line.contains("← CONNACK id 0 size "))
        .anyMatch(line -> line.endsWith("→ PUBLISH id 7 size 15"))
        .anyMatch(line -> line.endsWith("← PUBACK id 7 size 5"))
        .noneMatch(line -> line.contains("hello"));
  }

  @Test
  void warnsOnceOfAViolationWithReasonCodeAndStatement() throws Exception {
    Logger server = (Logger) LoggerFactory.getLogger("culvert.mqtt.server");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    server.addAppender(lines);
    try (RawClient client = new RawClient(broker.port())) {
      client.send(RawClient.CONNECT_5);
      client.read();
      client.send(RawClient.CONNECT_5);
      assertThat(client.read()).as("DISCONNECT, Protocol Error").matches("e0..82.*");
      assertThat(client.read()).isEmpty();
    } finally {
      server.detachAppender(lines);
    }
    assertThat(lines.list)
        .filteredOn(line -> line.getLevel() == Level.WARN)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .contains("client raw", "0x82", "second CONNECT", "MQTT5-3.1.0-2");
  }

  @Test
  void refusesAnUnknownSetting() {
    JsonObject config = new JsonObject().put("limits", new JsonObject().put("packet-byte", 1));
    Future<String> deployed =
        vertx.deployVerticle(new BrokerVerticle(), new DeploymentOptions().setConfig(config));
    assertThat(deployed.toCompletionStage().toCompletableFuture())
        .failsWithin(10, TimeUnit.SECONDS)
        .withThrowableThat()
        .withMessageContaining("limits.packet-byte")
        .withMessageContaining("limits.packet-bytes");
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
