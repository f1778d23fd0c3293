package io.culvert.client;

import io.culvert.mqtt.client.ServerTerms;
import io.culvert.mqtt.wire.QoS;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@link MqttClient} for ordinary threads, virtual ones too: each method returns when the thing is
 * done, or throws {@link MqttClientException}. All methods may be called from any thread at a time,
 * but not from an event loop, which they would block.
 *
 * <p>A thread that is interrupted while it waits throws with {@link MqttClientFailure#TIMEOUT}, and
 * stays interrupted. What it waited for goes on.
 */
public final class BlockingMqttClient implements AutoCloseable {
  /** Longer than any server that works needs; a caller with less patience says so. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  private final MqttClient client;
  private final Duration timeout;
  private final @Nullable Vertx own;

  private BlockingMqttClient(MqttClient client, Duration timeout, @Nullable Vertx own) {
    this.client = client;
    this.timeout = timeout;
    this.own = own;
  }

  /** Connects a client that has threads of its own, which end when it is closed. */
  public static BlockingMqttClient connect(MqttClientOptions options) {
    Waiting.refuseEventLoop("MqttClient.connect()");
    Vertx vertx = Vertx.vertx();
    try {
      return connected(MqttClient.create(vertx, options), vertx);
    } catch (RuntimeException failure) {
      Future<Void> unused = vertx.close();
      throw failure;
    }
  }

  /** Connects a client on an event loop of this Vert.x. */
  public static BlockingMqttClient connect(Vertx vertx, MqttClientOptions options) {
    Waiting.refuseEventLoop("MqttClient.connect()");
    return connected(MqttClient.create(vertx, options), null);
  }

  /** A blocking view of a client; closing it closes that. */
  public static BlockingMqttClient of(MqttClient client) {
    return new BlockingMqttClient(client, DEFAULT_TIMEOUT, null);
  }

  /** The same client with another patience; closing either closes both. */
  public BlockingMqttClient withTimeout(Duration patience) {
    return new BlockingMqttClient(client, patience, own);
  }

  /** Connects again after {@link #disconnect}, or where the client has given up. */
  public ServerTerms connect() {
    return await(client::connect, "MqttClient.connect()");
  }

  /** As {@link MqttClient#disconnect}. */
  public void disconnect() {
    await(client::disconnect, "MqttClient.disconnect()");
  }

  /** The same client without blocking. */
  public MqttClient async() {
    return client;
  }

  public PublishResult publish(String topic, Buffer payload, QoS qos) {
    return publish(OutgoingMessage.of(topic, payload, qos));
  }

  public PublishResult publish(String topic, String text, QoS qos) {
    return publish(OutgoingMessage.ofText(topic, text, qos));
  }

  /** Returns when the message is written (QoS 0) or acknowledged. */
  public PublishResult publish(OutgoingMessage message) {
    return await(() -> client.publish(message), "MqttClient.publish()");
  }

  public BlockingSubscription subscribe(String filter, QoS qos) {
    return subscribe(SubscriptionRequest.of(filter, qos));
  }

  /**
   * Returns with SUBACK. A message is acknowledged when the next one is asked for, or the
   * subscription is closed: so one that was not worked off comes again.
   */
  public BlockingSubscription subscribe(SubscriptionRequest request) {
    boolean manual = request.manualAcknowledgement();
    BlockingSubscription.Line line = new BlockingSubscription.Line(!manual);
    List<Future<Subscription>> asked = new ArrayList<>(1);
    try {
      Subscription subscription =
          await(
              () -> {
                Future<Subscription> asking =
                    client.subscribe(request.withManualAcknowledgement(), null);
                asked.add(asking);
                return asking;
              },
              "MqttClient.subscribe()");
      return line.open(subscription, timeout);
    } catch (MqttClientException e) {
      asked.forEach(late -> late.onSuccess(Subscription::close)); // nobody would take its messages
      throw e;
    }
  }

  /** Publishes a request and returns its response. */
  public ReceivedMessage request(OutgoingMessage message) {
    return await(() -> client.request(message, timeout.toMillis()), "MqttClient.request()");
  }

  /** How long the server took to answer. */
  public Duration ping() {
    return Duration.ofMillis(await(client::ping, "MqttClient.ping()"));
  }

  /** What the server has announced; null without a connection. */
  public @Nullable ServerTerms serverTerms() {
    return client.serverTerms();
  }

  public boolean isConnected() {
    return client.isConnected();
  }

  public boolean mayRetain() {
    return client.mayRetain();
  }

  public QoS maximumQos() {
    return client.maximumQos();
  }

  public String clientId() {
    return client.clientId();
  }

  /** As {@link MqttClient#close}. */
  @Override
  public void close() {
    try {
      await(client::close, "MqttClient.close()");
    } finally {
      Vertx threads = own;
      if (threads != null) {
        await(threads::close, "Vertx.close()");
      }
    }
  }

  private static BlockingMqttClient connected(MqttClient client, @Nullable Vertx own) {
    BlockingMqttClient blocking = new BlockingMqttClient(client, DEFAULT_TIMEOUT, own);
    try {
      ServerTerms unused = blocking.connect();
      return blocking;
    } catch (RuntimeException failure) {
      Future<Void> unused = client.close(); // nobody has it
      throw failure;
    }
  }

  private <T> T await(Supplier<Future<T>> call, String asynchronous) {
    return Waiting.await(call, timeout, asynchronous);
  }
}
