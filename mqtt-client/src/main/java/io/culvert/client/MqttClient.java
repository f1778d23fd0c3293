package io.culvert.client;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.client.ServerTerms;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.runtime.driver.Shard;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An MQTT client for Vert.x: MQTT 5.0, 3.1.1 and 3.1 over TCP, TLS, WebSockets and Unix domain
 * sockets. It comes back by itself when it has lost its connection, and goes on with its session.
 *
 * <p>Everything that a client does runs on one event loop: that of the context in which it was
 * made, or one of its own. Its methods may be called from any thread. Handlers are called on that
 * loop, and must not block it; a {@code Future} completes there, or in the caller's context if that
 * is another one of Vert.x. Every failure is a {@link MqttClientException}.
 */
public final class MqttClient {
  static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.client");

  private final ClientLoop loop;
  private final Requests requests;
  private final boolean mqtt5;

  private MqttClient(Vertx vertx, MqttClientOptions options) {
    this.loop = new ClientLoop(vertx, Shard.currentOrNew(vertx), options);
    this.requests = new Requests(vertx, this);
    this.mqtt5 = options.version().isMqtt5();
    loop.atEnd(requests::end);
  }

  /**
   * A client that is not connected yet. On an event loop it shares that; elsewhere it gets one. It
   * is closed with the verticle that has made it, and with its Vert.x.
   *
   * @throws IllegalArgumentException when options do not go together; the text says which
   */
  public static MqttClient create(Vertx vertx, MqttClientOptions options) {
    MqttClientOptions copy = new MqttClientOptions(options);
    copy.check();
    return new MqttClient(vertx, copy);
  }

  // ---- connection

  /**
   * Connects. Unless {@link ReconnectOptions#retryFirst} is set, it fails when no address can be
   * reached or the server refuses; later the client comes back by itself.
   *
   * @return what the server has announced
   */
  public Future<ServerTerms> connect() {
    return loop.ask(loop::connect);
  }

  /**
   * Ends the connection in order, so that the Will is not published, and keeps everything else:
   * {@link #connect} goes on with the session as long as the server keeps it, with the
   * subscriptions, and with what waits to be published. Until then nothing is tried.
   *
   * <p>A {@link #connect} that is under way fails with {@link MqttClientFailure#NOT_CONNECTED}.
   */
  public Future<Void> disconnect() {
    return loop.ask(loop::disconnect);
  }

  /**
   * Says goodbye and ends for good: the Will is not published unless {@link
   * MqttClientOptions#setWillAtClose} wants it, a session that began with this client ends, and
   * what waits fails, except for reliable messages, which stay in the store.
   */
  public Future<Void> close() {
    return loop.ask(loop::close);
  }

  /** Asks the server for a sign of life. Completes with how many milliseconds it took. */
  public Future<Long> ping() {
    return loop.ask(loop::ping);
  }

  /** Authenticates again on the present connection, by {@link MqttAuthentication}. */
  public Future<Void> reauthenticate() {
    return loop.ask(loop::reauthenticate);
  }

  // ---- publishing

  /** Publishes bytes, as {@link #publish(OutgoingMessage)} does. */
  public Future<PublishResult> publish(String topic, Buffer payload, QoS qos) {
    return publish(OutgoingMessage.of(topic, payload, qos));
  }

  /** Publishes text, as {@link #publish(OutgoingMessage)} does. */
  public Future<PublishResult> publish(String topic, String text, QoS qos) {
    return publish(OutgoingMessage.ofText(topic, text, qos));
  }

  /**
   * Publishes a message, whose payload is copied. Without a connection it waits for the next one.
   *
   * <p>At QoS 0 the result completes when the message has been written to the connection; at QoS 1
   * and 2 with PUBACK and PUBCOMP. It fails when too many messages wait ({@link
   * MqttClientFailure#QUEUE_FULL}), the server has announced that it does not take such a message,
   * or refuses it.
   */
  public Future<PublishResult> publish(OutgoingMessage message) {
    Message own =
        Message.of(
            message.topicName(),
            Bytes.wrap(message.payload().getBytes()),
            message.qos(),
            message.retain(),
            message.properties(),
            loop.nowMillis());
    return loop.ask(() -> loop.publish(own, message.reliable()));
  }

  /** Told of each reliable message that is given up; without one, that is logged. */
  public MqttClient deadLetterHandler(@Nullable DeadLetterHandler handler) {
    loop.run(() -> loop.deadLetterHandler(handler));
    return this;
  }

  /** How many messages wait to be published, or for their acknowledgement. */
  public Future<Integer> publishQueueSize() {
    return loop.ask(() -> Future.succeededFuture(loop.publishQueueSize()));
  }

  // ---- subscribing

  /** Subscribes, as {@link #subscribe(SubscriptionRequest, Handler)} does. */
  public Future<Subscription> subscribe(
      String filter, QoS qos, @Nullable Handler<ReceivedMessage> handler) {
    return subscribe(SubscriptionRequest.of(filter, qos), handler);
  }

  /**
   * Subscribes, and completes with SUBACK; without a connection that comes with the next one. The
   * subscription is made again when the server has lost the session.
   *
   * <p>Each handle gets each message of its filter once, also where filters overlap; before MQTT 5,
   * and where the server has no subscription identifiers, that is up to the server. Messages may
   * come before the result completes.
   *
   * @param handler may be null: messages wait until {@link Subscription#handler} sets one
   */
  public Future<Subscription> subscribe(
      SubscriptionRequest request, @Nullable Handler<ReceivedMessage> handler) {
    return loop.ask(() -> loop.subscribe(new HandledRequest(request, handler)));
  }

  /**
   * Subscribes to several filters in one SUBSCRIBE, each with its own options and handler, as
   * {@link #subscribe(SubscriptionRequest, Handler)} does with one. In MQTT 5 filters that may
   * match the same message, and those that the client has subscribed to already, go in packets of
   * their own: there is one subscription identifier to a packet, and it tells them apart.
   *
   * @return what has become of each, in the order of the requests; fails only when the client is
   *     closed
   */
  public Future<List<SubscribeOutcome>> subscribe(List<HandledRequest> requests) {
    List<HandledRequest> copy = List.copyOf(requests);
    return loop.ask(() -> loop.subscribe(copy));
  }

  /**
   * Closes all handles of a filter. Where there are none, the server is told all the same: an
   * earlier process may have left the subscription in the session. That fails with {@link
   * MqttClientFailure#UNSUBSCRIBE_REFUSED} when the server had none either; before MQTT 5 it cannot
   * say so.
   */
  public Future<Void> unsubscribe(String filter) {
    TopicFilter parsed = SubscriptionRequest.topicFilter(filter);
    return loop.ask(() -> loop.unsubscribe(parsed.text()));
  }

  /**
   * Gets what no subscription of this client matches, for example what a resumed session brings
   * before its subscriptions are made. Null, the default, lets that wait as far as the server's
   * window goes.
   */
  public MqttClient defaultHandler(@Nullable Handler<ReceivedMessage> handler) {
    return defaultHandler(handler, /* manualAcknowledgement= */ false);
  }

  /**
   * As above.
   *
   * @param manualAcknowledgement the application acknowledges each message itself; otherwise that
   *     happens when the handler has returned
   */
  public MqttClient defaultHandler(
      @Nullable Handler<ReceivedMessage> handler, boolean manualAcknowledgement) {
    loop.run(() -> loop.defaultHandler(handler, manualAcknowledgement));
    return this;
  }

  // ---- requests

  /**
   * Publishes a request and waits for the response, which whoever gets the request publishes with
   * {@link #respond}, or as MQTT 5 section 4.10 says.
   *
   * @param message gets a Response Topic and Correlation Data
   */
  public Future<ReceivedMessage> request(OutgoingMessage message, long timeoutMillis) {
    if (!mqtt5) {
      return Future.failedFuture(
          MqttClientException.of(
              MqttClientFailure.NOT_SUPPORTED, "requests and responses need MQTT 5"));
    }
    return loop.ask(() -> requests.request(message, timeoutMillis));
  }

  /**
   * Publishes the response to a request.
   *
   * @param response its topic is replaced by the one that the request names
   * @throws IllegalArgumentException when the request names none
   */
  public Future<PublishResult> respond(ReceivedMessage request, OutgoingMessage response) {
    String topic = request.responseTopic();
    if (topic == null) {
      throw new IllegalArgumentException(
          "the message of " + request.topic() + " has no Response Topic: nobody waits for it");
    }
    OutgoingMessage addressed =
        new OutgoingMessage(
            topic,
            response.payload(),
            response.qos(),
            response.retain(),
            response.properties(),
            response.reliable());
    Buffer correlation = request.correlationData();
    return publish(correlation == null ? addressed : addressed.withCorrelationData(correlation));
  }

  // ---- what is known

  /** What the server has announced for the present connection; null without one. */
  public @Nullable ServerTerms serverTerms() {
    return loop.terms();
  }

  public boolean isConnected() {
    return loop.terms() != null;
  }

  /** Whether the server takes retained messages; true as long as it has not said otherwise. */
  public boolean mayRetain() {
    ServerTerms terms = loop.terms();
    return terms == null || terms.retainAvailable();
  }

  /** The highest QoS that the server takes. */
  public QoS maximumQos() {
    ServerTerms terms = loop.terms();
    return terms == null ? QoS.EXACTLY_ONCE : terms.maximumQos();
  }

  /** Its own, or that which the server has assigned; empty before. */
  public String clientId() {
    return loop.clientId();
  }

  /** Told when the connection comes and goes. */
  public MqttClient connectionHandler(@Nullable Handler<ConnectionChange> handler) {
    loop.run(() -> loop.connectionHandler(handler));
    return this;
  }
}
