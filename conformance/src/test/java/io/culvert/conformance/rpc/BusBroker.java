package io.culvert.conformance.rpc;

import static io.culvert.client.Awaited.await;

import io.culvert.broker.BrokerVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;

/** A broker on the event bus of a Vert.x, which keeps nothing. */
final class BusBroker {
  private static final String DEPLOYMENT = "rpc";

  private BusBroker() {}

  /** Deploys it; returns the port at which it listens. */
  static int deploy(Vertx vertx) throws Exception {
    JsonObject listener = new JsonObject().put("port", 0);
    JsonObject config =
        new JsonObject()
            .put("deployment", DEPLOYMENT)
            .put("store", new JsonObject().put("type", "memory"))
            .put("mqtt", new JsonObject().put("listeners", new JsonArray().add(listener)));
    await(vertx.deployVerticle(new BrokerVerticle(), new DeploymentOptions().setConfig(config)));
    return URI.create(
            vertx
                .sharedData()
                .<String, String>getLocalMap("culvert.listeners." + DEPLOYMENT)
                .keySet()
                .iterator()
                .next())
        .getPort();
  }
}
