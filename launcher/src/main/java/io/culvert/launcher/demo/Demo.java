package io.culvert.launcher.demo;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ConnectOptions;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.runtime.driver.Shard;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device and a subscriber on one event loop. The device publishes when the subscriber is there;
 * after {@code count} messages, or when the verticle is undeployed, {@link #finished} completes.
 */
public final class Demo extends VerticleBase {
  static final String TOPIC = "demo/kitchen/temperature";
  static final String FILTER = "demo/#";

  private static final double NANOS_PER_MILLI = 1e6;

  private final Screen screen;
  private final List<String> addresses;
  private final int port;
  private final long intervalMillis;
  private final long count;
  private final Promise<Void> finished = Promise.promise();
  private final Thermometer thermometer = new Thermometer();

  private @Nullable ClientConnection device;
  private int published;
  private int acknowledged;
  private int delivered;
  private long publishedNanos;

  /**
   * Not started yet.
   *
   * @param addresses of the broker; the first one is MQTT over TCP
   * @param intervalMillis time between two messages
   * @param count messages until the end
   */
  public Demo(Screen screen, List<String> addresses, long intervalMillis, long count) {
    this.screen = screen;
    this.addresses = List.copyOf(addresses);
    String first = addresses.get(0);
    this.port = Integer.parseInt(first.substring(first.lastIndexOf(':') + 1));
    this.intervalMillis = intervalMillis;
    this.count = count;
  }

  @Override
  public Future<?> start() {
    return connect("culvert-demo-subscriber", this::onSubscriberEvent);
  }

  @Override
  public Future<?> stop() {
    end();
    return Future.succeededFuture();
  }

  /** Completes at the end; fails when a connection is lost before. */
  public Future<Void> finished() {
    return finished.future();
  }

  private Future<Void> connect(String clientId, Client.Handler handler) {
    return Client.connect(
        vertx, port, ConnectOptions.builder().clientId(clientId).build(), handler);
  }

  private void onSubscriberEvent(ClientConnection subscriber, ClientEvent event) {
    if (event instanceof ClientEvent.Connected) {
      SubscriptionOptions options = SubscriptionOptions.of(QoS.AT_LEAST_ONCE);
      subscriber.subscribe(
          List.of(new Subscribe.Entry(FILTER, options)), Properties.EMPTY, nowMillis());
    } else if (event instanceof ClientEvent.Subscribed) {
      screen.title(addresses.get(0), addresses.subList(1, addresses.size()));
      connect("culvert-demo-device", this::onDeviceEvent).onFailure(finished::tryFail);
    } else if (event instanceof ClientEvent.MessageReceived received) {
      onMessage(received.publish());
    } else if (event instanceof ClientEvent.Disconnected disconnected) {
      onDisconnected("subscriber", disconnected);
    }
  }

  private void onDeviceEvent(ClientConnection connection, ClientEvent event) {
    if (event instanceof ClientEvent.Connected) {
      device = connection;
      publish();
    } else if (event instanceof ClientEvent.Acknowledged) {
      acknowledged++;
      endIfComplete();
    } else if (event instanceof ClientEvent.Disconnected disconnected) {
      device = null;
      onDisconnected("device", disconnected);
    }
  }

  private void publish() {
    ClientConnection connection = device;
    if (connection == null || published == count || finished.future().isComplete()) {
      return;
    }
    published++;
    publishedNanos = System.nanoTime();
    connection.publish(
        TopicName.of(TOPIC),
        Bytes.utf8(thermometer.next()),
        QoS.AT_LEAST_ONCE,
        /* retain= */ true,
        Properties.EMPTY,
        nowMillis());
    vertx.setTimer(intervalMillis, timer -> publish());
  }

  private void onMessage(Publish publish) {
    String topic = publish.topic().utf8().toUtf8();
    String payload = publish.payload().toUtf8();
    if (!topic.equals(TOPIC)) {
      screen.message(topic, payload);
      return;
    }
    double millis = (System.nanoTime() - publishedNanos) / NANOS_PER_MILLI;
    try {
      screen.reading(payload, Double.parseDouble(payload), millis);
    } catch (NumberFormatException e) {
      screen.message(topic, payload); // somebody else publishes there, too
      return;
    }
    delivered++;
    endIfComplete();
  }

  private void onDisconnected(String who, ClientEvent.Disconnected disconnected) {
    if (disconnected.reasonCode() == ReasonCode.SERVER_SHUTTING_DOWN) {
      end(); // both are asked to stop at the same time
    } else {
      finished.tryFail("the %s lost its connection: %s".formatted(who, disconnected.reasonCode()));
    }
  }

  private void endIfComplete() {
    if (acknowledged >= count && delivered >= count) {
      end();
    }
  }

  private void end() {
    if (!finished.future().isComplete()) {
      screen.summary(published, acknowledged, delivered);
      finished.complete();
    }
  }

  private long nowMillis() {
    return Shard.current(vertx).nowMillis();
  }
}
