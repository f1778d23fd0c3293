package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.runtime.bus.CulvertMqtt;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.MqttMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever is on the event bus lets the clients of a deployed broker go. */
class BusDrainTest {
  private static final int CLIENTS = 6;

  private final Vertx vertx = Vertx.vertx();
  private final List<Mqtt5Client> clients = new ArrayList<>();
  private int port;

  @AfterEach
  void close() throws Exception {
    for (Mqtt5Client client : clients) {
      client.close();
    }
    await(vertx.close());
  }

  @ParameterizedTest
  @CsvSource({
    "'', false, SERVER_SHUTTING_DOWN",
    "two.example.com:1883, false, USE_ANOTHER_SERVER",
    "two.example.com:1883, true, SERVER_MOVED",
  })
  void clientsAreToldWhyTheyGoAndNobodyComesBack(
      String reference, boolean permanently, ReasonCode expected) throws Exception {
    deploy(reference);
    connect();
    assertThat(request("drain.status", new JsonObject()))
        .isEqualTo(new JsonObject("{\"draining\":false,\"clients\":0,\"left\":0}"));
    JsonObject body = new JsonObject().put("perSecond", 50).put("permanently", permanently);
    assertThat(request("drain", body)).isEqualTo(new JsonObject());
    assertThat(request("drain.status", new JsonObject()).getBoolean("draining")).isTrue();
    for (Mqtt5Client client : clients) {
      Disconnect told = client.read(Disconnect.class);
      assertThat(told.reasonCode()).isEqualTo(expected);
      assertThat(told.properties().text(Property.SERVER_REFERENCE))
          .isEqualTo(reference.isEmpty() ? null : reference);
      client.close();
    }
    JsonObject status = untilNobodyIsLeft();
    assertThat(status.getInteger("clients")).isEqualTo(CLIENTS);
    assertThatThrownBy(() -> new Mqtt5Client(port)).isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> await(CulvertMqtt.create(vertx).publish(MqttMessage.of("a", "x"))))
        .cause()
        .satisfies(f -> assertThat(MqttFailure.of(f)).isEqualTo(MqttFailure.UNAVAILABLE));
  }

  @Test
  void theRateHoldsAndANewOneReplacesIt() throws Exception {
    deploy("");
    connect();
    request("drain", new JsonObject().put("perSecond", 1));
    JsonObject status = request("drain.status", new JsonObject());
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (status.getInteger("clients") == 0) {
      assertThat(System.nanoTime()).as("it begins in time").isLessThan(until);
      status = request("drain.status", new JsonObject());
    }
    assertThat(status.getInteger("left")).as("those who are not the first").isPositive();
    request("drain", new JsonObject().put("perSecond", 1000));
    for (Mqtt5Client client : clients) {
      assertThat(client.read(Disconnect.class).reasonCode())
          .isEqualTo(ReasonCode.SERVER_SHUTTING_DOWN);
    }
    untilNobodyIsLeft();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | perSecond is needed",
        "{\"perSecond\":0} | perSecond must be a whole number from 1 to 1000000",
        "{\"perSecond\":1000001} | perSecond must be a whole number",
        "{\"perSecond\":1,\"permanently\":1} | permanently must be true or false",
        "{\"perSecond\":1,\"permanent\":true} | permanent is not known",
      })
  void aRequestThatIsWrongLetsNobodyGo(String body, String text) throws Exception {
    deploy("");
    assertThatThrownBy(() -> request("drain", new JsonObject(body)))
        .cause()
        .hasMessageStartingWith("BAD_REQUEST: " + text);
    assertThat(request("drain.status", new JsonObject()).getBoolean("draining")).isFalse();
  }

  private void deploy(String serverReference) throws Exception {
    JsonObject mqtt = new JsonObject().put("instances", 2);
    if (!serverReference.isEmpty()) {
      mqtt.put("server-reference", serverReference);
    }
    port = DeployedBroker.deploy(vertx, "test", new JsonObject().put("mqtt", mqtt)).port();
  }

  private void connect() throws Exception {
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(Mqtt5Client.connected(port, "c" + i, Properties.EMPTY));
    }
  }

  private JsonObject untilNobodyIsLeft() throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    JsonObject status = request("drain.status", new JsonObject());
    while (status.getInteger("left") > 0) {
      assertThat(System.nanoTime()).as("all go in time").isLessThan(until);
      status = request("drain.status", new JsonObject());
    }
    return status;
  }

  private JsonObject request(String verb, JsonObject body) throws Exception {
    return await(vertx.eventBus().<JsonObject>request("culvert.mqtt.admin." + verb, body)).body();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
