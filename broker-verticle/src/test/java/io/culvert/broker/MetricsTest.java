package io.culvert.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What those see who watch a broker of two event loops, with clients on real sockets. */
class MetricsTest {
  private static final String REGISTRY = "culvert.listeners.test";

  private final HttpClient http = HttpClient.newHttpClient();
  private Vertx vertx;
  private int port;
  private URI metrics;

  @BeforeEach
  void deploy() throws Exception {
    vertx = Vertx.vertx();
    JsonObject config =
        new JsonObject()
            .put("metrics", new JsonObject().put("port", 0))
            .put("limits", new JsonObject().put("retained-messages", 1))
            .put("mqtt", new JsonObject().put("instances", 2).put("sys-interval-seconds", 1));
    port = DeployedBroker.deploy(vertx, "test", config).port();
    Set<String> bound = vertx.sharedData().<String, String>getLocalMap(REGISTRY).keySet();
    metrics = URI.create(bound.stream().filter(uri -> uri.startsWith("http://")).findFirst().get());
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void numbersAgreeWithWhatClientsDid() throws Exception {
    try (RawClient client = new RawClient(port)) {
      client.send(RawClient.CONNECT_5);
      client.read();
      client.send("82090001000003612f6200"); // SUBSCRIBE to a/b at QoS 0
      client.read();
      for (int i = 0; i < 100; i++) {
        client.send("320d0003612f6200070068656c6c6f");
        client.read();
        client.read();
      }
      Map<String, Double> series = scrape();
      assertThat(series)
          .containsEntry("culvert_messages_received_total{qos=\"1\"}", 100.0)
          .containsEntry("culvert_messages_received_bytes_total", 500.0)
          .containsEntry("culvert_messages_sent_total{qos=\"0\"}", 100.0)
          .containsEntry("culvert_packets_received_total{type=\"publish\"}", 100.0)
          .containsEntry("culvert_packets_received_bytes_total{type=\"publish\"}", 1500.0)
          .containsEntry("culvert_packets_sent_total{type=\"puback\"}", 100.0)
          .containsEntry("culvert_connects_total{version=\"5.0\"}", 1.0)
          .containsEntry("culvert_clients_connected", 1.0)
          .containsEntry("culvert_subscriptions", 1.0)
          .containsEntry("culvert_connections{listener=\"mqtt://127.0.0.1:" + port + "\"}", 1.0)
          .containsEntry("culvert_limit{limit=\"sessions\",scope=\"broker\"}", 1_000_000.0)
          .containsEntry("culvert_limit_use{limit=\"sessions\",scope=\"broker\"}", 1.0)
          .containsKey("culvert_event_loop_delay_seconds{event_loop=\"1\"}")
          .containsEntry("culvert_event_loop_guest{event_loop=\"1\"}", 0.0) // NIO has no guests
          .containsEntry("culvert_bus_subscriptions", 0.0)
          .containsEntry("culvert_bridge_in_total", 0.0)
          .containsKey("jvm_threads_live_threads");
    }
  }

  @Test
  void thereAreNoMoreSeriesWhenThereAreMoreClients() throws Exception {
    Set<String> before = ofCulvert(scrape());
    for (int i = 0; i < 1000; i++) {
      try (RawClient client = new RawClient(port)) {
        client.send(RawClient.connect5("%03d".formatted(i)));
        assertThat(client.read()).startsWith("20");
      }
    }
    Map<String, Double> after = scrape();
    assertThat(after).containsEntry("culvert_connects_total{version=\"5.0\"}", 1000.0);
    assertThat(ofCulvert(after)).isEqualTo(before).hasSizeLessThan(400);
  }

  @Test
  void brokerThatLetsItsClientsGoIsNotReadyButLives() throws Exception {
    await(
        vertx.eventBus().request("culvert.mqtt.admin.drain", new JsonObject().put("perSecond", 1)));
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void serverAnswersWhatItKnowsAndNothingElse() throws Exception {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get("/health/ready").body()).isEqualTo("{\"status\":\"UP\"}\n");
    assertThat(get("/").statusCode()).isEqualTo(404);
    assertThat(get("/metrics/../health").statusCode()).isEqualTo(404);
    HttpResponse<String> post =
        send(HttpRequest.newBuilder(metrics).POST(HttpRequest.BodyPublishers.ofString("x")));
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("allow")).hasValue("GET, HEAD");
    HttpResponse<String> head =
        send(HttpRequest.newBuilder(metrics).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    HttpResponse<String> large =
        send(HttpRequest.newBuilder(metrics).header("x", "y".repeat(20_000)));
    assertThat(large.statusCode()).isEqualTo(431);
  }

  @Test
  void furtherWatchersAreClosedAtOnce() throws Exception {
    List<Socket> watchers = new ArrayList<>();
    try {
      for (int i = 0; i <= MetricsServer.MOST_CONNECTIONS; i++) {
        Socket watcher = new Socket("127.0.0.1", metrics.getPort());
        watcher.setSoTimeout(10_000);
        watchers.add(watcher);
      }
      assertThat(watchers.get(MetricsServer.MOST_CONNECTIONS).getInputStream().read()).isNegative();
    } finally {
      for (Socket watcher : watchers) {
        watcher.close();
      }
    }
  }

  @Test
  void portThatIsTakenStopsTheStart() {
    JsonObject config =
        new JsonObject()
            .put("store", new JsonObject().put("type", "memory"))
            .put("metrics", new JsonObject().put("port", metrics.getPort()))
            .put("mqtt", new JsonObject().put("port", 0).put("websocket-port", 0));
    assertThatThrownBy(
            () ->
                await(
                    vertx.deployVerticle(
                        new BrokerVerticle(), new DeploymentOptions().setConfig(config))))
        .hasMessageContaining("metrics.port " + metrics.getPort() + " on 127.0.0.1");
  }

  @Test
  void sysTopicsAreRetainedAndTakeNoRoomFromClients() throws Exception {
    try (RawClient client = new RawClient(port)) {
      client.send(RawClient.CONNECT_5);
      client.read();
      client.send(subscribe("$SYS/broker/version"));
      assertThat(client.read()).isEqualTo("9004000100" + "00");
      assertThat(text(client.read())).contains("$SYS/broker/version", "culvert version");
      client.send("330d0003612f6200070068656c6c6f"); // retained, of which one may be
      assertThat(client.read()).isEqualTo("4003000710");
      client.send("330d0003612f6300070068656c6c6f");
      assertThat(client.read()).startsWith("40").contains("000797");
      client.send(subscribe("$SYS/culvert/messages/received/1"));
      assertThat(client.read()).isEqualTo("9004000100" + "00");
      assertThat(text(client.read())).contains("$SYS/culvert/messages/received/1").endsWith("2");
    }
    assertThat(scrape())
        .containsEntry("culvert_retained", 1.0)
        .containsEntry("culvert_messages_refused_total{reason=\"quota-exceeded\"}", 1.0)
        .containsEntry("culvert_retained_refused_total", 1.0);
  }

  private static String subscribe(String filter) {
    String name = HexFormat.of().formatHex(filter.getBytes(StandardCharsets.UTF_8));
    return "82%02x000100%04x%s00".formatted(filter.length() + 6, filter.length(), name);
  }

  private static String text(String hex) {
    return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
  }

  private static Set<String> ofCulvert(Map<String, Double> series) {
    return series.keySet().stream()
        .filter(name -> name.startsWith("culvert_"))
        .collect(Collectors.toSet());
  }

  private Map<String, Double> scrape() throws Exception {
    HttpResponse<String> response = get("/metrics");
    assertThat(response.headers().firstValue("content-type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    return PrometheusText.parse(response.body());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metrics.getPort() + path)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(
        request.version(HttpClient.Version.HTTP_1_1).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
