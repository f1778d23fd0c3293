package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.culvert.broker.config.BrokerOptions;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.runtime.config.ConfigurationException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Tokens as passwords through the whole broker, signed by real keys. */
class JwtTest {
  private static final String SECRET = "a secret that is long enough for all of them";
  private static final ReasonCode WRONG = ReasonCode.BAD_USERNAME_OR_PASSWORD;

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    PluginBroker.await(vertx.close());
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "HS384", "HS512"})
  void tokenThatIsSignedWithTheSecretIsGood(String algorithm) throws Exception {
    PluginBroker broker = start(jwt().put("secret-file", file("secret", SECRET + "\n")));
    String good = Tokens.signed(Tokens.header(algorithm), Tokens.claims("ann", 60), SECRET);
    assertThat(broker.login(null, good)).isEqualTo(ReasonCode.SUCCESS);
    assertThat(broker.login("ann", good)).isEqualTo(ReasonCode.SUCCESS);
    assertThat(broker.login("bob", good)).isEqualTo(WRONG);
    String other = Tokens.signed(Tokens.header(algorithm), Tokens.claims("ann", 60), SECRET + "x");
    assertThat(broker.login("ann", other)).isEqualTo(WRONG);
  }

  @ParameterizedTest
  @CsvSource({
    "RS256, ",
    "RS384, ",
    "RS512, ",
    "ES256, secp256r1",
    "ES384, secp384r1",
    "ES512, secp521r1"
  })
  void tokenThatIsSignedWithTheKeyOfThePublicOneIsGood(String algorithm, String curve)
      throws Exception {
    KeyPair pair = curve == null ? Tokens.rsa(2048) : Tokens.curve(curve);
    KeyPair other = curve == null ? Tokens.rsa(2048) : Tokens.curve(curve);
    PluginBroker pem =
        start(jwt().put("public-key-file", file("key.pem", Tokens.pem(pair.getPublic()))));
    String set = Tokens.set(Tokens.jwk("k", pair.getPublic())).encode();
    PluginBroker named = start(jwt().put("jwks-file", file("keys.json", set)));
    for (PluginBroker broker : new PluginBroker[] {pem, named}) {
      for (JsonObject header : headers(algorithm)) {
        String good = Tokens.signed(header, Tokens.claims("ann", 60), pair);
        assertThat(broker.login(null, good)).as("%s", header).isEqualTo(ReasonCode.SUCCESS);
        String bad = Tokens.signed(header, Tokens.claims("ann", 60), other);
        assertThat(broker.login(null, bad)).as("%s", header).isEqualTo(WRONG);
      }
    }
  }

  @Test
  void hostileTokensLetNobodyIn() throws Exception {
    KeyPair pair = Tokens.rsa(2048);
    String pem = Tokens.pem(pair.getPublic());
    PluginBroker broker =
        start(
            jwt()
                .put("public-key-file", file("key.pem", pem))
                .put("issuer", "us")
                .put("audience", "broker"));
    JsonObject header = Tokens.header("RS256");
    JsonObject claims =
        Tokens.claims("ann", 60)
            .put("iss", "us")
            .put("aud", new JsonArray().add("x").add("broker"));
    String good = Tokens.signed(header, claims, pair);
    Map<String, String> tokens = new LinkedHashMap<>();
    String none = Tokens.unsigned(Tokens.header("none"), claims);
    tokens.put("unsigned", none + ".");
    tokens.put("unsigned in capitals", Tokens.unsigned(Tokens.header("NONE"), claims) + ".");
    tokens.put("none with a signature", none + good.substring(good.lastIndexOf('.')));
    JsonObject before = claims.copy().put("exp", Long.MIN_VALUE);
    tokens.put("expired before all time", Tokens.signed(header, before, pair));
    tokens.put("no signature", good.substring(0, good.lastIndexOf('.') + 1));
    tokens.put("public key as secret", Tokens.signed(Tokens.header("HS256"), claims, pem));
    tokens.put("stripped public key", Tokens.signed(Tokens.header("HS256"), claims, pem.strip()));
    KeyPair own = Tokens.rsa(2048);
    tokens.put(
        "key in the header",
        Tokens.signed(header.copy().put("jwk", Tokens.jwk("k", own.getPublic())), claims, own));
    tokens.put(
        "key elsewhere",
        Tokens.signed(header.copy().put("jku", "http://127.0.0.1:1/keys"), claims, own));
    tokens.put(
        "critical extension",
        Tokens.signed(header.copy().put("crit", new JsonArray().add("b64")), claims, pair));
    tokens.put("expired", Tokens.signed(header, claims.copy().put("exp", Tokens.now() - 60), pair));
    tokens.put("for ever", Tokens.signed(header, without(claims, "exp"), pair));
    tokens.put("text as time", Tokens.signed(header, claims.copy().put("exp", "soon"), pair));
    tokens.put(
        "not yet valid", Tokens.signed(header, claims.copy().put("nbf", Tokens.now() + 60), pair));
    tokens.put("other audience", Tokens.signed(header, claims.copy().put("aud", "x"), pair));
    tokens.put("no audience", Tokens.signed(header, without(claims, "aud"), pair));
    tokens.put("other issuer", Tokens.signed(header, claims.copy().put("iss", "them"), pair));
    tokens.put("no user", Tokens.signed(header, without(claims, "sub"), pair));
    tokens.put("user that is a number", Tokens.signed(header, claims.copy().put("sub", 5), pair));
    tokens.put("huge", Tokens.signed(header, claims.copy().put("x", "y".repeat(40_000)), pair));
    tokens.put("changed", changed(good));
    tokens.put("garbage", "eyJ.eyJ.eyJ");
    tokens.put("deep", "eyJ" + "W".repeat(9_000) + ".e30.AA");
    tokens.forEach((what, token) -> assertThat(answer(broker, token)).as(what).isEqualTo(WRONG));
    assertThat(broker.login(null, good)).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void passwordThatIsNoTokenIsSomebodyElsesBusiness() throws Exception {
    JsonObject auth =
        new JsonObject()
            .put("jwt", jwt().put("secret-file", file("secret", SECRET)))
            .put("password-file", file("passwords", PluginBroker.user("ann", "pencil")));
    PluginBroker broker = PluginBroker.start(vertx, auth);
    assertThat(broker.login("ann", "pencil")).isEqualTo(ReasonCode.SUCCESS);
    assertThat(broker.login("ann", "eyJ")).isEqualTo(WRONG);
    assertThat(broker.login(null, null)).isEqualTo(ReasonCode.NOT_AUTHORIZED);
  }

  @Test
  void connectionEndsWhenTheTokenExpires() throws Exception {
    PluginBroker broker =
        start(jwt().put("secret-file", file("secret", SECRET)).put("leeway-seconds", 0));
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      String token = Tokens.signed(Tokens.header("HS256"), Tokens.claims("ann", 5), SECRET);
      assertThat(PluginBroker.login(client, null, token)).isEqualTo(ReasonCode.SUCCESS);
      assertThat(client.read(Disconnect.class).reasonCode()).isEqualTo(ReasonCode.NOT_AUTHORIZED);
      assertThat(client.read()).isNull();
      assertThat(broker.login(null, token)).isEqualTo(WRONG);
    }
  }

  @Test
  void tokenSaysWhatItsClientMayDo() throws Exception {
    PluginBroker broker =
        start(
            jwt()
                .put("secret-file", file("secret", SECRET))
                .put("publish-claim", "pub")
                .put("subscribe-claim", "sub-to"));
    JsonObject claims = Tokens.claims("ann", 60);
    JsonObject granting =
        claims
            .copy()
            .put("pub", new JsonArray().add("out/#"))
            .put("sub-to", new JsonArray().add("in/+"));
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      String token = Tokens.signed(Tokens.header("HS256"), granting, SECRET);
      assertThat(PluginBroker.login(client, null, token)).isEqualTo(ReasonCode.SUCCESS);
      assertThat(PluginBroker.publish(client, "out/a"))
          .isEqualTo(ReasonCode.NO_MATCHING_SUBSCRIBERS);
      assertThat(PluginBroker.publish(client, "in/a")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
      assertThat(client.subscribe("in/a", QoS.AT_MOST_ONCE)).isEqualTo(ReasonCode.SUCCESS);
      assertThat(client.subscribe("out/a", QoS.AT_MOST_ONCE)).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }
    try (Mqtt5Client client = new Mqtt5Client(broker.port())) {
      String token = Tokens.signed(Tokens.header("HS256"), claims, SECRET);
      assertThat(PluginBroker.login(client, null, token)).isEqualTo(ReasonCode.SUCCESS);
      assertThat(PluginBroker.publish(client, "out/a")).isEqualTo(ReasonCode.NOT_AUTHORIZED);
    }
    String wrong = Tokens.signed(Tokens.header("HS256"), claims.put("pub", "out/#"), SECRET);
    assertThat(broker.login(null, wrong)).isEqualTo(WRONG);
  }

  @Test
  void keysAreReadAgainWhenATokenNamesAnUnknownOneButNotTooOften() throws Exception {
    KeyPair first = Tokens.rsa(2048);
    KeyPair second = Tokens.curve("secp256r1");
    AtomicReference<JsonObject> keys =
        new AtomicReference<>(Tokens.set(Tokens.jwk("first", first.getPublic())));
    AtomicInteger asked = new AtomicInteger();
    HttpServer server = server(keys, asked);
    PluginBroker broker = start(jwt().put("jwks-url", url(server)).put("unknown-key-seconds", 1));
    String old =
        Tokens.signed(Tokens.header("RS256").put("kid", "first"), Tokens.claims("ann", 600), first);
    String rotated =
        Tokens.signed(
            Tokens.header("ES256").put("kid", "second"), Tokens.claims("ann", 600), second);
    assertThat(broker.login(null, old)).isEqualTo(ReasonCode.SUCCESS);
    assertThat(broker.login(null, rotated)).isEqualTo(WRONG);
    keys.set(Tokens.set(Tokens.jwk("second", second.getPublic())));
    long started = System.nanoTime();
    int before = asked.get();
    ReasonCode answer = WRONG;
    while (answer != ReasonCode.SUCCESS && System.nanoTime() - started < 30_000_000_000L) {
      answer = broker.login(null, rotated);
    }
    assertThat(answer).isEqualTo(ReasonCode.SUCCESS);
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started);
    assertThat(asked.get() - before).isBetween(1, (int) seconds + 1);
    assertThat(broker.login(null, old)).isEqualTo(WRONG);
    keys.set(new JsonObject().put("error", "out of order"));
    String unknown =
        Tokens.signed(
            Tokens.header("ES256").put("kid", "third"), Tokens.claims("ann", 600), second);
    int known = asked.get();
    while (asked.get() == known && System.nanoTime() - started < 60_000_000_000L) {
      assertThat(broker.login(null, unknown)).isEqualTo(WRONG);
    }
    assertThat(asked.get()).isGreaterThan(known);
    assertThat(broker.login(null, rotated)).as("what was read last").isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void keysOfFilesAreReplaced() throws Exception {
    JsonObject jwt = jwt().put("secret-file", file("secret", SECRET));
    PluginBroker broker = start(jwt);
    String old = Tokens.signed(Tokens.header("HS256"), Tokens.claims("ann", 60), SECRET);
    String rotated = Tokens.signed(Tokens.header("HS256"), Tokens.claims("ann", 60), SECRET + "2");
    assertThat(broker.login(null, old)).isEqualTo(ReasonCode.SUCCESS);
    assertThat(broker.login(null, rotated)).isEqualTo(WRONG);
    file("secret", SECRET + "2");
    PluginBroker.await(broker.broker().secure(parse(jwt)));
    assertThat(broker.login(null, old)).isEqualTo(WRONG);
    assertThat(broker.login(null, rotated)).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void withoutKeysNobodyIsLetIn() throws Exception {
    HttpServer server = server(new AtomicReference<>(new JsonObject()), new AtomicInteger());
    PluginBroker broker = start(jwt().put("jwks-url", url(server)));
    String token = Tokens.signed(Tokens.header("HS256"), Tokens.claims("ann", 60), SECRET);
    assertThat(broker.login(null, token)).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    String none = Tokens.unsigned(Tokens.header("none"), Tokens.claims("ann", 60)) + ".";
    assertThat(broker.login(null, none)).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
  }

  @Test
  void serverOfKeysIsNamedWithoutWhatMayBeASecret() throws Exception {
    HttpServer server = server(new AtomicReference<>(new JsonObject()), new AtomicInteger());
    Logger audit = (Logger) LoggerFactory.getLogger("culvert.audit");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    audit.addAppender(lines);
    try {
      PluginBroker broker = start(jwt().put("jwks-url", url(server) + "?key=hidden"));
      broker.login(null, Tokens.signed(Tokens.header("HS256"), Tokens.claims("ann", 60), SECRET));
    } finally {
      audit.detachAppender(lines);
    }
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(line -> line.contains(url(server) + ": "))
        .noneMatch(line -> line.contains("hidden"));
  }

  @Test
  void fileThatIsNoKeyStopsTheStartWithItsName() throws Exception {
    String weak = Tokens.pem(Tokens.rsa(1024).getPublic());
    assertStops("secret-file", "", "is empty");
    assertStops("secret-file", "short", "the secret has less than 32 bytes");
    assertStops("public-key-file", "no key", "is no public key in PEM");
    assertStops("public-key-file", weak, "is an RSA key of less than 2048 bits");
    assertStops("jwks-file", "[]", "is no JSON object");
    assertStops("jwks-file", "{}", "is no JSON Web Key Set");
    assertStops("jwks-file", Tokens.set().encode(), "has no key of RSA");
    assertStops("jwks-file", "{\"keys\":[{\"kty\":\"RSA\"}]}", "has a malformed key");
    assertThatThrownBy(() -> parse(jwt().put("secret-file", "none")))
        .hasMessageContaining("none: auth.jwt.secret-file: there is no such file");
    assertThatThrownBy(() -> parse(jwt().put("jwks-url", "http://idp.example.com/keys")))
        .hasMessageContaining("auth.jwt.jwks-url: is not encrypted");
    assertThatThrownBy(() -> parse(jwt().put("jwks-url", "https://u:secret@example.com/")))
        .hasMessageContaining("auth.jwt.jwks-url: has credentials in it")
        .hasMessageNotContaining("secret@");
  }

  private void assertStops(String setting, String content, String text) throws Exception {
    String name = file("bad", content);
    assertThatThrownBy(() -> parse(jwt().put(setting, name)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(name + ": auth.jwt." + setting + ": " + text);
  }

  private static BrokerOptions parse(JsonObject jwt) {
    return BrokerOptions.parse(PluginBroker.config(new JsonObject().put("jwt", jwt)));
  }

  private static JsonObject[] headers(String algorithm) {
    return new JsonObject[] {
      Tokens.header(algorithm), Tokens.header(algorithm).put("kid", "k"),
    };
  }

  private static String changed(String token) {
    int middle = token.indexOf('.') + 10;
    char other = token.charAt(middle) == 'A' ? 'B' : 'A';
    return token.substring(0, middle) + other + token.substring(middle + 1);
  }

  private static JsonObject without(JsonObject claims, String claim) {
    JsonObject rest = claims.copy();
    rest.remove(claim);
    return rest;
  }

  private static ReasonCode answer(PluginBroker broker, String token) {
    try {
      return broker.login(null, token);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private HttpServer server(AtomicReference<JsonObject> keys, AtomicInteger asked)
      throws Exception {
    return PluginBroker.await(
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  asked.incrementAndGet();
                  request.response().end(keys.get().toBuffer());
                })
            .listen(0, "127.0.0.1"));
  }

  private static String url(HttpServer server) {
    return "http://127.0.0.1:" + server.actualPort() + "/keys";
  }

  private static JsonObject jwt() {
    return new JsonObject().put("jwks-timeout-millis", 60_000);
  }

  private String file(String name, String content) throws Exception {
    Path file = folder.resolve(name);
    Files.writeString(file, content);
    return file.toString();
  }

  private PluginBroker start(JsonObject jwt) throws Exception {
    return PluginBroker.start(vertx, new JsonObject().put("jwt", jwt));
  }
}
