package io.culvert.broker;

import static io.culvert.broker.PluginBroker.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.broker.config.AuthOptions;
import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ScramFile;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.auth.AuthStep;
import io.culvert.mqtt.auth.ScramClient;
import io.culvert.mqtt.auth.ScramCredential;
import io.culvert.mqtt.auth.ScramServer;
import io.culvert.mqtt.wire.Auth;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SCRAM-SHA-256 through the whole broker, with clients on real sockets. */
class ScramTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final ScramCredential CREDENTIAL =
      ScramCredential.derive("pencil", Bytes.wrap(new byte[16]), 4096);

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private PluginBroker broker;

  @BeforeEach
  void listen() throws Exception {
    Files.writeString(
        file(), ScramFile.line("ann", CREDENTIAL) + "\n" + ScramFile.line("bob", CREDENTIAL));
    listen(BrokerOptions.parse(config(file())));
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void clientThatKnowsThePasswordIsLetInAndMayProveItAgain() throws Exception {
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      ConnAck connAck = login(client, "c", "ann", "pencil");
      assertThat(connAck.reasonCode()).isEqualTo(ReasonCode.SUCCESS);
      assertThat(connAck.properties().text(Property.AUTHENTICATION_METHOD))
          .isEqualTo("SCRAM-SHA-256");

      ScramClient again = scram("ann", "pencil");
      client.send(auth(ReasonCode.REAUTHENTICATE, again.first()));
      client.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, answer(again, client)));
      Auth success = client.read(Auth.class);
      assertThat(success.reasonCode()).isEqualTo(ReasonCode.SUCCESS);
      assertThat(again.receive(data(success.properties()))).isInstanceOf(AuthStep.Accepted.class);
    }
  }

  @Test
  void wrongPasswordAndUnknownUserGetTheSameAnswer() throws Exception {
    List<ConnAck> answers = new ArrayList<>();
    for (String user : List.of("ann", "nobody")) {
      try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
        answers.add(login(client, "c", user, "wrong"));
        assertThat(client.read()).isNull();
      }
    }
    assertThat(answers.get(0).reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(answers.get(0).properties().text(Property.REASON_STRING))
        .isEqualTo("user name or password is wrong");
    assertThat(answers.get(1)).isEqualTo(answers.get(0));
    assertThat(await(broker.broker().status()).sessions()).isZero();
  }

  @Test
  void failedReauthenticationEndsTheConnection() throws Exception {
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      login(client, "c", "ann", "pencil");
      ScramClient again = scram("ann", "wrong");
      client.send(auth(ReasonCode.REAUTHENTICATE, again.first()));
      client.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, answer(again, client)));
      assertThat(client.read(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void connectionStaysWithItsUser() throws Exception {
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      login(client, "c", "ann", "pencil");
      ScramClient other = scram("bob", "pencil");
      client.send(auth(ReasonCode.REAUTHENTICATE, other.first()));
      client.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, answer(other, client)));
      Disconnect disconnect = client.read(Disconnect.class);
      assertThat(disconnect.reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
      assertThat(disconnect.properties().text(Property.REASON_STRING))
          .isEqualTo("another user than at CONNECT");
    }
  }

  @Test
  void otherMethodsAreRefused() throws Exception {
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      client.send(Mqtt5Client.connect("c", "SCRAM-SHA-1", Bytes.utf8("n,,n=ann,r=abc")));
      assertThat(client.read(ConnAck.class).reasonCode())
          .isEqualTo(ReasonCode.BAD_AUTHENTICATION_METHOD);
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void clientsWithoutMethodAreKeptOut() throws Exception {
    try (RawClient client = new RawClient(broker.port())) {
      client.send(RawClient.CONNECT_5);
      assertThat(client.read()).startsWith("20").contains("0087"); // not authorized
    }
  }

  @Test
  void clientsWithoutMethodAreAdmittedWhereThatIsSaid() throws Exception {
    JsonObject config = config(file());
    config.getJsonObject("auth").put("anonymous", true);
    listen(BrokerOptions.parse(config));
    try (RawClient client = new RawClient(broker.port())) {
      client.send(RawClient.CONNECT_5);
      assertThat(client.read()).startsWith("20");
    }
  }

  @Test
  void withoutFileEveryMethodIsRefused() throws Exception {
    JsonObject none = config(file());
    none.remove("auth");
    listen(BrokerOptions.parse(none));
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      client.send(Mqtt5Client.connect("c", ScramServer.METHOD, scram("ann", "pencil").first()));
      assertThat(client.read(ConnAck.class).reasonCode())
          .isEqualTo(ReasonCode.BAD_AUTHENTICATION_METHOD);
    }
  }

  @Test
  void clientsBeyondTheLimitAreToldSo() throws Exception {
    BrokerOptions options = BrokerOptions.parse(config(file()));
    AuthOptions auth = options.auth();
    assertThat(auth.pending()).isEqualTo(7);
    listen(
        new BrokerOptions(
            options.listeners(),
            options.instances(),
            options.closeGraceMillis(),
            options.sysIntervalSeconds(),
            new AuthOptions(
                auth.chain(),
                auth.anonymous(),
                auth.passwordUsers(),
                auth.acl(),
                auth.reloadSeconds(),
                auth.scramUsers(),
                0,
                auth.timeoutMillis(),
                auth.expiryEndsSession(),
                auth.plugins(),
                auth.ownPlugins()),
            options.storms(),
            options.eventBus(),
            options.connectsPerSecond(),
            options.unsentBytes(),
            options.limits(),
            options.store()));
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      client.send(Mqtt5Client.connect("c", ScramServer.METHOD, scram("ann", "pencil").first()));
      assertThat(client.read(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SERVER_BUSY);
      assertThat(client.read()).isNull();
    }
  }

  @Test
  void clientsThatLeaveInTheMiddleHurtNobody() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
        ScramClient scram = scram("ann", "pencil");
        client.send(Mqtt5Client.connect("c", ScramServer.METHOD, scram.first()));
        if (i % 2 == 0) {
          client.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, answer(scram, client)));
        }
      }
    }
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      assertThat(login(client, "last", "ann", "pencil").reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    }
  }

  @Test
  void whoIsRemovedInTheMiddleIsNotLetIn() throws Exception {
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      ScramClient scram = scram("ann", "pencil");
      client.send(Mqtt5Client.connect("c", ScramServer.METHOD, scram.first()));
      Bytes answer = answer(scram, client);
      Files.writeString(file(), ScramFile.line("bob", CREDENTIAL));
      PluginBroker.await(broker.broker().secure(BrokerOptions.parse(config(file()))));
      client.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, answer));
      assertThat(client.read(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SERVER_BUSY);
    }
  }

  @Test
  void fileThatCannotBeUsedStopsTheStart() throws Exception {
    Files.writeString(file(), ScramFile.line("ann", CREDENTIAL) + "\nbob:pencil\n");
    Future<String> deployed =
        vertx.deployVerticle(
            new BrokerVerticle(), new DeploymentOptions().setConfig(config(file())));
    assertThat(deployed.toCompletionStage().toCompletableFuture())
        .failsWithin(10, TimeUnit.SECONDS)
        .withThrowableThat()
        .withMessageContaining(file() + ":2: auth.scram-file: is not of the form");
  }

  private ConnAck login(Mqtt5Client client, String clientId, String user, String password)
      throws Exception {
    ScramClient scram = scram(user, password);
    client.send(Mqtt5Client.connect(clientId, ScramServer.METHOD, scram.first()));
    client.send(auth(ReasonCode.CONTINUE_AUTHENTICATION, answer(scram, client)));
    ConnAck connAck = client.read(ConnAck.class);
    if (connAck.reasonCode() == ReasonCode.SUCCESS) {
      assertThat(scram.receive(data(connAck.properties()))).isInstanceOf(AuthStep.Accepted.class);
    }
    return connAck;
  }

  private static Bytes answer(ScramClient scram, Mqtt5Client client) throws Exception {
    Auth challenge = client.read(Auth.class);
    assertThat(challenge.reasonCode()).isEqualTo(ReasonCode.CONTINUE_AUTHENTICATION);
    return ((AuthStep.Continue) scram.receive(data(challenge.properties()))).data();
  }

  private static Auth auth(ReasonCode reasonCode, Bytes data) {
    return Mqtt5Client.auth(reasonCode, ScramServer.METHOD, data);
  }

  private static Bytes data(Properties properties) {
    return properties.binary(Property.AUTHENTICATION_DATA);
  }

  private static ScramClient scram(String user, String password) {
    return ScramClient.create(user, password, RANDOM::nextLong);
  }

  private Path file() {
    return folder.resolve("users.scram");
  }

  private static JsonObject config(Path file) {
    JsonObject listener = new JsonObject().put("type", "tcp").put("port", 0);
    return new JsonObject()
        .put("mqtt", new JsonObject().put("listeners", new JsonArray().add(listener)))
        .put("limits", new JsonObject().put("pending-authentications", 7))
        .put("auth", new JsonObject().put("scram-file", file.toString()));
  }

  private void listen(BrokerOptions options) throws Exception {
    broker = PluginBroker.start(vertx, options, BrokerPlugins.NONE);
  }
}
