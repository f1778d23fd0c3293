package io.culvert.broker;

import static io.culvert.broker.PluginBroker.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.auth.PasswordHash;
import io.culvert.broker.config.PasswordFile;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.runtime.config.ConfigurationException;
import io.vertx.core.DeploymentOptions;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** User names and passwords through the whole broker, with clients on real sockets. */
class LoginTest {
  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private PluginBroker broker;

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void rightPasswordIsLetInAgainAndAgain() throws Exception {
    listen(auth());
    for (int i = 0; i < 3; i++) { // the first time hashed, then known
      assertThat(login("ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
    }
  }

  @Test
  void everythingElseIsKeptOut() throws Exception {
    listen(auth());
    assertThat(login("ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
    ReasonCode wrong = ReasonCode.BAD_USERNAME_OR_PASSWORD;
    assertThat(login("ann", "pencil2")).isEqualTo(wrong);
    assertThat(login("ann", "")).isEqualTo(wrong);
    assertThat(login("nobody", "pencil")).isEqualTo(wrong);
    assertThat(login("nobody\r\n", "pencil")).isEqualTo(wrong);
    assertThat(login("ann", null)).isEqualTo(wrong);
    assertThat(login(null, "pencil")).isEqualTo(wrong);
    assertThat(login(null, null)).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(await(broker.broker().status()).counters().refused()).isEqualTo(7);
    assertThat(await(broker.broker().status()).sessions()).isZero();
  }

  @Test
  void whereAnonymousIsSaidClientsMayComeWithoutCredentialsButNotWithWrongOnes() throws Exception {
    listen(auth().put("anonymous", true));
    assertThat(login(null, null)).isEqualTo(ReasonCode.SUCCESS);
    assertThat(login("ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
    assertThat(login("ann", "pencil2")).isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
  }

  @Test
  void whereNobodyHasAPasswordNoneIsLookedAt() throws Exception {
    listen(new JsonObject());
    assertThat(login(null, null)).isEqualTo(ReasonCode.SUCCESS);
    assertThat(login("ann", "anything")).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void listenerThatOthersReachLetsNobodyInWhereNobodyHasCredentials() throws Exception {
    listen("0.0.0.0", new JsonObject());
    assertThat(login(null, null)).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(login("ann", "anything")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
  }

  @Test
  void clientsThatLeaveWhileTheirPasswordIsHashedHurtNobody() throws Exception {
    listen(auth());
    for (int i = 0; i < 20; i++) {
      try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
        client.send(PluginBroker.connect("ann", "wrong" + i));
      }
    }
    assertThat(login("ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void clientsBeyondTheLimitAreToldSo() throws Exception {
    JsonObject config = config("127.0.0.1", auth());
    config.put("limits", new JsonObject().put("pending-authentications", 1));
    // Hashing takes some tenths of a second, so that all but the first come meanwhile.
    PasswordHash slow =
        PasswordHash.of(Bytes.utf8("pencil").toByteArray(), new byte[12], 1_000_000);
    Files.writeString(file(), PasswordFile.line("slow", slow) + "\n");
    start(config);
    List<Mqtt5Client> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Mqtt5Client client = new Mqtt5Client(broker.port());
      clients.add(client);
      client.send(PluginBroker.connect("slow", "pencil"));
    }
    List<ReasonCode> answers = new ArrayList<>();
    for (Mqtt5Client client : clients) {
      answers.add(client.read(ConnAck.class).reasonCode());
      client.close();
    }
    assertThat(answers).contains(ReasonCode.SUCCESS, ReasonCode.SERVER_BUSY);
  }

  @Test
  void settingThatIsNoFileStopsTheStartWithItsName() {
    JsonObject noName = new JsonObject().put("password-file", "a\0b");
    assertStartFails(config("127.0.0.1", noName), "auth.password-file: there is no such file");
    assertStartFails(config("127.0.0.1", new JsonObject().put("acl-file", 5)), "auth.acl-file");
    assertStartFails(new JsonObject().put("auth", "open"), "auth");
  }

  private void assertStartFails(JsonObject config, String text) {
    Future<String> deployed =
        vertx.deployVerticle(new BrokerVerticle(), new DeploymentOptions().setConfig(config));
    assertThat(deployed.toCompletionStage().toCompletableFuture())
        .failsWithin(30, TimeUnit.SECONDS)
        .withThrowableThat()
        .withCauseInstanceOf(ConfigurationException.class)
        .withMessageContaining(text);
  }

  private ReasonCode login(String user, String password) throws Exception {
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      client.send(PluginBroker.connect(user, password));
      ReasonCode answer = client.read(ConnAck.class).reasonCode();
      if (answer.isError()) {
        assertThat(client.read()).isNull();
      }
      return answer;
    }
  }

  private JsonObject auth() throws Exception {
    Files.writeString(file(), PluginBroker.user("ann", "pencil"));
    return new JsonObject().put("password-file", file().toString());
  }

  private Path file() {
    return folder.resolve("passwords");
  }

  private void listen(JsonObject auth) throws Exception {
    listen("127.0.0.1", auth);
  }

  private void listen(String bind, JsonObject auth) throws Exception {
    start(config(bind, auth));
  }

  private static JsonObject config(String bind, JsonObject auth) {
    JsonObject listener = new JsonObject().put("type", "tcp").put("bind", bind).put("port", 0);
    return new JsonObject()
        .put("mqtt", new JsonObject().put("listeners", new JsonArray().add(listener)))
        .put("auth", auth);
  }

  private void start(JsonObject config) throws Exception {
    broker = PluginBroker.start(vertx, config, BrokerPlugins.NONE);
  }
}
