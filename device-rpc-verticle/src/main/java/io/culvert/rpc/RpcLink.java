package io.culvert.rpc;

import io.culvert.rpc.exchange.RpcMessage;
import io.vertx.core.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * How messages come and go: {@link MqttLink} over the network to any server, {@link BusLink} over
 * the event bus to a broker of this process or cluster. Its methods may be called from any thread;
 * handlers are called on one context.
 */
public interface RpcLink {
  /**
   * Tells when the link has ended by itself and does not come back: nothing comes or goes any more.
   * Before {@link #connect}. A link that is always there does nothing; that is the default.
   *
   * @param told gets the reason
   */
  default void whenEnded(Consumer<Throwable> told) {}

  /** Completes when messages can be sent. */
  Future<Void> connect();

  /**
   * Sends a message. Completes when it is written (QoS 0) or the server has it (QoS 1 and 2).
   * Before MQTT 5 its properties stay behind.
   */
  Future<Void> publish(RpcMessage message);

  /**
   * Subscribes; completes when the server knows it. The subscription is made again by itself when
   * it is lost.
   *
   * @param qos the highest that messages come with
   * @param handler gets each message; when its future ends, the message is acknowledged
   */
  Future<Subscribed> subscribe(String filter, int qos, Function<RpcMessage, Future<?>> handler);

  /**
   * Subscribes also to what the server keeps for these topics, which comes first, and whenever the
   * subscription is made again.
   */
  Future<Subscribed> subscribeRetained(
      String filter, int qos, Function<RpcMessage, Future<?>> handler);

  /**
   * Has the server keep a message that says that this side is there, from {@link #online} on, and
   * another one when it is not any more, however it ends. Before {@link #connect}. A link that
   * cannot have the server say the second does nothing; that is the default.
   *
   * @param word makes the one for true and the one for false
   */
  default void announce(Function<Boolean, RpcMessage> word) {}

  /** This side is there: it can be asked from now on. See {@link #announce}. */
  default void online() {}

  /** Whether messages carry a response topic, correlation data and an expiry. */
  boolean hasProperties();

  Future<Void> close();

  /** A subscription that is open. */
  interface Subscribed {
    /** Completes when no messages come any more. */
    Future<Void> close();
  }
}
