package io.culvert.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.culvert.engine.testkit.Programs;
import io.culvert.engine.testkit.SelfSigned;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens, and an HTTP server that decides, with the runnable jar and other people's clients. */
class TokenIT {
  private static final int LIMIT_SECONDS = 60;
  private static final String SECRET = "a secret that is long enough to sign with";
  private static final int REFUSED_3 = 4;
  private static final int REFUSED_5 = 0x86;
  private static final int NOT_AUTHORIZED_5 = 0x87;
  private static final int UNAVAILABLE_5 = 0x88;

  @TempDir Path folder;

  @BeforeEach
  void requirePrograms() {
    Programs.require("mosquitto_pub");
  }

  @Test
  void tokenIsAPasswordUntilItExpires() throws Exception {
    Files.writeString(folder.resolve("secret"), SECRET);
    try (JarProcess culvert =
        run("--set", "auth.jwt.secret-file=secret", "--set", "auth.jwt.leeway-seconds=0")) {
      URI mqtt = URI.create(culvert.firstLine().split(" ")[1]);
      String good = token("ann", 600, SECRET);
      String forged = token("ann", 600, "another secret that is as long as that");
      for (String version : List.of("mqttv311", "mqttv5")) {
        int refused = version.equals("mqttv5") ? REFUSED_5 : REFUSED_3;
        assertThat(pub(mqtt, version, "t", "-u", "ann", "-P", good)).isZero();
        assertThat(pub(mqtt, version, "t", "-u", "bob", "-P", good)).isEqualTo(refused);
        assertThat(pub(mqtt, version, "t", "-u", "ann", "-P", forged)).isEqualTo(refused);
        assertThat(pub(mqtt, version, "t", "-u", "ann", "-P", token("ann", -5, SECRET)))
            .isEqualTo(refused);
      }
      assertThat(pub(mqtt, "mqttv5", "t")).isEqualTo(NOT_AUTHORIZED_5);
      CountDownLatch ended = new CountDownLatch(1);
      Mqtt5BlockingClient client =
          MqttClient.builder()
              .useMqttVersion5()
              .serverHost(mqtt.getHost())
              .serverPort(mqtt.getPort())
              .addDisconnectedListener(gone -> ended.countDown())
              .buildBlocking();
      client
          .connectWith()
          .simpleAuth()
          .username("ann")
          .password(token("ann", 8, SECRET).getBytes(StandardCharsets.US_ASCII))
          .applySimpleAuth()
          .send();
      assertThat(ended.await(LIMIT_SECONDS, TimeUnit.SECONDS)).as("the token expires").isTrue();
      assertThat(culvert.signal("TERM")).isZero();
      assertThat(culvert.err())
          .contains("the token has expired", "the token is not signed by a key", "another user's")
          .doesNotContain("ERROR", good, forged);
    }
  }

  @Test
  void serverDecidesWhoIsLetInAndWhatItMayDo() throws Exception {
    SelfSigned.write(folder, "server", "localhost");
    HttpServerOptions tls =
        new HttpServerOptions()
            .setSsl(true)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertPath(folder.resolve("server.pem").toString())
                    .addKeyPath(folder.resolve("server.key").toString()));
    Vertx vertx = Vertx.vertx();
    try {
      HttpServer server =
          vertx
              .createHttpServer(tls)
              .requestHandler(
                  request ->
                      request
                          .body()
                          .map(body -> decide(new JsonObject(body)).toBuffer())
                          .onSuccess(request.response()::end))
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get(LIMIT_SECONDS, TimeUnit.SECONDS);
      String url = "https://localhost:" + server.actualPort() + "/login";
      try (JarProcess culvert = run("--set", "auth.http.url=" + url)) {
        URI mqtt = URI.create(culvert.firstLine().split(" ")[1]);
        assertThat(pub(mqtt, "mqttv5", "of/ann", "-u", "ann", "-P", "pencil"))
            .as("a server that nobody vouches for")
            .isEqualTo(UNAVAILABLE_5);
        assertThat(culvert.signal("TERM")).isZero();
        assertThat(culvert.err()).contains("could not decide").doesNotContain("pencil");
      }
      try (JarProcess culvert =
          run(
              "--set",
              "auth.http.url=" + url,
              "--set",
              "auth.http.authority=server.pem",
              "--set",
              "auth.http.timeout-millis=60s")) {
        URI mqtt = URI.create(culvert.firstLine().split(" ")[1]);
        assertThat(pub(mqtt, "mqttv5", "of/ann", "-u", "ann", "-P", "pencil")).isZero();
        assertThat(publish(mqtt, "of/bob", "-u", "ann", "-P", "pencil")).contains("Not authorized");
        assertThat(pub(mqtt, "mqttv5", "t", "-u", "ann", "-P", "pen")).isEqualTo(REFUSED_5);
        assertThat(pub(mqtt, "mqttv311", "t", "-u", "ann", "-P", "pen")).isEqualTo(REFUSED_3);
        assertThat(culvert.signal("TERM")).isZero();
        assertThat(culvert.err()).doesNotContain("ERROR", "pencil");
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static JsonObject decide(JsonObject question) {
    return "pencil".equals(question.getString("password"))
        ? new JsonObject()
            .put("result", "allow")
            .put("publish", new JsonArray().add("of/" + question.getString("user-name")))
        : new JsonObject().put("result", "deny");
  }

  private static String token(String user, long seconds, String secret) throws Exception {
    long expiry = System.currentTimeMillis() / 1000 + seconds;
    String unsigned =
        base64("{\"alg\":\"HS256\"}")
            + "."
            + base64("{\"sub\":\"" + user + "\",\"exp\":" + expiry + "}");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    byte[] sum = mac.doFinal(unsigned.getBytes(StandardCharsets.US_ASCII));
    return unsigned + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(sum);
  }

  private static String base64(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private JarProcess run(String... options) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("run", "--ephemeral", "--port", "0", "--ws-port", "0"));
    words.addAll(List.of(options));
    return JarProcess.culvert(folder, words.toArray(String[]::new));
  }

  private int pub(URI to, String version, String topic, String... options) throws Exception {
    return start(to, version, topic, options).exitCode();
  }

  /** What mosquitto_pub says about it. */
  private String publish(URI to, String topic, String... options) throws Exception {
    return start(to, "mqttv5", topic, options).text();
  }

  private MosquittoClient start(URI to, String version, String topic, String... options)
      throws Exception {
    List<String> all = new ArrayList<>(List.of("-h", to.getHost(), "-p", "" + to.getPort()));
    all.addAll(List.of("-V", version, "-t", topic));
    all.addAll(List.of(options));
    return MosquittoClient.publish(folder, all.toArray(String[]::new));
  }
}
