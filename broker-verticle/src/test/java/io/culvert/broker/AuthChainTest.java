package io.culvert.broker;

import static io.culvert.broker.PluginBroker.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.broker.auth.Authenticator;
import io.culvert.broker.auth.Authorizer;
import io.culvert.broker.auth.LoginRequest;
import io.culvert.broker.auth.Verdict;
import io.culvert.broker.config.BrokerOptions;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.server.Permissions;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.driver.Peer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chains of plug-ins, those of an application among them, with clients on real sockets. */
class AuthChainTest {
  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final Map<String, Authenticator> own = new LinkedHashMap<>();
  private final BlockingQueue<Promise<Verdict>> asked = new LinkedBlockingQueue<>();
  private final List<Authorizer> authorizers = new ArrayList<>();
  private PluginBroker broker;

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void firstOpinionCounts() throws Exception {
    own.put("first", known(Map.of("ann", Verdict.accepted("ann"), "bob", banned())));
    own.put("second", known(Map.of("ann", banned(), "cat", Verdict.accepted("cat"))));
    listen(new JsonObject());
    assertThat(login("ann", "x")).isEqualTo(ReasonCode.SUCCESS);
    assertThat(login("bob", "x")).isEqualTo(ReasonCode.BANNED);
    assertThat(login("cat", "x")).isEqualTo(ReasonCode.SUCCESS);
    assertThat(login("dan", "x")).isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
    assertThat(login(null, null)).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    assertThat(await(broker.broker().status()).counters().refused()).isEqualTo(3);
  }

  @Test
  void chainNamesTheOrder() throws Exception {
    own.put("first", known(Map.of("ann", banned())));
    own.put("second", known(Map.of("ann", Verdict.accepted("ann"))));
    listen(new JsonObject().put("chain", new JsonArray().add("second").add("first")));
    assertThat(login("ann", "x")).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void passwordFileLeavesNamesThatItDoesNotKnowToOthers() throws Exception {
    own.put("own", known(Map.of("bob", Verdict.accepted("bob"), "ann", Verdict.accepted("ann"))));
    listen(passwords().put("chain", "password-file,own"));
    assertThat(login("ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
    assertThat(login("ann", "wrong")).isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
    assertThat(login("bob", "x")).isEqualTo(ReasonCode.SUCCESS);
    assertThat(login("cat", "x")).isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
  }

  @Test
  void anonymousIsWhatTheChainSays() throws Exception {
    listen(passwords().put("chain", "password-file,anonymous"));
    assertThat(login(null, null)).isEqualTo(ReasonCode.SUCCESS);
    assertThat(login("ann", "wrong")).isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
    assertThat(login("bob", "x")).isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
  }

  @Test
  void listenerHasAChainOfItsOwn() throws Exception {
    own.put("own", known(Map.of("bob", Verdict.accepted("bob"))));
    JsonObject one = listener().put("auth", "own");
    JsonObject other = listener().put("auth", "password-file");
    JsonObject all = listener();
    listen(passwords().put("anonymous", true), one, other, all);
    int anonymous = 0;
    for (int i = 0; i < 3; i++) {
      anonymous += login(broker.port(i), null, null) == ReasonCode.SUCCESS ? 1 : 0;
    }
    assertThat(anonymous).as("only where the listener does not say otherwise").isEqualTo(1);
    assertThat(login(broker.port(0), "bob", "x")).isEqualTo(ReasonCode.SUCCESS);
    assertThat(login(broker.port(0), "ann", "pencil"))
        .isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
    assertThat(login(broker.port(1), "bob", "x")).isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
    assertThat(login(broker.port(1), "ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
    assertThat(login(broker.port(2), "bob", "x")).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void whoeverWaitsForAPluginKeepsNobodyFromComing() throws Exception {
    own.put("slow", later());
    listen(passwords().put("chain", "password-file,slow"));
    try (Mqtt5Client waiting = new Mqtt5Client(broker.port(0))) {
      waiting.send(PluginBroker.connect("bob", "x"));
      Promise<Verdict> open = next();
      assertThat(login("ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
      Thread elsewhere = new Thread(() -> open.complete(Verdict.accepted("bob")));
      elsewhere.start();
      assertThat(waiting.read(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
      elsewhere.join();
    }
  }

  @Test
  void pluginThatOwesTooManyAnswersIsBusyAndOthersAreNot() throws Exception {
    own.put("slow", later());
    JsonObject config = config(passwords().put("chain", "password-file,slow"), listener());
    config.put("mqtt", config.getJsonObject("mqtt").put("instances", 1));
    config.put("limits", new JsonObject().put("pending-authentications", 2));
    start(config);
    try (Mqtt5Client one = new Mqtt5Client(broker.port(0));
        Mqtt5Client gone = new Mqtt5Client(broker.port(0))) {
      one.send(PluginBroker.connect("bob", "x"));
      Promise<Verdict> first = next();
      gone.send(PluginBroker.connect("bob", "x"));
      Promise<Verdict> second = next();
      gone.close(); // what it asked for is still owed
      assertThat(login("bob", "x")).isEqualTo(ReasonCode.SERVER_BUSY);
      assertThat(login("ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
      second.complete(Verdict.accepted("bob"));
      first.complete(banned());
      assertThat(one.read(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.BANNED);
      try (Mqtt5Client again = new Mqtt5Client(broker.port(0))) {
        again.send(PluginBroker.connect("bob", "x"));
        next().complete(Verdict.accepted("bob"));
        assertThat(again.read(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
      }
    }
  }

  @Test
  void pluginThatFailsLetsNobodyIn() throws Exception {
    own.put("failing", request -> Future.failedFuture("the database is away"));
    own.put(
        "throwing",
        request -> {
          throw new IllegalStateException("a mistake");
        });
    own.put(
        "hasty",
        new Authenticator() {
          @Override
          public Verdict atOnce(LoginRequest request) {
            throw new IllegalStateException("a mistake");
          }

          @Override
          public Future<Verdict> authenticate(LoginRequest request) {
            return Future.succeededFuture(Verdict.NO_OPINION);
          }
        });
    listen(
        passwords().put("chain", "password-file,failing"),
        listener(),
        listener().put("auth", "throwing,anonymous"),
        listener().put("auth", "hasty,anonymous"));
    assertThat(login(broker.port(0), "bob", "x")).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    assertThat(login(broker.port(1), null, null)).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    assertThat(login(broker.port(2), null, null)).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    assertThat(login(broker.port(0), "ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void pluginThatReturnsNothingOwesNoAnswer() throws Exception {
    own.put("null", request -> null);
    JsonObject config = config(passwords().put("chain", "password-file,null"), listener());
    config.put("mqtt", config.getJsonObject("mqtt").put("instances", 1));
    config.put("limits", new JsonObject().put("pending-authentications", 1));
    start(config);
    for (int i = 0; i < 3; i++) {
      assertThat(login("bob", "x")).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    }
  }

  @Test
  void pluginThatDoesNotAnswerIsNotWaitedForForEver() throws Exception {
    own.put("silent", later());
    listen(new JsonObject().put("timeout-millis", 100));
    assertThat(login("bob", "x")).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    next().complete(Verdict.accepted("bob")); // hurts nobody
    assertThat(await(broker.broker().status()).sessions()).isZero();
  }

  @Test
  void userWhoIsRemovedWhileSomebodyDecidesIsNotLetIn() throws Exception {
    JsonObject auth = passwords().put("chain", "slow,password-file");
    own.put("slow", later());
    listen(auth);
    try (Mqtt5Client waiting = new Mqtt5Client(broker.port(0))) {
      waiting.send(PluginBroker.connect("ann", "pencil"));
      Promise<Verdict> open = next();
      Files.writeString(file(), PluginBroker.user("bob", "pen"));
      await(broker.broker().secure(BrokerOptions.parse(config(auth, listener()), own.keySet())));
      open.complete(Verdict.accepted("ann"));
      next().complete(Verdict.NO_OPINION); // asked again
      assertThat(waiting.read(ConnAck.class).reasonCode())
          .isEqualTo(ReasonCode.BAD_USERNAME_OR_PASSWORD);
    }
  }

  @Test
  void clientIsLetGoWhenItsLoginIsNotGoodAnyMore() throws Exception {
    own.put(
        "own",
        request -> Future.succeededFuture(new Verdict.Accepted(request.userName(), null, 200)));
    listen(new JsonObject());
    try (Mqtt5Client client = new Mqtt5Client(broker.port(0))) {
      client.send(PluginBroker.connect("ann", "x"));
      assertThat(client.read(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
      assertThat(client.read(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
      assertThat(client.read()).isNull();
    }
  }

  /** Its time runs from the answer on, not from that of those who are asked for permissions. */
  @Test
  void loginThatIsOverBeforeAllHaveAnsweredIsRefused() throws Exception {
    own.put(
        "own",
        request -> Future.succeededFuture(new Verdict.Accepted(request.userName(), null, 300)));
    await(
        vertx
            .eventBus()
            .<JsonObject>consumer(
                "slow",
                question ->
                    vertx.setTimer(
                        600, late -> question.reply(new JsonObject().put("result", "allow"))))
            .completion());
    listen(new JsonObject().put("event-bus", new JsonObject().put("permissions-address", "slow")));
    assertThat(login("ann", "x")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
  }

  @Test
  void authorizersOfTheApplicationComeBeforeWhatTheLoginGrants() throws Exception {
    own.put(
        "own",
        request ->
            Future.succeededFuture(
                new Verdict.Accepted(
                    request.userName(),
                    new OneTopic("granted", ReasonCode.SUCCESS),
                    Verdict.Accepted.FOR_EVER)));
    authorizers.add((clientId, userName) -> new OneTopic("full", ReasonCode.QUOTA_EXCEEDED));
    listen(new JsonObject());
    try (Mqtt5Client client = new Mqtt5Client(broker.port(0))) {
      client.send(PluginBroker.connect("ann", "x"));
      assertThat(client.read(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
      assertThat(PluginBroker.publish(client, "full")).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
      assertThat(PluginBroker.publish(client, "granted"))
          .isEqualTo(ReasonCode.NO_MATCHING_SUBSCRIBERS);
      assertThat(PluginBroker.publish(client, "other")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }
  }

  @Test
  void nameOfNothingStopsTheStart() throws Exception {
    assertRefused(new JsonObject().put("chain", "jwtt"), "auth.chain: \"jwtt\" is not one of");
    assertRefused(
        new JsonObject().put("chain", "password-file"),
        "auth.chain: names password-file, which needs auth.password-file");
    assertRefused(
        new JsonObject().put("chain", "certificate"),
        "auth.chain: names certificate, which needs mqtt.listeners[].user-from-certificate");
    assertRefused(passwords().put("chain", "anonymous,anonymous"), "names anonymous twice");
    assertThatThrownBy(
            () -> BrokerOptions.parse(config(new JsonObject(), listener().put("auth", "scram"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("mqtt.listeners[0].auth: names scram, which needs auth.scram-file");
  }

  @Test
  void optionsThatWereReadForOtherPluginsAreRefused() {
    BrokerOptions options = BrokerOptions.parse(config(new JsonObject()), Set.of("mine"));
    assertThatThrownBy(() -> MqttBroker.create(vertx.getOrCreateContext(), options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mine");
  }

  @Test
  void requestShowsNoPassword() {
    LoginRequest request =
        new LoginRequest(
            "c", "ann", Bytes.utf8("pencil"), MqttVersion.MQTT_5, null, new SilentPeer());
    assertThat(request.toString()).contains("ann").doesNotContain("pencil", "70656e63696c");
  }

  private static Authenticator known(Map<String, Verdict> verdicts) {
    Function<LoginRequest, Verdict> decide =
        request ->
            request.userName() == null
                ? Verdict.NO_OPINION
                : verdicts.getOrDefault(request.userName(), Verdict.NO_OPINION);
    return request -> Future.succeededFuture(decide.apply(request));
  }

  private Authenticator later() {
    return request -> {
      Promise<Verdict> promise = Promise.promise();
      asked.add(promise);
      return promise.future();
    };
  }

  private Promise<Verdict> next() throws Exception {
    Promise<Verdict> promise = asked.poll(30, TimeUnit.SECONDS);
    assertThat(promise).as("a question").isNotNull();
    return promise;
  }

  private static Verdict banned() {
    return Verdict.refused(ReasonCode.BANNED, "banned");
  }

  private static void assertRefused(JsonObject auth, String text) {
    assertThatThrownBy(() -> BrokerOptions.parse(config(auth)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(text);
  }

  private ReasonCode login(String user, String password) throws Exception {
    return broker.login(user, password);
  }

  private ReasonCode login(int port, String user, String password) throws Exception {
    try (Mqtt5Client client = new Mqtt5Client(port)) {
      return PluginBroker.login(client, user, password);
    }
  }

  private JsonObject passwords() throws Exception {
    Files.writeString(file(), PluginBroker.user("ann", "pencil"));
    return new JsonObject().put("password-file", file().toString());
  }

  private Path file() {
    return folder.resolve("passwords");
  }

  private static JsonObject listener() {
    return new JsonObject().put("port", 0);
  }

  private static JsonObject config(JsonObject auth, JsonObject... listeners) {
    return new JsonObject()
        .put("mqtt", new JsonObject().put("listeners", new JsonArray(List.of(listeners))))
        .put("auth", auth);
  }

  private void listen(JsonObject auth) throws Exception {
    listen(auth, listener());
  }

  private void listen(JsonObject auth, JsonObject... listeners) throws Exception {
    start(config(auth, listeners));
  }

  private void start(JsonObject config) throws Exception {
    broker = PluginBroker.start(vertx, config, new BrokerPlugins(own, authorizers));
  }

  /** An answer for one topic, and no opinion of others. */
  private record OneTopic(String topic, ReasonCode answer) implements Permissions {
    @Override
    public @Nullable ReasonCode publish(TopicName name, QoS qos, boolean retain) {
      return receive(name);
    }

    @Override
    public @Nullable ReasonCode subscribe(TopicFilter filter, QoS qos) {
      return filter.text().equals(topic) ? answer : null;
    }

    @Override
    public @Nullable ReasonCode receive(TopicName name) {
      return name.toString().equals(topic) ? answer : null;
    }
  }

  /** Of whom nothing is known. */
  private static final class SilentPeer implements Peer {
    @Override
    public String transport() {
      return "tcp";
    }

    @Override
    public SocketAddress remote() {
      return null;
    }

    @Override
    public SocketAddress local() {
      return null;
    }
  }
}
