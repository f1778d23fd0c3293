package io.culvert.broker;

import io.culvert.broker.endpoint.EndpointHandover;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.mqtt.MqttServer;
import io.vertx.mqtt.MqttServerOptions;

/**
 * A Vert.x MQTT server that hands all its endpoints to a broker, which has a listener as well.
 *
 * @param port of the Vert.x server
 */
record HandedOverServer(PluginBroker broker, int port) {
  /** On an event loop of its own. */
  static HandedOverServer start(Vertx vertx, JsonObject auth) throws Exception {
    PluginBroker broker = PluginBroker.start(vertx, auth);
    MqttServer server = PluginBroker.await(serve(vertx, EndpointHandover.to(broker.broker())));
    return new HandedOverServer(broker, server.actualPort());
  }

  /** On the event loop of the broker. */
  static HandedOverServer startOnItsLoop(Vertx vertx, int waitingBytes) throws Exception {
    PluginBroker broker = PluginBroker.start(vertx, new JsonObject());
    Promise<MqttServer> listening = Promise.promise();
    broker
        .broker()
        .contexts()
        .get(0)
        .runOnContext(
            go ->
                serve(vertx, EndpointHandover.to(broker.broker(), waitingBytes))
                    .onComplete(listening));
    return new HandedOverServer(broker, PluginBroker.await(listening.future()).actualPort());
  }

  /** A client of the Vert.x server. */
  Mqtt5Client client() throws Exception {
    return new Mqtt5Client(port);
  }

  /** A client of the broker's own listener. */
  Mqtt5Client clientOfBroker() throws Exception {
    return new Mqtt5Client(broker.port());
  }

  private static Future<MqttServer> serve(Vertx vertx, EndpointHandover handover) {
    return MqttServer.create(vertx, new MqttServerOptions().setPort(0).setHost("127.0.0.1"))
        .endpointHandler(handover)
        .listen();
  }
}
