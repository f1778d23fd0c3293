package io.culvert.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.engine.Wake;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.client.ConnectOptions;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.MqttDecoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In virtual time, with a store that stores when it is told to. */
class PublishQueueTest {
  private static final int ATTEMPTS = 3;
  private static final long RETRY_MILLIS = 100;

  private final ForgetfulJournal journal = ForgetfulJournal.empty();
  private final ClientSession session = ClientSession.continuing(10);
  private final List<String> ends = new ArrayList<>();
  private long now = 1;
  private final PublishQueue queue =
      new PublishQueue(
          session,
          new PublishLimits(10, 1 << 20, ATTEMPTS, RETRY_MILLIS, 1000, 1, false),
          new PublishRecords(journal, "c", 0),
          () -> now);
  private ClientConnection connection;
  private final ReceiveBuffer sent = new ReceiveBuffer();
  private final MqttDecoder decoder = new MqttDecoder(Long.MAX_VALUE);

  @Test
  void whatIsOnItsWayToTheStoreFailsOnceWhenTheClientIsClosed() {
    publish("x", QoS.AT_LEAST_ONCE, Properties.EMPTY, true);
    queue.close(MqttClientException.of(MqttClientFailure.CLOSED, "closed"));
    assertThat(ends).containsExactly("x CLOSED");
    journal.settle();
    assertThat(ends).containsExactly("x CLOSED");
    assertThat(journal.size()).as("the next process sends it").isEqualTo(1);
  }

  @Test
  void whatWasRefusedIsTriedAgainInItsOrder() {
    connect();
    for (int i = 0; i < 5; i++) {
      publish("" + i, QoS.AT_LEAST_ONCE, Properties.EMPTY, true);
    }
    journal.settle();
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
      List<Publish> tried = sent();
      assertThat(tried)
          .extracting(publish -> publish.payload().toUtf8())
          .containsExactly("0", "1", "2", "3", "4");
      refuse(tried);
      assertThat(sent()).isEmpty();
      now = queue.deadlineMillis();
      assertThat(now).isNotEqualTo(Engine.NO_DEADLINE);
      queue.timeout(now);
    }
    assertThat(ends).isEmpty();
    refuse(sent());
    assertThat(ends)
        .containsExactly(
            "0 PUBLISH_REFUSED",
            "1 PUBLISH_REFUSED",
            "2 PUBLISH_REFUSED",
            "3 PUBLISH_REFUSED",
            "4 PUBLISH_REFUSED");
    journal.settle();
    assertThat(journal.size()).isZero();
  }

  @Test
  void whatHasExpiredBeforeItsTurnIsNotSent() {
    Properties second = Properties.builder().put(Property.MESSAGE_EXPIRY_INTERVAL, 1).build();
    publish("old 0", QoS.AT_MOST_ONCE, second, false);
    publish("old 1", QoS.AT_LEAST_ONCE, second, false);
    publish("old durable", QoS.EXACTLY_ONCE, second, true);
    publish("new", QoS.AT_LEAST_ONCE, Properties.EMPTY, false);
    journal.settle();
    now += 1_001;
    connect();
    for (int i = 0; i < 3; i++) { // an identifier is written down before it is used
      journal.settle();
      poll();
    }
    assertThat(sent()).extracting(publish -> publish.payload().toUtf8()).containsExactly("new");
    assertThat(ends)
        .containsExactlyInAnyOrder(
            "old 0 MESSAGE_EXPIRED", "old 1 MESSAGE_EXPIRED", "old durable MESSAGE_EXPIRED");
    journal.settle();
    assertThat(journal.size()).isZero();
  }

  @Test
  void whatWaitsBehindADroppedMessageIsSentWithoutAnyAcknowledgement() {
    connect();
    Properties second = Properties.builder().put(Property.MESSAGE_EXPIRY_INTERVAL, 1).build();
    publish("old", QoS.EXACTLY_ONCE, second, true);
    journal.settle(); // it has its identifier, and is sent with the next poll
    publish("new", QoS.AT_LEAST_ONCE, Properties.EMPTY, true);
    journal.settle();
    now += 1_001;
    poll();
    assertThat(ends).containsExactly("old MESSAGE_EXPIRED");
    assertThat(sent()).extracting(publish -> publish.payload().toUtf8()).containsExactly("new");
  }

  private void publish(String text, QoS qos, Properties properties, boolean reliable) {
    Message message = Message.of(TopicName.of("t"), Bytes.utf8(text), qos, false, properties, now);
    queue.publish(message, reliable, completion(text), now);
  }

  private void connect() {
    connection = new ClientConnection(session, new BufferPool(), Wake.NOBODY);
    connection.connect(
        ConnectOptions.builder().clientId("c").cleanStart(false).keepAliveSeconds(0).build(), now);
    decoder.version(MqttVersion.MQTT_5);
    connection.receive(
        Wire.encode(new ConnAck(false, ReasonCode.SUCCESS, Properties.EMPTY), MqttVersion.MQTT_5));
    poll();
    queue.connected(new PublishQueue.Line(connection, () -> {}));
    queue.pump(now);
  }

  private void poll() {
    ClientEvent event;
    while ((event = connection.poll(now)) != null) {
      if (event instanceof ClientEvent.Acknowledged ack) {
        queue.acknowledged(ack.packetId(), ack.reasonCode(), ack.properties(), now);
      } else if (event instanceof ClientEvent.PublishDropped dropped) {
        queue.dropped(dropped.packetId(), dropped.refusal(), dropped.message(), now);
      }
    }
  }

  private void refuse(List<Publish> all) {
    for (Publish publish : all) {
      connection.receive(
          Wire.encode(
              new PubAck(publish.packetId(), ReasonCode.QUOTA_EXCEEDED, Properties.EMPTY),
              MqttVersion.MQTT_5));
      poll();
    }
  }

  private List<Publish> sent() {
    sent.add(Wire.drained(connection.outbox()));
    List<Publish> all = new ArrayList<>();
    MqttPacket packet;
    while ((packet = decoder.next(sent)) != null) {
      if (packet instanceof Publish publish) {
        all.add(Wire.owned(publish));
      }
    }
    sent.keep();
    return all;
  }

  private Outgoing.Completion completion(String text) {
    return new Outgoing.Completion() {
      @Override
      public void accepted(ReasonCode code, Properties properties) {
        ends.add(text + " accepted");
      }

      @Override
      public void failed(MqttClientException failure) {
        ends.add(text + " " + failure.failure());
      }
    };
  }
}
