package io.culvert.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.JournalBatch;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.engine.Wake;
import io.culvert.mqtt.client.ClientConnection;
import io.culvert.mqtt.client.ClientEvent;
import io.culvert.mqtt.client.ClientSession;
import io.culvert.mqtt.client.ConnectOptions;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttDecoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Wire;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A publisher whose process dies and whose network is cut at any moment, in virtual time: what the
 * store was given in time arrives, at QoS 2 once, in order.
 */
class CrashedPublisherTest {
  private static final int STEPS = 400;

  /** The server never loses a session. */
  private final Set<Integer> held = new HashSet<>();

  private final List<Integer> delivered = new ArrayList<>();

  /** Numbers that are certainly in the store. */
  private final Set<Integer> promised = new HashSet<>();

  private ForgetfulJournal journal = ForgetfulJournal.empty();
  private ClientSession session;
  private PublishQueue queue;
  private ClientConnection connection;
  private ReceiveBuffer fromClient;
  private MqttDecoder decoder;
  private final Deque<MqttPacket> toServer = new ArrayDeque<>();
  private final Deque<MqttPacket> toClient = new ArrayDeque<>();
  private boolean sessionPresent;
  private int next;
  private long now = 1;

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void qos2ArrivesOnce(long seed) {
    run(QoS.EXACTLY_ONCE, new Random(seed));
    assertThat(delivered).doesNotHaveDuplicates().isSorted().containsAll(promised);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void qos1ArrivesAtLeastOnce(long seed) {
    run(QoS.AT_LEAST_ONCE, new Random(seed));
    assertThat(delivered).containsAll(promised);
  }

  private void run(QoS qos, Random random) {
    begin();
    for (int step = 0; step < STEPS; step++) {
      now++;
      switch (random.nextInt(12)) {
        case 0, 1 -> publish(qos);
        case 2, 3, 4 -> server();
        case 5, 6, 7 -> client();
        case 8, 9 -> {
          journal.store(random.nextInt(4));
          journal.complete();
        }
        case 10 -> {
          if (random.nextInt(4) == 0) {
            cut();
          }
        }
        default -> {
          if (random.nextInt(12) == 0) {
            journal.store(random.nextInt(4)); // stored, and nobody was told
            journal = journal.crashed();
            begin();
          }
        }
      }
    }
    for (int i = 0; i < 10_000 && (queue.size() > 0 || connection == null); i++) {
      journal.settle();
      server();
      client();
    }
    assertThat(queue.size()).as("everything has ended").isZero();
    journal.settle();
    assertThat(journal.size()).as("nothing is left in the store").isZero();
  }

  /** A process starts. */
  private void begin() {
    session = ClientSession.continuing(10);
    PublishRecords records = new PublishRecords(journal, "c", 1000);
    queue =
        new PublishQueue(
            session, new PublishLimits(10_000, 1 << 30, 3, 1, 10, 1, false), records, () -> now);
    connection = null;
    records.load(
        damage -> {
          throw new AssertionError(damage);
        },
        found -> queue.restore(found, message -> completion()));
    journal.settle();
    connect();
  }

  private void publish(QoS qos) {
    int number = next++;
    PublishQueue of = queue;
    Message message =
        Message.of(TopicName.of("t"), Bytes.utf8("" + number), qos, false, Properties.EMPTY, now);
    of.publish(message, true, completion(), now);
    journal.append(new JournalBatch(), () -> promised.add(number));
  }

  private void connect() {
    toServer.clear();
    toClient.clear();
    fromClient = new ReceiveBuffer();
    decoder = new MqttDecoder(Long.MAX_VALUE);
    connection = new ClientConnection(session, new BufferPool(), Wake.NOBODY);
    connection.connect(
        ConnectOptions.builder()
            .clientId("c")
            .cleanStart(false)
            .sessionExpirySeconds(1000)
            .automaticRelease(false)
            .build(),
        now);
    client();
  }

  private void cut() {
    ClientConnection old = connection;
    queue.disconnected();
    old.receiveEnd();
    while (old.poll(now) != null) {
      continue;
    }
    connect();
  }

  /** The server works off one packet. */
  private void server() {
    collect();
    MqttPacket packet = toServer.poll();
    if (packet instanceof Connect) {
      toClient.add(new ConnAck(sessionPresent, ReasonCode.SUCCESS, Properties.EMPTY));
      sessionPresent = true;
    } else if (packet instanceof Publish publish) {
      int id = publish.packetId();
      int number = Integer.parseInt(publish.payload().toUtf8());
      if (publish.qos() == QoS.AT_LEAST_ONCE) {
        delivered.add(number);
        toClient.add(PubAck.of(id));
      } else {
        if (held.add(id)) {
          delivered.add(number);
        }
        toClient.add(PubRec.of(id));
      }
    } else if (packet instanceof PubRel release) {
      boolean known = held.remove(release.packetId());
      toClient.add(
          new PubComp(
              release.packetId(),
              known ? ReasonCode.SUCCESS : ReasonCode.PACKET_IDENTIFIER_NOT_FOUND,
              Properties.EMPTY));
    }
  }

  /** The client works off one packet, and what its driver would. */
  private void client() {
    MqttPacket packet = toClient.poll();
    if (packet != null) {
      connection.receive(Wire.encode(packet, MqttVersion.MQTT_5));
    }
    ClientEvent event;
    while ((event = connection.poll(now)) != null) {
      if (event instanceof ClientEvent.Connected) {
        queue.connected(new PublishQueue.Line(connection, () -> {}));
      } else if (event instanceof ClientEvent.Acknowledged ack) {
        queue.acknowledged(ack.packetId(), ack.reasonCode(), ack.properties(), now);
      } else if (event instanceof ClientEvent.Received received) {
        queue.received(received.packetId(), now);
      } else {
        throw new AssertionError("unexpected: " + event);
      }
    }
    queue.pump(now);
    collect();
  }

  private void collect() {
    decoder.version(MqttVersion.MQTT_5);
    fromClient.add(Wire.drained(connection.outbox()));
    MqttPacket packet;
    while ((packet = decoder.next(fromClient)) != null) {
      toServer.add(packet);
    }
    fromClient.keep();
  }

  private static Outgoing.Completion completion() {
    return new Outgoing.Completion() {
      @Override
      public void accepted(ReasonCode code, Properties properties) {}

      @Override
      public void failed(MqttClientException failure) {
        throw failure;
      }
    };
  }
}
