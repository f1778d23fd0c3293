package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Others who are asked about clients: a real HTTP server, and a consumer of the event bus. */
class RemoteAuthTest {
  /** Far more than any answer needs, also on a busy machine. */
  private static final int LONG_MILLIS = 60_000;

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<JsonObject> questions = new LinkedBlockingQueue<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final BlockingQueue<HttpServerRequest> unanswered = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    PluginBroker.await(vertx.close());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void otherDecides(boolean http) throws Exception {
    PluginBroker broker = start(http, new JsonObject());
    assertThat(broker.login("ann", "allow")).isEqualTo(ReasonCode.SUCCESS);
    JsonObject question = questions.remove();
    assertThat(question.getString("user-name")).isEqualTo("ann");
    assertThat(question.getString("password")).isEqualTo("allow");
    assertThat(question.getString("mqtt-version")).isEqualTo("5.0");
    assertThat(question.getString("transport")).isEqualTo("tcp");
    assertThat(question.getString("remote-address")).startsWith("127.0.0.1:");
    assertThat(broker.login("ann", "deny")).isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
    assertThat(broker.login("ann", "banned")).isEqualTo(ReasonCode.BANNED);
    assertThat(broker.login("ann", "ignore")).isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void namesAndPasswordsAreOneStringWhateverTheyContain(boolean http) throws Exception {
    PluginBroker broker = start(http, new JsonObject());
    String user = "ann\r\nContent-Length: 0\r\n\r\n\",\"result\":\"allow";
    String password = "pen\r\ncil\",\"user-name\":\"root";
    assertThat(broker.login(user, password)).isEqualTo(ReasonCode.SUCCESS);
    JsonObject question = questions.remove();
    assertThat(question.getString("user-name")).isEqualTo(user);
    assertThat(question.getString("password")).isEqualTo(password);
    assertThat(question.fieldNames()).doesNotContain("result");
    assertThat(questions).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void otherSaysWhatAClientMayDoAndForHowLong(boolean http) throws Exception {
    PluginBroker broker = start(http, new JsonObject());
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      assertThat(PluginBroker.login(client, "ann", "granted")).isEqualTo(ReasonCode.SUCCESS);
      assertThat(PluginBroker.publish(client, "out/a"))
          .isEqualTo(ReasonCode.NO_MATCHING_SUBSCRIBERS);
      assertThat(PluginBroker.publish(client, "out/full")).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
      assertThat(PluginBroker.publish(client, "in/a")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
      assertThat(client.subscribe("in/#", QoS.AT_MOST_ONCE)).isEqualTo(ReasonCode.SUCCESS);
      assertThat(client.subscribe("out/b", QoS.AT_MOST_ONCE)).isEqualTo(ReasonCode.NOT_AUTHORIZED);
      assertThat(client.read(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status 500",
        "no json",
        "unknown key",
        "unknown result",
        "wrong type",
        "foreign code",
        "no filter",
        "over at once",
        "long",
        "silent",
        "broken off"
      })
  void whatIsNoAnswerLetsNobodyInAndHurtsNobody(String how) throws Exception {
    JsonObject auth = new JsonObject().put("password-file", passwords());
    auth.put("anonymous", true);
    PluginBroker broker = start(true, auth, how.equals("silent") ? 4_000 : LONG_MILLIS);
    assertThat(broker.login("bob", how)).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    assertThat(broker.login("ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
    assertThat(broker.login("bob", "allow")).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void whoeverWaitsForAServerThatIsSlowKeepsNobodyFromComing() throws Exception {
    JsonObject auth = new JsonObject().put("password-file", passwords());
    PluginBroker broker = start(true, auth);
    try (Mqtt5Client waiting = new Mqtt5Client(broker.port())) {
      waiting.send(PluginBroker.connect("bob", "silent"));
      HttpServerRequest open = unanswered.poll(30, TimeUnit.SECONDS);
      assertThat(open).isNotNull();
      for (int i = 0; i < 5; i++) {
        assertThat(broker.login("ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
      }
      open.response().end("{\"result\":\"allow\"}");
      assertThat(waiting.read(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    }
  }

  @Test
  void serverThatIsNotThereLetsNobodyIn() throws Exception {
    HttpServer gone =
        PluginBroker.await(vertx.createHttpServer().requestHandler(r -> {}).listen(0));
    int port = gone.actualPort();
    PluginBroker.await(gone.close());
    JsonObject http = new JsonObject().put("url", "http://127.0.0.1:" + port + "/");
    PluginBroker broker = PluginBroker.start(vertx, new JsonObject().put("http", http));
    assertThat(broker.login("ann", "allow")).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
  }

  @Test
  void consumerThatIsNotThereOrFailsLetsNobodyIn() throws Exception {
    JsonObject bus = new JsonObject().put("address", "nobody");
    PluginBroker broker = PluginBroker.start(vertx, new JsonObject().put("event-bus", bus));
    assertThat(broker.login("ann", "allow")).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    PluginBroker.await(
        vertx
            .eventBus()
            .<JsonObject>consumer("nobody", message -> message.fail(5, "away"))
            .completion());
    assertThat(broker.login("ann", "allow")).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
  }

  @Test
  void onlyWhatLetsAClientInForEverIsRemembered() throws Exception {
    PluginBroker broker = start(true, new JsonObject());
    for (int i = 0; i < 3; i++) {
      assertThat(broker.login("ann", "allow")).isEqualTo(ReasonCode.SUCCESS);
    }
    assertThat(asked.getAndSet(0)).isEqualTo(1);
    for (int i = 0; i < 3; i++) {
      assertThat(broker.login("ann", "deny")).isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
      assertThat(broker.login("ann", "granted")).isEqualTo(ReasonCode.SUCCESS);
      assertThat(broker.login("bob" + i, "allow")).isEqualTo(ReasonCode.SUCCESS);
    }
    assertThat(asked.get()).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void otherSaysWhatAUserOfTheFileMayDoWithoutItsPassword(boolean http) throws Exception {
    JsonObject auth = new JsonObject().put("password-file", passwords());
    permissions(http, auth);
    PluginBroker broker = PluginBroker.start(vertx, auth);
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      assertThat(PluginBroker.login(client, "ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
      JsonObject question = questions.remove();
      assertThat(question.getString("user-name")).isEqualTo("ann");
      assertThat(question.fieldNames()).doesNotContain("password", "password-base64");
      assertThat(PluginBroker.publish(client, "of/ann"))
          .isEqualTo(ReasonCode.NO_MATCHING_SUBSCRIBERS);
      assertThat(PluginBroker.publish(client, "of/bob")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }
    assertThat(broker.login("ann", "wrong")).isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
    assertThat(questions).isEmpty();
    assertThat(broker.login("eve", "pencil")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
  }

  @Test
  void whoIsAskedAndSaysNothingGrantsNothing() throws Exception {
    PluginBroker.await(
        vertx
            .eventBus()
            .<JsonObject>consumer(
                "silent", message -> message.reply(new JsonObject().put("result", "ignore")))
            .completion());
    PluginBroker broker =
        PluginBroker.start(
            vertx,
            new JsonObject()
                .put("password-file", passwords())
                .put("event-bus", new JsonObject().put("permissions-address", "silent")));
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      assertThat(PluginBroker.login(client, "ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
      assertThat(PluginBroker.publish(client, "of/ann")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }
  }

  @Test
  void otherSaysWhatAUserOfScramMayDo() throws Exception {
    Path users = folder.resolve("scram");
    ScramCredential credential = ScramCredential.derive("pencil", Bytes.wrap(new byte[16]), 4096);
    Files.writeString(users, ScramFile.line("ann", credential));
    JsonObject auth = new JsonObject().put("scram-file", users.toString());
    permissions(false, auth);
    PluginBroker broker = PluginBroker.start(vertx, auth);
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      ScramClient scram = ScramClient.create("ann", "pencil", new SecureRandom()::nextLong);
      client.send(Mqtt5Client.connect("c", ScramServer.METHOD, scram.first()));
      Bytes challenge = client.read(Auth.class).properties().binary(Property.AUTHENTICATION_DATA);
      Bytes proof = ((AuthStep.Continue) scram.receive(challenge)).data();
      client.send(Mqtt5Client.auth(ReasonCode.CONTINUE_AUTHENTICATION, ScramServer.METHOD, proof));
      assertThat(client.read(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
      assertThat(PluginBroker.publish(client, "of/ann"))
          .isEqualTo(ReasonCode.NO_MATCHING_SUBSCRIBERS);
      assertThat(PluginBroker.publish(client, "of/bob")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }
  }

  @Test
  void addressThatWouldShowPasswordsStopsTheStart() {
    assertRefused("http://auth.example.com/", "auth.http.url: is not encrypted");
    assertRefused("ftp://127.0.0.1/", "auth.http.url: is no http:// or https:// address");
    assertRefused("no address", "auth.http.url: is no http:// or https:// address");
    JsonObject plain = new JsonObject().put("plain-http", true);
    plain.put("http", new JsonObject().put("url", "http://auth.example.com/"));
    assertThat(BrokerOptions.parse(PluginBroker.config(plain)).auth().hasUsers()).isTrue();
  }

  private static void assertRefused(String url, String text) {
    JsonObject auth = new JsonObject().put("http", new JsonObject().put("url", url));
    assertThatThrownBy(() -> BrokerOptions.parse(PluginBroker.config(auth)))
        .hasMessageContaining(text);
  }

  private PluginBroker start(boolean http, JsonObject auth) throws Exception {
    return start(http, auth, LONG_MILLIS);
  }

  private PluginBroker start(boolean http, JsonObject auth, int timeoutMillis) throws Exception {
    if (http) {
      HttpServer server = server();
      auth.put(
          "http",
          new JsonObject()
              .put("url", "http://127.0.0.1:" + server.actualPort() + "/login")
              .put("timeout-millis", timeoutMillis)
              .put("cache-millis", 600_000));
    } else {
      consumer();
      auth.put(
          "event-bus",
          new JsonObject().put("address", "deciders").put("timeout-millis", timeoutMillis));
    }
    return PluginBroker.start(vertx, auth);
  }

  private void permissions(boolean http, JsonObject auth) throws Exception {
    if (http) {
      String url = "http://127.0.0.1:" + server().actualPort() + "/permissions";
      auth.put("http", new JsonObject().put("permissions-url", url));
    } else {
      consumer();
      auth.put("event-bus", new JsonObject().put("permissions-address", "deciders"));
    }
  }

  private void consumer() throws Exception {
    PluginBroker.await(
        vertx
            .eventBus()
            .<JsonObject>consumer(
                "deciders", message -> message.reply(new JsonObject(answer(message.body()))))
            .completion());
  }

  private HttpServer server() throws Exception {
    return PluginBroker.await(
        vertx
            .createHttpServer()
            .requestHandler(
                request -> request.body().onSuccess(body -> answer(request, new JsonObject(body))))
            .listen(0, "127.0.0.1"));
  }

  private void answer(HttpServerRequest request, JsonObject question) {
    String password = question.getString("password", "");
    switch (password) {
      case "status 500" -> request.response().setStatusCode(500).end("{\"result\":\"allow\"}");
      case "silent" -> unanswered.add(request);
      case "broken off" -> request.connection().close();
      default -> request.response().end(answer(question));
    }
  }

  private String answer(JsonObject question) {
    asked.incrementAndGet();
    questions.add(question);
    String user = question.getString("user-name");
    if (!question.containsKey("password")) {
      return (user.equals("eve")
              ? new JsonObject().put("result", "deny").put("reason-code", 0x87)
              : new JsonObject()
                  .put("result", "allow")
                  .put("publish", new JsonArray(List.of("of/" + user))))
          .encode();
    }
    JsonObject allow = new JsonObject().put("result", "allow");
    return switch (question.getString("password")) {
      case "deny" -> "{\"result\":\"deny\"}";
      case "banned" -> "{\"result\":\"deny\",\"reason-code\":138}";
      case "ignore" -> "{\"result\":\"ignore\"}";
      case "granted" ->
          allow
              .put("user", "somebody")
              .put("expires-in-seconds", 5)
              .put("publish", new JsonArray(List.of("out/#")))
              .put("subscribe", new JsonArray(List.of("in/#")))
              .put("deny", new JsonArray(List.of("out/full")))
              .put("deny-reason-code", 0x97)
              .encode();
      case "no json" -> "yes";
      case "unknown key" -> allow.put("roles", "all").encode();
      case "unknown result" -> "{\"result\":\"ok\"}";
      case "wrong type" -> "{\"result\":true}";
      case "foreign code" -> "{\"result\":\"deny\",\"reason-code\":0}";
      case "no filter" -> allow.put("publish", new JsonArray(List.of("a/#/b"))).encode();
      case "over at once" -> allow.put("expires-in-seconds", 0).encode();
      case "long" -> allow.put("user", "x".repeat(300_000)).encode();
      default -> allow.encode();
    };
  }

  private String passwords() throws Exception {
    Path file = folder.resolve("passwords");
    Files.writeString(
        file, PluginBroker.user("ann", "pencil") + PluginBroker.user("eve", "pencil"));
    return file.toString();
  }
}
