package io.culvert.runtime.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/**
 * MQTT over the event bus, for verticles on any node of the broker's cluster. Its methods may be
 * called on any thread; futures complete on the context of the caller, and fail with what {@link
 * MqttFailure} lists, or as the event bus itself fails where no broker is there.
 */
public final class CulvertMqtt {
  private final Vertx vertx;
  private final EventBus bus;

  private CulvertMqtt(Vertx vertx) {
    this.vertx = vertx;
    this.bus = vertx.eventBus();
  }

  public static CulvertMqtt create(Vertx vertx) {
    return new CulvertMqtt(vertx);
  }

  /** Publishes; completes when the broker has taken the message. */
  public Future<PublishResult> publish(MqttMessage message) {
    return bus.<JsonObject>request(MqttAddresses.PUBLISH, message.toJson())
        .map(Message::body)
        .map(PublishResult::fromJson);
  }

  /**
   * Subscribes. The handler is called on the context of the caller; when its future succeeds the
   * message is acknowledged, when it fails the message comes again later.
   *
   * @see SubscribeRequest#to
   */
  public Future<MqttSubscription> subscribe(
      SubscribeRequest request, Function<ReceivedMessage, Future<?>> handler) {
    return MqttSubscription.open(vertx, request, handler);
  }

  public MqttAdmin admin() {
    return new MqttAdmin(bus);
  }
}
