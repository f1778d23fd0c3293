package io.culvert.tcp;

import io.culvert.runtime.bus.MqttFailure;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests over the event bus, also those that fail. */
final class BusReplies {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.tcp.server");

  private BusReplies() {}

  /** Whatever the action throws becomes a failed reply. */
  static MessageConsumer<Object> consumer(
      EventBus bus, String address, Function<Message<Object>, Future<JsonObject>> action) {
    return bus.consumer(
        address,
        request ->
            Future.succeededFuture(request)
                .compose(action)
                .onSuccess(request::reply)
                .onFailure(failure -> fail(request, failure)));
  }

  private static void fail(Message<Object> request, Throwable failure) {
    if (failure instanceof ReplyException told) {
      request.fail(told.failureCode(), told.getMessage());
    } else {
      LOG.error("a request to {} failed", request.address(), failure);
      ReplyException ours = MqttFailure.INTERNAL_ERROR.because("the service has logged it");
      request.fail(ours.failureCode(), ours.getMessage());
    }
  }
}
