package io.culvert.runtime.bus;

import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;
import org.slf4j.Logger;

/** Answers what is asked at an address of the event bus. */
public final class BusAction {
  private final Function<Message<Object>, Future<JsonObject>> action;
  private final Logger log;

  private BusAction(Function<Message<Object>, Future<JsonObject>> action, Logger log) {
    this.action = action;
    this.log = log;
  }

  /**
   * Serves from now on.
   *
   * @param action gets the body, and gives the reply; a {@link ReplyException} that it throws or
   *     fails with is the failed reply, and anything else is {@link MqttFailure#INTERNAL_ERROR}
   * @param log is told of those
   */
  public static MessageConsumer<Object> serve(
      EventBus bus, String address, Function<Object, Future<JsonObject>> action, Logger log) {
    return serveMessages(bus, address, message -> action.apply(message.body()), log);
  }

  /** As {@link #serve}; the action gets the message with its headers. */
  public static MessageConsumer<Object> serveMessages(
      EventBus bus,
      String address,
      Function<Message<Object>, Future<JsonObject>> action,
      Logger log) {
    return bus.consumer(address, new BusAction(action, log)::answer);
  }

  private void answer(Message<Object> request) {
    Future.succeededFuture(request)
        .compose(action)
        .onSuccess(request::reply)
        .onFailure(failure -> fail(request, failure));
  }

  private void fail(Message<Object> request, Throwable failure) {
    if (failure instanceof ReplyException told) {
      request.fail(told.failureCode(), told.getMessage());
    } else {
      log.error("a request to {} failed", request.address(), failure);
      ReplyException ours = MqttFailure.INTERNAL_ERROR.because("the service has logged it");
      request.fail(ours.failureCode(), ours.getMessage());
    }
  }
}
