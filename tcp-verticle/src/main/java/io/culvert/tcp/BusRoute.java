package io.culvert.tcp;

import io.culvert.engine.Bytes;
import io.culvert.runtime.bus.JsonFields;
import io.culvert.tcp.wire.Message;
import io.culvert.tcp.wire.MessageType;
import io.culvert.tcp.wire.MessageTypes;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks an address of the event bus about a message; the reply is the answer: a text, a buffer, or
 * an object with {@code type} and {@code content} or {@code contentBase64}. No reply body is no
 * answer.
 */
final class BusRoute implements MessageHandler {
  private static final long LONGEST_MILLIS = 3_600_000;
  private static final Set<String> REPLY = Set.of("type", "content", "contentBase64");

  private final EventBus bus;
  private final String address;
  private final MessageTypes types;
  private final DeliveryOptions options;

  /**
   * @param timeoutMillis 0 for an hour
   */
  BusRoute(EventBus bus, String address, MessageTypes types, long timeoutMillis) {
    this.bus = bus;
    this.address = address;
    this.types = types;
    this.options =
        new DeliveryOptions().setSendTimeout(timeoutMillis == 0 ? LONGEST_MILLIS : timeoutMillis);
  }

  @Override
  public Reply handle(Message message, TcpPeer peer) {
    return Reply.later(
        bus.<Object>request(address, MessageJson.of(message, peer), options)
            .transform(
                done ->
                    done.succeeded()
                        ? Future.succeededFuture(answer(message, done.result().body()))
                        : failed(message, done.cause())));
  }

  private Reply answer(Message message, @Nullable Object body) {
    MessageType usual =
        message.type().equals(MessageType.REQUEST_URI) ? MessageType.RESPOND_URI : MessageType.OK;
    if (body == null) {
      return Reply.none();
    } else if (body instanceof String text) {
      return Reply.of(message.reply(usual, text));
    } else if (body instanceof Buffer buffer) {
      return Reply.of(message.reply(usual, Bytes.wrap(buffer.getBytes())));
    } else if (body instanceof JsonObject) {
      JsonFields fields = JsonFields.of(body, REPLY);
      String name = fields.optionalText("type");
      MessageType type = name == null ? usual : types.find(name);
      if (type == null) {
        throw new IllegalArgumentException("the reply has the type " + name + ", which is unknown");
      }
      return Reply.of(message.reply(type, MessageJson.content(fields)));
    }
    throw new IllegalArgumentException("the reply is neither text, buffer nor object");
  }

  /** What the other side says goes to the peer; what went wrong here stays here. */
  private static Future<Reply> failed(Message message, Throwable failure) {
    if (failure instanceof ReplyException reply) {
      if (reply.failureType() == ReplyFailure.NO_HANDLERS) {
        return told(message.reply(MessageType.NOT_FOUND, "not found"));
      }
      if (reply.failureType() == ReplyFailure.RECIPIENT_FAILURE) {
        String text = reply.getMessage();
        return told(message.reply(MessageType.ERROR, text == null ? "failed" : text));
      }
    }
    return Future.failedFuture(failure);
  }

  private static Future<Reply> told(Message error) {
    return Future.succeededFuture(Reply.of(error));
  }
}
