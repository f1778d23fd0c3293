package io.culvert.tcp;

import io.culvert.tcp.wire.Dialect;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClientOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The service as it is deployed, on a free port. */
record Service(Vertx vertx, URI uri) {
  static final String SECRET = "a secret of sixteen bytes or more";
  static final Dialect DIALECT = Dialect.N009_P03;

  static Service deploy(Vertx vertx, JsonObject config) {
    Sync.await(
        vertx.deployVerticle(
            TcpVerticle::new, new DeploymentOptions().setConfig(config.put("deployment", "test"))));
    String bound =
        (String)
            vertx.sharedData().getLocalMap("culvert.listeners.test").keySet().iterator().next();
    return new Service(vertx, URI.create(bound));
  }

  /** With a secret in a file of this folder. */
  static JsonObject config(Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), SECRET + "\n");
    return new JsonObject()
        .put(
            "tcp",
            new JsonObject()
                .put("port", 0)
                .put("secret-file", secret.toString())
                .put("dialect", DIALECT.id()));
  }

  static JsonObject with(JsonObject config, String key, JsonObject... rules) {
    config.getJsonObject("tcp").put(key, new JsonArray(List.of((Object[]) rules)));
    return config;
  }

  TcpClient client() {
    return client(vertx, new NetClientOptions());
  }

  static TcpClient client(Vertx vertx, NetClientOptions net) {
    return TcpClient.create(
        vertx,
        new TcpClientOptions()
            .dialect(DIALECT)
            .auth(SharedSecret.of(SECRET, DIALECT, 300, 1000))
            .net(net));
  }

  /** One that is connected. */
  TcpClient connected() {
    TcpClient client = client();
    Sync.await(client.connect(uri.getHost(), uri.getPort()));
    return client;
  }

  JsonObject ask(String address, JsonObject body) {
    return Sync.await(vertx.eventBus().<JsonObject>request(address, body)).body();
  }

  Throwable refusal(String address, JsonObject body) {
    return Sync.failure(vertx.eventBus().request(address, body));
  }
}
