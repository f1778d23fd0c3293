package io.culvert.runtime.bus;

import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;

/** The broker's administration over the event bus. */
public final class MqttAdmin {
  private final EventBus bus;

  MqttAdmin(EventBus bus) {
    this.bus = bus;
  }

  /** Asks with a verb and the fields that its schema names. */
  public Future<JsonObject> ask(String verb, JsonObject fields) {
    return bus.<JsonObject>request(MqttAddresses.ADMIN + verb, fields).map(Message::body);
  }
}
