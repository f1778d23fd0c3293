package io.culvert.broker;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.LocalMap;
import java.net.URI;

/**
 * A broker that was deployed as a Vert.x application does it, with one listener.
 *
 * @param id of the deployment
 * @param port of the listener
 */
record DeployedBroker(String id, int port) {
  /**
   * @param name of the deployment, under which listeners are announced
   * @param config without listeners
   */
  static DeployedBroker deploy(Vertx vertx, String name, JsonObject config) throws Exception {
    LocalMap<String, Object> announced =
        vertx.sharedData().getLocalMap("culvert.listeners." + name);
    announced.clear(); // of what an earlier one has left
    JsonArray listeners = new JsonArray().add(new JsonObject().put("port", 0));
    JsonObject mqtt = config.getJsonObject("mqtt", new JsonObject()).copy();
    JsonObject whole =
        config.copy().put("deployment", name).put("mqtt", mqtt.put("listeners", listeners));
    if (!whole.containsKey("store")) {
      whole.put("store", new JsonObject().put("type", "memory"));
    }
    DeploymentOptions options = new DeploymentOptions().setConfig(whole);
    String id = PluginBroker.await(vertx.deployVerticle(new BrokerVerticle(), options));
    String listener =
        announced.keySet().stream().filter(uri -> uri.startsWith("mqtt://")).findFirst().get();
    return new DeployedBroker(id, URI.create(listener).getPort());
  }
}
