package io.culvert.conformance.client;

import io.culvert.broker.MqttBroker;
import io.culvert.broker.config.BrokerOptions;
import io.culvert.broker.config.ListenerOptions;
import io.culvert.client.Awaited;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** A broker in this process with these listeners, and a Vert.x of its own. */
public final class InProcessBroker implements AutoCloseable {
  /** More than any test publishes while its subscriber is away: nothing is dropped. */
  private static final int QUEUE_MESSAGES = 10_000;

  private final Vertx vertx;
  private final List<ListenerOptions> listeners;

  private InProcessBroker(Vertx vertx, List<ListenerOptions> listeners) {
    this.vertx = vertx;
    this.listeners = listeners;
  }

  /**
   * @param mqtt the section {@code mqtt} without its listeners
   */
  public static InProcessBroker start(JsonObject mqtt, JsonObject auth, JsonObject... listeners)
      throws Exception {
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    JsonArray all = new JsonArray();
    for (JsonObject listener : listeners) {
      all.add(listener);
    }
    JsonObject config =
        new JsonObject()
            .put("mqtt", mqtt.copy().put("listeners", all))
            .put("auth", auth)
            .put("limits", new JsonObject().put("queue-messages", QUEUE_MESSAGES));
    Context context = vertx.getOrCreateContext();
    Promise<List<ListenerOptions>> listening = Promise.promise();
    context.runOnContext(
        ignored ->
            Future.succeededFuture()
                .compose(now -> MqttBroker.create(context, BrokerOptions.parse(config)).listen())
                .onComplete(listening));
    return new InProcessBroker(vertx, Awaited.await(listening.future()));
  }

  public static InProcessBroker start() throws Exception {
    return start(new JsonObject(), new JsonObject(), new JsonObject().put("port", 0));
  }

  public int port(int listener) {
    return listeners.get(listener).port();
  }

  public String address() {
    return "mqtt://127.0.0.1:" + port(0);
  }

  @Override
  public void close() throws Exception {
    Awaited.await(vertx.close());
  }
}
