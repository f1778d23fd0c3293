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
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicName;
import java.util.List;

/**
 * The broker of one shard with one publisher and many subscribers of the same topic, all of them
 * connected by bytes alone. {@link #publish} is what the driver does in one pass; {@link
 * #acknowledge} is the answer of the subscribers at QoS 1.
 */
public final class FanOutBed {
  private static final String TOPIC = "plant/7/alarm";
  private static final int PAYLOAD_BYTES = 64;
  private static final long NOW = 1_000_000;

  /**
   * Each session has one message in flight at a time, and an identifier that is given back is used
   * last: they go round through the first slots of its window.
   */
  private static final int IDENTIFIERS = 8;

  private final BufferPool pool = new BufferPool();
  private final Broker broker = new Broker(Limits.DEFAULT, () -> 42);
  private final ServerConnection publisher;
  private final ServerConnection[] subscribers;
  private final QoS qos;
  private final MqttVersion version;
  private final Properties connectProperties;
  private final Bytes publish;
  private final Outbox scratch = new Outbox(pool);
  private final CountingSink sink = new CountingSink();
  private final Bytes[] acknowledgements;
  private int round;

  private FanOutBed(int targets, QoS qos, MqttVersion version, Properties connectProperties) {
    this.qos = qos;
    this.version = version;
    this.connectProperties = connectProperties;
    publisher = connect("publisher");
    subscribers = new ServerConnection[targets];
    for (int i = 0; i < targets; i++) {
      subscribers[i] = connect("subscriber-" + i);
      send(
          subscribers[i],
          new Subscribe(
              1,
              List.of(new Subscribe.Entry(TOPIC, SubscriptionOptions.of(qos))),
              Properties.EMPTY));
    }
    publish =
        bytes(
            new Publish(
                TopicName.of(TOPIC),
                Bytes.wrap(new byte[PAYLOAD_BYTES]),
                qos,
                false,
                false,
                qos == QoS.AT_MOST_ONCE ? 0 : 1,
                Properties.EMPTY));
    acknowledgements = new Bytes[IDENTIFIERS];
    for (int i = 0; i < IDENTIFIERS; i++) {
      MqttEncoder.writeAck(PacketType.PUBACK, i + 1, ReasonCode.SUCCESS, version, scratch);
      acknowledgements[i] = drainScratch();
    }
    drainAll();
  }

  public static FanOutBed of(int targets, QoS qos) {
    return new FanOutBed(targets, qos, MqttVersion.MQTT_3_1_1, Properties.EMPTY);
  }

  /** One whose subscribers take Topic Aliases. */
  public static FanOutBed aliased(int targets, QoS qos) {
    Properties aliases = Properties.builder().put(Property.TOPIC_ALIAS_MAXIMUM, 10).build();
    return new FanOutBed(targets, qos, MqttVersion.MQTT_5, aliases);
  }

  /**
   * One message from the publisher's bytes to the bytes for each subscriber; returns their number.
   */
  public long publish() {
    long before = sink.bytes();
    pass(publisher, publish);
    drainAll();
    return sink.bytes() - before;
  }

  /** Every subscriber acknowledges the last message. */
  public void acknowledge() {
    if (qos == QoS.AT_LEAST_ONCE) {
      Bytes acknowledgement = acknowledgements[round++ % IDENTIFIERS];
      for (ServerConnection subscriber : subscribers) {
        pass(subscriber, acknowledgement);
      }
    }
  }

  /** Messages that were handed to subscribers since the start. */
  public long delivered() {
    return broker.counters().delivered();
  }

  /** Messages of the last publish that no subscriber has acknowledged. */
  public int unacknowledged() {
    int count = 0;
    for (ServerConnection subscriber : subscribers) {
      var session = subscriber.session();
      count += session == null ? 0 : session.inFlight();
    }
    return count;
  }

  private ServerConnection connect(String clientId) {
    ServerConnection connection =
        new ServerConnection(Limits.DEFAULT, pool, Wake.NOBODY, null, NOW);
    send(connection, new Connect(version, true, 0, clientId, null, null, null, connectProperties));
    if (!connection.isConnected()) {
      throw new IllegalStateException(clientId + " is not connected");
    }
    return connection;
  }

  private void send(ServerConnection to, MqttPacket packet) {
    pass(to, bytes(packet));
  }

  private void pass(ServerConnection to, Bytes chunk) {
    to.receive(chunk);
    ServerEvent event;
    while ((event = to.poll(NOW)) != null) {
      broker.handle(to, event, NOW);
    }
  }

  private void drainAll() {
    publisher.outbox().drainTo(sink);
    for (ServerConnection subscriber : subscribers) {
      subscriber.outbox().drainTo(sink);
    }
  }

  private Bytes bytes(MqttPacket packet) {
    MqttEncoder.write(packet, version, scratch);
    return drainScratch();
  }

  private Bytes drainScratch() {
    byte[] all = new byte[(int) scratch.pendingBytes()];
    System.arraycopy(scratch.array(), 0, all, 0, all.length);
    scratch.clear();
    return Bytes.wrap(all);
  }
}
