package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.broker.config.BrokerSettings;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.runtime.bus.CulvertMqtt;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.MqttMessage;
import io.culvert.runtime.config.Setting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The administration over the event bus, of a broker with two shards. */
class AdminApiTest {
  @TempDir Path folder;

  private Vertx vertx;
  private CulvertMqtt mqtt;
  private Path acl;
  private int port;

  @BeforeEach
  void deploy() throws Exception {
    vertx = Vertx.vertx();
    mqtt = CulvertMqtt.create(vertx);
    acl = Files.writeString(folder.resolve("acl"), "topic readwrite #\n");
    JsonObject config =
        new JsonObject()
            .put("auth", new JsonObject().put("acl-file", acl.toString()).put("reload-seconds", 0))
            .put("limits", new JsonObject().put("sessions", 500))
            .put("mqtt", new JsonObject().put("instances", 2));
    port = DeployedBroker.deploy(vertx, "test", config).port();
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void listsClientsPageByPage() throws Exception {
    List<Mqtt5Client> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 25; i++) {
        clients.add(client("device-%02d".formatted(i)));
      }
      List<String> ids = new ArrayList<>();
      JsonObject page = admin("clients", new JsonObject().put("limit", 10));
      while (page.getString("cursor") != null) {
        ids.addAll(ids(page));
        page =
            admin(
                "clients",
                new JsonObject().put("limit", 10).put("cursor", page.getString("cursor")));
      }
      ids.addAll(ids(page));
      assertThat(ids).isSorted().doesNotHaveDuplicates();
      assertThat(ids).filteredOn(id -> id.startsWith("device-")).hasSize(25);
    } finally {
      for (Mqtt5Client client : clients) {
        client.close();
      }
    }
  }

  @Test
  void tellsAboutAClientAndItsSubscriptions() throws Exception {
    try (Mqtt5Client client = client("device")) {
      client.subscribe("a/#", QoS.AT_MOST_ONCE);
      client.subscribe("b", QoS.AT_MOST_ONCE);
      JsonObject found = admin("client", new JsonObject().put("clientId", "device"));
      assertThat(found.getInteger("subscriptions")).isEqualTo(2);
      assertThat(found.getLong("expirySeconds")).isEqualTo(60);
      JsonObject connection = found.getJsonObject("connection");
      assertThat(connection.getString("transport")).isEqualTo("tcp");
      assertThat(connection.getString("address")).startsWith("127.0.0.1:");
      assertThat(connection.getString("listener")).isEqualTo("127.0.0.1:" + port);
      assertThat(connection.getInteger("keepAliveSeconds")).isEqualTo(60);

      JsonObject page =
          admin("subscriptions", new JsonObject().put("clientId", "device").put("limit", 1));
      assertThat(page.getJsonArray("items").getJsonObject(0).getString("filter")).isEqualTo("a/#");
      page =
          admin(
              "subscriptions",
              new JsonObject()
                  .put("clientId", "device")
                  .put("limit", 1)
                  .put("cursor", page.getString("cursor")));
      assertThat(page.getJsonArray("items").getJsonObject(0).getString("filter")).isEqualTo("b");
      assertThat(page.containsKey("cursor")).isFalse();
      assertThat(admin("subscriptions", new JsonObject().put("filter", "b")).getJsonArray("items"))
          .hasSize(1);
    }
    assertThat(failure("client", new JsonObject().put("clientId", "nobody")))
        .isEqualTo(MqttFailure.NOT_FOUND);
  }

  @Test
  void disconnectsAClientWithTheReasonThatWasGiven() throws Exception {
    try (Mqtt5Client one = client("one");
        Mqtt5Client two = client("two")) {
      admin("disconnect", new JsonObject().put("clientId", "one"));
      assertThat(one.read(Disconnect.class).reasonCode())
          .isEqualTo(ReasonCode.ADMINISTRATIVE_ACTION);
      admin(
          "disconnect",
          new JsonObject().put("clientId", "two").put("serverReference", "other:1883"));
      Disconnect moved = two.read(Disconnect.class);
      assertThat(moved.reasonCode()).isEqualTo(ReasonCode.USE_ANOTHER_SERVER);
      assertThat(moved.properties().text(Property.SERVER_REFERENCE)).isEqualTo("other:1883");
    }
    assertThat(
            failure("disconnect", new JsonObject().put("clientId", "one").put("reasonCode", 0x80)))
        .isEqualTo(MqttFailure.NOT_FOUND);
    assertThat(failure("disconnect", new JsonObject().put("clientId", "x").put("reasonCode", 0x85)))
        .as("a reason code of CONNACK")
        .isEqualTo(MqttFailure.BAD_REQUEST);
  }

  @Test
  void deletesSessionsWithAndWithoutConnection() throws Exception {
    try (Mqtt5Client client = client("connected")) {
      admin("session.delete", new JsonObject().put("clientId", "connected"));
      assertThat(client.read(Disconnect.class).reasonCode())
          .isEqualTo(ReasonCode.ADMINISTRATIVE_ACTION);
    }
    assertThat(failure("client", new JsonObject().put("clientId", "connected")))
        .isEqualTo(MqttFailure.NOT_FOUND);
    try (Mqtt5Client client = client("away")) {
      client.send(new Disconnect(ReasonCode.SUCCESS, Properties.EMPTY));
      assertThat(client.read()).as("end of stream").isNull();
    }
    assertThat(ids(admin("sessions", new JsonObject()))).contains("away");
    assertThat(ids(admin("clients", new JsonObject()))).doesNotContain("away");
    admin("session.delete", new JsonObject().put("clientId", "away"));
    assertThat(ids(admin("sessions", new JsonObject()))).doesNotContain("away");
  }

  @Test
  void listsAndDeletesRetainedMessages() throws Exception {
    for (int i = 0; i < 30; i++) {
      await(mqtt.publish(MqttMessage.of("kept/" + i, "x").withRetain(true).withExpirySeconds(60)));
    }
    List<String> topics = new ArrayList<>();
    JsonObject request = new JsonObject().put("filter", "kept/+").put("limit", 7);
    JsonObject page = admin("retained", request);
    while (true) {
      page.getJsonArray("items").stream()
          .forEach(item -> topics.add(((JsonObject) item).getString("topic")));
      if (page.getString("cursor") == null) {
        break;
      }
      page = admin("retained", request.copy().put("cursor", page.getString("cursor")));
    }
    assertThat(topics).hasSize(30).doesNotHaveDuplicates();
    admin("retained.delete", new JsonObject().put("topic", "kept/3"));
    assertThat(admin("retained", new JsonObject().put("filter", "kept/3")).getJsonArray("items"))
        .isEmpty();
    assertThat(failure("retained", request.copy().put("cursor", "nonsense")))
        .isEqualTo(MqttFailure.CURSOR_UNKNOWN);
    assertThat(failure("retained", new JsonObject().put("filter", "a/#/b")))
        .isEqualTo(MqttFailure.BAD_REQUEST);
  }

  @Test
  void showsLimitsWithTheirUse() throws Exception {
    try (Mqtt5Client client = client("one")) {
      JsonArray limits = admin("limits", new JsonObject()).getJsonArray("items");
      assertThat(limits)
          .contains(
              new JsonObject().put("name", "limits.sessions").put("limit", 500L).put("use", 1L));
      assertThat(limits.encode()).contains("mqtt://127.0.0.1:" + port);
      assertThat(limits.stream().map(limit -> ((JsonObject) limit).getString("name")))
          .containsOnlyOnceElementsOf(
              BrokerSettings.TABLE.settings().stream()
                  .filter(setting -> setting.root().equals("limits"))
                  .map(Setting::key)
                  .toList());
      JsonObject status = admin("status", new JsonObject());
      assertThat(status.getInteger("connections")).isEqualTo(1);
      assertThat(status.getJsonObject("eventBus").getInteger("subscriptions")).isZero();
    }
  }

  @Test
  void readsPermissionsAgainUnlessTheyAreBad() throws Exception {
    Files.writeString(acl, "topic sideways #\n");
    assertThat(failure("reload", new JsonObject().put("dryRun", true)))
        .isEqualTo(MqttFailure.BAD_CONFIGURATION);
    assertThat(failure("reload", new JsonObject())).isEqualTo(MqttFailure.BAD_CONFIGURATION);
    Files.writeString(acl, "topic read public/#\n");
    admin("reload", new JsonObject().put("dryRun", true));
    try (Mqtt5Client client = client("one")) {
      assertThat(client.subscribe("private", QoS.AT_MOST_ONCE)).isEqualTo(ReasonCode.SUCCESS);
      admin("reload", new JsonObject());
      assertThat(client.subscribe("private/2", QoS.AT_MOST_ONCE))
          .isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }
    assertThat(await(mqtt.publish(MqttMessage.of("private", "x"))).reasonCode())
        .as("taken from the event bus, which may do everything; nobody may read it")
        .isEqualTo(16);
  }

  private static List<String> ids(JsonObject page) {
    return page.getJsonArray("items").stream()
        .map(item -> ((JsonObject) item).getString("clientId"))
        .toList();
  }

  private MqttFailure failure(String verb, JsonObject body) {
    List<MqttFailure> failures = new ArrayList<>();
    assertThatThrownBy(() -> admin(verb, body))
        .cause()
        .satisfies(failure -> failures.add(MqttFailure.of(failure)));
    return failures.get(0);
  }

  private JsonObject admin(String verb, JsonObject body) throws Exception {
    return await(mqtt.admin().ask(verb, body));
  }

  private Mqtt5Client client(String clientId) throws Exception {
    Properties properties = Properties.builder().put(Property.SESSION_EXPIRY_INTERVAL, 60).build();
    return Mqtt5Client.connected(port, clientId, properties);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
