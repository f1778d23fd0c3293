package io.culvert.benchmarks;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.culvert.engine.Wake;
import io.culvert.mqtt.server.Broker;
import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.server.ServerConnection;
import io.culvert.mqtt.server.ServerEvent;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttEncoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicName;
import java.util.List;

/**
 * The broker of one shard with many retained messages and one subscriber, connected by bytes alone.
 */
public final class RetainedBed {
  private static final int GROUP = 100;
  private static final int PAYLOAD_BYTES = 64;

  private final BufferPool pool = new BufferPool();
  private final Broker broker = new Broker(Limits.DEFAULT, () -> 42);
  private final CountingSink sink = new CountingSink();
  private final ServerConnection subscriber;
  private long nowMillis = 1_000_000;

  private RetainedBed(int messages) {
    ServerConnection publisher = connect("publisher");
    for (int i = 0; i < messages; i++) {
      TopicName topic = TopicName.of("plant/" + i / GROUP + "/" + i);
      Bytes payload = Bytes.wrap(new byte[PAYLOAD_BYTES]);
      send(
          publisher,
          new Publish(topic, payload, QoS.AT_MOST_ONCE, true, false, 0, Properties.EMPTY));
    }
    subscriber = connect("subscriber");
  }

  public static RetainedBed of(int messages) {
    return new RetainedBed(messages);
  }

  /**
   * Subscribes to all of them, anew if need be, and takes what comes at the broker's pace, without
   * waiting in between; returns its bytes.
   */
  public long subscribe() {
    long before = sink.bytes();
    send(
        subscriber,
        new Subscribe(
            1,
            List.of(new Subscribe.Entry("plant/#", SubscriptionOptions.of(QoS.AT_MOST_ONCE))),
            Properties.EMPTY));
    while (!subscriber.outbox().isEmpty()) {
      subscriber.outbox().drainTo(sink);
      nowMillis++;
      subscriber.timeout(nowMillis);
      poll(subscriber);
    }
    return sink.bytes() - before;
  }

  private ServerConnection connect(String clientId) {
    ServerConnection connection =
        new ServerConnection(Limits.DEFAULT, pool, Wake.NOBODY, null, nowMillis);
    send(
        connection,
        new Connect(MqttVersion.MQTT_3_1_1, true, 0, clientId, null, null, null, Properties.EMPTY));
    connection.outbox().drainTo(sink);
    return connection;
  }

  private void send(ServerConnection to, MqttPacket packet) {
    Outbox scratch = new Outbox(pool);
    MqttEncoder.write(packet, MqttVersion.MQTT_3_1_1, scratch);
    byte[] all = new byte[(int) scratch.pendingBytes()];
    System.arraycopy(scratch.array(), 0, all, 0, all.length);
    scratch.clear();
    to.receive(Bytes.wrap(all));
    poll(to);
  }

  private void poll(ServerConnection to) {
    ServerEvent event;
    while ((event = to.poll(nowMillis)) != null) {
      broker.handle(to, event, nowMillis);
    }
  }
}
