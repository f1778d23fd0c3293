package io.culvert.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Auth;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PingReq;
import io.culvert.mqtt.wire.PingResp;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** How the bytes of a whole connection are cut makes no difference; garbage does no harm. */
class CutTest {
  private static final int PACKETS = 40;

  @Property(tries = 200)
  @Scenario(13)
  void anyCutGivesTheSameEventsAndReplies(@ForAll long seed, @ForAll boolean five) {
    MqttVersion version = five ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1;
    Bytes stream = conversation(new Random(seed), version);
    Bytes[] sentAtOnce = new Bytes[1];
    Bytes[] sentInPieces = new Bytes[1];

    List<ClientEvent> atOnce = play(version, List.of(stream), sentAtOnce);
    List<ClientEvent> inPieces = play(version, cut(stream, new Random(seed)), sentInPieces);

    assertThat(describe(inPieces)).isEqualTo(describe(atOnce));
    assertThat(sentInPieces[0]).isEqualTo(sentAtOnce[0]);
    assertThat(atOnce).hasSizeGreaterThan(2);
  }

  @Property(tries = 500)
  void garbageEndsTheConnectionAndThrowsNothing(@ForAll long seed, @ForAll boolean five) {
    Random random = new Random(seed);
    MqttVersion version = five ? MqttVersion.MQTT_5 : MqttVersion.MQTT_3_1_1;
    byte[] bytes = conversation(random, version).toByteArray();
    int from = random.nextInt(bytes.length);
    for (int i = from; i < Math.min(bytes.length, from + 1 + random.nextInt(8)); i++) {
      bytes[i] = (byte) random.nextInt();
    }

    List<ClientEvent> events = play(version, cut(Bytes.wrap(bytes), random), new Bytes[1]);

    assertThat(events).filteredOn(e -> e instanceof ClientEvent.Disconnected).hasSize(1);
    assertThat(events).last().isInstanceOf(ClientEvent.Disconnected.class);
  }

  /** Plays a stream to a client that has messages and a request open, and ends it. */
  private static List<ClientEvent> play(MqttVersion version, List<Bytes> chunks, Bytes[] sent) {
    ScriptedServer server = ScriptedServer.fresh();
    server.connect(o -> o.version(version));
    int connAckLength = version.isMqtt5() ? 5 : 4;
    List<Bytes> rest = new ArrayList<>();
    int seen = 0;
    // The client acts as soon as it is connected, which must not depend on the cut either.
    for (Bytes chunk : chunks) {
      int split = Math.max(0, Math.min(chunk.length(), connAckLength - seen));
      if (split > 0) {
        server.sends(chunk.slice(0, split));
      }
      if (split < chunk.length()) {
        rest.add(chunk.slice(split, chunk.length()));
      }
      seen += chunk.length();
    }
    if (server.client.state() == ClientState.CONNECTED) {
      server.publish("a", QoS.AT_LEAST_ONCE);
      server.publish("a", QoS.EXACTLY_ONCE);
      server.publish("a", QoS.EXACTLY_ONCE);
      SubscribeTest.subscribe(server, "a");
    }
    rest.forEach(server::sends);
    List<ClientEvent> events = server.closes().events();
    sent[0] = Wire.drained(server.client.outbox());
    return events;
  }

  private static List<Bytes> cut(Bytes stream, Random random) {
    List<Bytes> chunks = new ArrayList<>();
    int most = 1 + random.nextInt(60);
    for (int at = 0; at < stream.length(); ) {
      int to = Math.min(stream.length(), at + 1 + random.nextInt(most));
      chunks.add(stream.slice(at, to));
      at = to;
    }
    return chunks;
  }

  private static Bytes conversation(Random random, MqttVersion version) {
    List<MqttPacket> packets = new ArrayList<>();
    packets.add(new ConnAck(false, ReasonCode.SUCCESS, Properties.EMPTY));
    for (int i = 0; i < PACKETS; i++) {
      packets.add(packet(random, version, i > PACKETS / 2));
    }
    return Wire.encode(packets, version);
  }

  private static MqttPacket packet(Random random, MqttVersion version, boolean mayEnd) {
    int id = 1 + random.nextInt(6);
    return switch (mayEnd ? random.nextInt(40) : 3 + random.nextInt(37)) {
      case 0 -> PingReq.INSTANCE; // a violation
      case 1 ->
          version.isMqtt5() ? new Auth(ReasonCode.SUCCESS, Properties.EMPTY) : Disconnect.NORMAL;
      case 2 -> Disconnect.NORMAL;
      case 3, 4 -> PubAck.of(1);
      case 5, 6 -> PubRec.of(2 + random.nextInt(2));
      case 7, 8 -> PubComp.of(7 + id);
      case 9, 10 -> PingResp.INSTANCE;
      case 11, 12, 13, 14, 15, 16 -> PubRel.of(id);
      case 17 -> SubscribeTest.subAck(4, ReasonCode.SUCCESS);
      default -> {
        QoS qos = QoS.of(random.nextInt(3));
        String topic = "t".repeat(1 + random.nextInt(150));
        yield ScriptedServer.message(topic, qos, qos == QoS.AT_MOST_ONCE ? 0 : id);
      }
    };
  }

  private static List<String> describe(List<ClientEvent> events) {
    return events.stream()
        .map(
            e ->
                e instanceof ClientEvent.Disconnected end && end.violation() != null
                    ? end.cause() + " " + end.violation().getMessage()
                    : e.toString())
        .toList();
  }
}
