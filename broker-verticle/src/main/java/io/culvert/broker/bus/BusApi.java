package io.culvert.broker.bus;

import io.culvert.runtime.bus.MqttAddresses;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.MqttMessage;
import io.culvert.runtime.bus.PublishResult;
import io.culvert.runtime.bus.SubscribeResult;
import io.culvert.runtime.metrics.PartMetrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker's addresses on the event bus ({@link MqttAddresses}). Made and called in the context
 * of the broker's first event loop, where requests are answered one after the other.
 */
public final class BusApi {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");

  private final Vertx vertx;
  private final BusCounters counters = new BusCounters();
  private final Publisher publisher;
  private final Subscribers subscribers;
  private final Bridges bridges;
  private final AdminApi admin;
  private final String node;
  private final List<MessageConsumer<Object>> consumers = new ArrayList<>();
  private Runnable hideMetrics = () -> {};

  private BusApi(Vertx vertx, BusHost host, BusOptions options) {
    List<BusShard> shards = host.shards();
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    this.vertx = vertx;
    this.node = HexFormat.of().formatHex(random);
    this.publisher = new Publisher(host, options);
    this.subscribers = new Subscribers(vertx, shards, options, counters, node);
    this.bridges = new Bridges(host, options, publisher, subscribers, counters);
    this.admin =
        new AdminApi(
            vertx,
            host,
            publisher,
            new AdminStatus(host, options, counters, publisher, subscribers));
  }

  public static BusApi create(Vertx vertx, BusHost host, BusOptions options) {
    return new BusApi(vertx, host, options);
  }

  /** Completes when all nodes know the addresses, and bridges are subscribed. */
  public Future<Void> start() {
    hideMetrics =
        PartMetrics.show(vertx, BusMetrics.TABLE, new BusMetrics(counters, publisher, subscribers));
    subscribers.start();
    return register().compose(done -> bridges.start());
  }

  /** Answers no more; called before the broker closes. */
  public Future<Void> stop() {
    hideMetrics.run();
    bridges.stop();
    subscribers.stop();
    publisher.stop();
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList()).mapEmpty();
  }

  private Future<Void> register() {
    answer(
        MqttAddresses.PUBLISH,
        body -> publisher.publish(MqttMessage.fromJson(body)).map(PublishResult::toJson));
    answer(
        MqttAddresses.SUBSCRIBE, body -> subscribers.subscribe(body).map(SubscribeResult::toJson));
    answerHereAndAnywhere(MqttAddresses.RENEW, subscribers::renew);
    answerHereAndAnywhere(MqttAddresses.UNSUBSCRIBE, subscribers::unsubscribe);
    admin.verbs().forEach((verb, action) -> answer(MqttAddresses.ADMIN + verb, action));
    for (InBridge bridge : bridges.in()) {
      consumers.add(
          vertx
              .eventBus()
              .consumer(bridge.address(), message -> reply(message, bridge.carry(message))));
    }
    return Future.all(consumers.stream().map(MessageConsumer::completion).toList()).mapEmpty();
  }

  private void answerHereAndAnywhere(
      String address, Function<JsonObject, Future<JsonObject>> verb) {
    answer(address, verb);
    answer(MqttAddresses.at(node, address), verb);
  }

  private void answer(String address, Function<JsonObject, Future<JsonObject>> verb) {
    consumers.add(vertx.eventBus().consumer(address, message -> answer(message, verb)));
  }

  private static void answer(
      Message<Object> message, Function<JsonObject, Future<JsonObject>> verb) {
    Future<JsonObject> answer;
    try {
      if (!(message.body() instanceof JsonObject body)) {
        throw MqttFailure.BAD_REQUEST.because("the body must be a JSON object");
      }
      answer = verb.apply(body);
    } catch (RuntimeException failure) {
      answer = Future.failedFuture(failure);
    }
    reply(message, answer);
  }

  private static void reply(Message<Object> message, Future<JsonObject> answer) {
    answer.onSuccess(message::reply).onFailure(failure -> fail(message, failure));
  }

  private static void fail(Message<Object> message, Throwable failure) {
    if (failure instanceof ReplyException told) {
      message.fail(told.failureCode(), told.getMessage());
    } else {
      LOG.error("a request to {} failed", message.address(), failure);
      ReplyException ours = MqttFailure.INTERNAL_ERROR.because("the broker has logged it");
      message.fail(ours.failureCode(), ours.getMessage());
    }
  }
}
