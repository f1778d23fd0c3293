package io.culvert.broker.bus;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.client.ConnectOptions;
import io.culvert.mqtt.client.RefusedException;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.MqttMessage;
import io.culvert.runtime.bus.PublishResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what comes over the event bus. It is one client, so that messages of one sender keep
 * their order. Everything in it happens on its shard's event loop.
 *
 * <p>So many messages, and so many bytes of them, may wait for their acknowledgement; more are
 * refused as {@link MqttFailure#BUSY}.
 */
final class Publisher {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");

  /** Whoever ended the connection may not be ready at once for the next one. */
  private static final long RECONNECT_MILLIS = 100;

  private final BusShard shard;
  private final BusHost host;
  private final BusOptions options;
  private final Map<Integer, Pending> pending = new HashMap<>();
  private Promise<Void> connected = Promise.promise();
  private boolean started;
  private int waiting;
  private long waitingBytes;
  private @Nullable ClientConnection connection;
  private long pendingBytes;
  private boolean stopped;

  Publisher(BusHost host, BusOptions options) {
    this.host = host;
    this.shard = host.shards().get(0);
    this.options = options;
  }

  private void start() {
    started = true;
    InProcessClient.connect(
        shard,
        ClientSession.create(options.messages()),
        ConnectOptions.builder()
            .clientId(ReservedIds.publisher())
            .keepAliveSeconds(0)
            .maximumInFlight(65_535)
            .build(),
        this::handle,
        () -> {});
  }

  /**
   * Publishes; completes as PUBACK or PUBCOMP says, at QoS 0 at once. The first message connects
   * the publisher, so that a broker whose API nobody uses has no client of its own.
   */
  Future<PublishResult> publish(MqttMessage message) {
    if (!started && !stopped) {
      start();
    }
    if (connection != null || connected.future().isComplete()) {
      return send(message);
    }
    int bytes = message.payload().length();
    if (waiting >= options.messages() || waitingBytes + bytes > options.bytes()) {
      throw MqttFailure.BUSY.because(
          waiting + " messages with " + waitingBytes + " bytes wait for the broker");
    }
    waiting++;
    waitingBytes += bytes;
    return connected
        .future()
        .eventually(
            () -> {
              waiting--;
              waitingBytes -= bytes;
              return Future.succeededFuture();
            })
        .compose(done -> send(message));
  }

  private Future<PublishResult> send(MqttMessage message) {
    TopicName topic = Messages.topic(message);
    Properties properties = Messages.properties(message);
    int bytes = message.payload().length();
    ClientConnection open = connection;
    if (open == null) {
      throw MqttFailure.UNAVAILABLE.because("the broker is starting or stopping");
    }
    if (pending.size() >= options.messages() || pendingBytes + bytes > options.bytes()) {
      throw MqttFailure.BUSY.because(
          pending.size() + " messages with " + pendingBytes + " bytes wait for acknowledgement");
    }
    try {
      int packetId =
          open.publish(
              topic,
              Bytes.wrap(message.payload().getBytes()),
              QoS.of(message.qos()),
              message.retain(),
              properties,
              shard.shard().nowMillis());
      if (packetId == 0) {
        return Future.succeededFuture(result(ReasonCode.SUCCESS));
      }
      Pending waiting = new Pending(topic.toString(), bytes, Promise.promise());
      pending.put(packetId, waiting);
      pendingBytes += bytes;
      return waiting.done().future();
    } catch (RefusedException refused) {
      throw switch (refused.refusal()) {
        case QUEUE_FULL, NO_PACKET_IDENTIFIER ->
            MqttFailure.BUSY.because("too many messages wait for acknowledgement");
        default -> Messages.failure(refused.refusal().reasonCode(), "PUBLISH to " + topic);
      };
    }
  }

  /** How many messages wait for the broker, or for their acknowledgement. */
  int outstanding() {
    return waiting + pending.size();
  }

  long outstandingBytes() {
    return waitingBytes + pendingBytes;
  }

  void stop() {
    stopped = true;
    connected.tryComplete(); // whoever waits is told that it is stopping
    ClientConnection open = connection;
    if (open != null) {
      open.disconnect(ReasonCode.SUCCESS, Properties.EMPTY, shard.shard().nowMillis());
    }
  }

  private void handle(ClientConnection from, ClientEvent event, long nowMillis) {
    if (event instanceof ClientEvent.Connected) {
      connection = from;
      connected.tryComplete();
    } else if (event instanceof ClientEvent.Acknowledged acknowledged) {
      acknowledged(acknowledged.packetId(), acknowledged.reasonCode());
    } else if (event instanceof ClientEvent.PublishDropped dropped) {
      acknowledged(dropped.packetId(), dropped.refusal().reasonCode());
    } else if (event instanceof ClientEvent.Disconnected disconnected) {
      disconnected(disconnected);
    }
  }

  private void acknowledged(int packetId, ReasonCode reasonCode) {
    Pending known = pending.remove(packetId);
    if (known == null) {
      return;
    }
    pendingBytes -= known.bytes();
    if (reasonCode.isError()) {
      known.done().fail(Messages.failure(reasonCode, "PUBLISH to " + known.topic()));
    } else {
      known.done().complete(result(reasonCode));
    }
  }

  private void disconnected(ClientEvent.Disconnected how) {
    connection = null;
    List<Pending> lost = List.copyOf(pending.values());
    pending.clear();
    pendingBytes = 0;
    lost.forEach(
        each ->
            each.done()
                .fail(
                    MqttFailure.UNAVAILABLE.because(
                        "the exchange broke off; the message may have been published")));
    connected.tryComplete(); // whoever waits is told that there is no broker
    if (!stopped && !host.isLeaving()) {
      LOG.warn(
          "the event bus's publisher was disconnected ({}, {}); it connects again",
          how.cause(),
          Messages.words(how.reasonCode()));
      shard.shard().context().owner().setTimer(RECONNECT_MILLIS, ignored -> again());
    }
  }

  private void again() {
    if (!stopped) {
      connected = Promise.promise();
      start();
    }
  }

  private static PublishResult result(ReasonCode reasonCode) {
    return new PublishResult(reasonCode.value(), Messages.words(reasonCode));
  }

  private record Pending(String topic, int bytes, Promise<PublishResult> done) {}
}
