package io.culvert.tcp;

import io.culvert.engine.Bytes;
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
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Asks an address of the event bus about a message; the reply is the answer: a text, a buffer, or
 * an object with {@code type} and {@code content} or {@code contentBase64}. No reply body is no
 * answer.
 */
final class BusRoute implements MessageHandler {
  private static final long LONGEST_MILLIS = 3_600_000;

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
            .map(reply -> answer(message, reply.body()))
            .recover(failure -> failed(message, failure)));
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
    } else if (body instanceof JsonObject json) {
      String name = json.getString("type");
      MessageType type = name == null ? usual : types.find(name);
      if (type == null) {
        throw new IllegalArgumentException("the reply has the type " + name + ", which is unknown");
      }
      return Reply.of(message.reply(type, content(json)));
    }
    throw new IllegalArgumentException("the reply is neither text, buffer nor object");
  }

  private static Bytes content(JsonObject json) {
    String encoded = json.getString("contentBase64");
    return encoded == null
        ? Bytes.utf8(json.getString("content", ""))
        : Bytes.wrap(Base64.getDecoder().decode(encoded));
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
