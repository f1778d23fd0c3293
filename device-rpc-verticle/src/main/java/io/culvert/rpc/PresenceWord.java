package io.culvert.rpc;

import io.culvert.client.MqttClient;
import io.culvert.client.MqttClientException;
import io.culvert.client.MqttClientFailure;
import io.culvert.client.OutgoingMessage;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.rpc.exchange.RpcMessage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a device says of itself over MQTT: by a message that the server keeps that it is there, and
 * by its Will that it is not any more. Where the server does not take the first, it says no more.
 * On the event loop of its client.
 */
final class PresenceWord {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.rpc");

  private final Function<Boolean, RpcMessage> word;
  private final MqttMessages messages;
  private boolean isOnline;
  private boolean isRefused;

  /**
   * @param word makes the message for true and the one for false
   */
  PresenceWord(Function<Boolean, RpcMessage> word, MqttMessages messages) {
    this.word = word;
    this.messages = messages;
  }

  /** That it is not there any more. */
  OutgoingMessage will() {
    return messages.retained(word.apply(false));
  }

  /** It can be asked from now on. */
  void online(MqttClient client) {
    isOnline = true;
    say(client);
  }

  /** Says that it is there, if it is: the Will of a connection before may have been published. */
  void say(MqttClient client) {
    if (isRefused || !isOnline) {
      return;
    }
    RpcMessage message = word.apply(true);
    client
        .publish(messages.retained(message))
        .onFailure(
            failure -> {
              if (isRefusal(failure)) {
                isRefused = true;
                LOG.warn(
                    "nobody is told that this device is there, as the broker does not take {}: {}",
                    message.topic(),
                    failure.getMessage());
              } else {
                LOG.debug("not told that this device is there: {}", failure.getMessage());
              }
            });
  }

  /** Whether the end of a connection that was there before may have come of the Will. */
  boolean mayHaveEnded(Throwable cause) {
    return isOnline && !isRefused && mayMeanWill(cause);
  }

  /** The server may have refused the Will, and not the client; before MQTT 5 it does not say. */
  boolean mayMeanWill(@Nullable Throwable failure) {
    if (!(failure instanceof MqttClientException told)) {
      return false;
    }
    boolean mqtt5 = messages.mqtt5();
    ReasonCode code = told.reasonCode();
    if (told.failure() != MqttClientFailure.CONNECT_REFUSED) {
      boolean isClosed = told.failure() == MqttClientFailure.CONNECT_FAILED && code == null;
      return isClosed && !mqtt5 && told.getCause() == null;
    }
    return code == ReasonCode.NOT_AUTHORIZED
        || code == ReasonCode.TOPIC_NAME_INVALID
        || code == ReasonCode.RETAIN_NOT_SUPPORTED
        || code == ReasonCode.QOS_NOT_SUPPORTED
        || (code == ReasonCode.SERVER_UNAVAILABLE && !mqtt5);
  }

  private static boolean isRefusal(Throwable failure) {
    return failure instanceof MqttClientException told
        && (told.failure() == MqttClientFailure.PUBLISH_REFUSED
            || told.failure() == MqttClientFailure.NOT_SUPPORTED);
  }
}
