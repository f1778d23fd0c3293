package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Wire;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Large messages that are only passing: they are copied for who takes them, and for nobody else.
 */
class PassingMessageTest {
  private static final int PAYLOAD_BYTES = 16 * 1024;
  private static final String PAYLOAD = "0123456789abcdef".repeat(PAYLOAD_BYTES / 16);
  private static final int ROUNDS = 1000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Limits limits = Limits.builder().outboxBytes(PAYLOAD_BYTES).build();
  private final Broker broker = new Broker(limits, new Random(1)::nextLong);
  private final ServerConnection publisher = connect("publisher");

  @Test
  void whoTakesOneHasBytesThatNobodyWritesInto() {
    ServerConnection first = subscriber("first", QoS.AT_MOST_ONCE);
    ServerConnection second = subscriber("second", QoS.AT_LEAST_ONCE);
    KeepsTopic permissions = new KeepsTopic();
    first.session().permissions(permissions);
    MqttPacket publish =
        Packets.publish("a", PAYLOAD).user("k", "v").with(Property.CONTENT_TYPE, "x").build();
    Bytes expected = Wire.encode(publish, MqttVersion.MQTT_5);
    byte[] arrived = expected.toByteArray();

    publisher.receive(Bytes.wrap(arrived));
    poll(publisher);
    Arrays.fill(arrived, (byte) '!'); // as the next read of its event loop does

    assertThat(Wire.drained(first.outbox())).isEqualTo(expected);
    assertThat(Wire.drained(second.outbox())).isEqualTo(expected);
    assertThat(permissions.topic).isEqualTo(TopicName.of("a"));
  }

  @Test
  void whatNobodyTakesIsNotCopied() {
    for (int i = 0; i < 10; i++) {
      subscriber("deaf-" + i, i % 2 == 0 ? QoS.AT_MOST_ONCE : QoS.AT_LEAST_ONCE);
    }
    Bytes publish = Wire.encode(Packets.publish("a", PAYLOAD).build(), MqttVersion.MQTT_5);
    publish(publish, 2); // which they all have to read first
    long delivered = broker.counters().delivered();

    long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
    publish(publish, ROUNDS);
    long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;

    assertThat(allocated / ROUNDS).isLessThan(PAYLOAD_BYTES / 4);
    assertThat(broker.counters().delivered()).isEqualTo(delivered);
    assertThat(broker.counters().dropped(DropReason.OUTBOX_FULL))
        .isGreaterThanOrEqualTo(ROUNDS * 10);
  }

  @ParameterizedTest
  @EnumSource(QoS.class)
  void whatOnlyAnotherShardWantsGetsThereWhole(QoS qos) {
    BrokerHarness two = BrokerHarness.ofShards(2);
    TestClient sender = two.connect("sender");
    TestClient reader = two.connect("reader").subscribe("a", QoS.AT_MOST_ONCE);
    TestClient near = two.connect("near").subscribe("b", QoS.AT_MOST_ONCE);
    sender.send(
        Packets.publish(qos == QoS.AT_MOST_ONCE ? 0 : 1, "a", PAYLOAD, qos),
        Packets.publish("b", "for one here").build());
    assertThat(reader.takePayloads()).containsExactly(PAYLOAD);
    assertThat(near.takePayloads()).containsExactly("for one here");
  }

  private void publish(Bytes packet, int times) {
    for (int i = 0; i < times; i++) {
      publisher.receive(packet);
      poll(publisher);
    }
  }

  private ServerConnection subscriber(String name, QoS qos) {
    ServerConnection connection = connect(name);
    connection.receive(Wire.encode(Packets.subscribe(1, "a", qos), MqttVersion.MQTT_5));
    poll(connection);
    connection.outbox().clear();
    return connection;
  }

  private ServerConnection connect(String name) {
    ServerConnection connection = broker.open(limits, new BufferPool(), () -> {}, null, 0);
    connection.receive(Wire.encode(Packets.connect(name).build(), MqttVersion.MQTT_5));
    poll(connection);
    connection.outbox().clear();
    return connection;
  }

  private void poll(ServerConnection connection) {
    ServerEvent event;
    while ((event = connection.poll(0)) != null) {
      broker.handle(connection, event, 0);
    }
    if (connection.deadlineMillis() == 0) { // it only lets others have their turn
      connection.timeout(0);
      poll(connection);
    }
  }

  /** Permissions may keep a topic that they were asked for. */
  private static final class KeepsTopic implements Permissions {
    private @Nullable TopicName topic;

    @Override
    public ReasonCode publish(TopicName published, QoS qos, boolean retain) {
      return ReasonCode.SUCCESS;
    }

    @Override
    public ReasonCode subscribe(TopicFilter filter, QoS qos) {
      return ReasonCode.SUCCESS;
    }

    @Override
    public ReasonCode receive(TopicName received) {
      topic = received;
      return ReasonCode.SUCCESS;
    }
  }
}
