package io.culvert.mqtt.client;

import static io.culvert.mqtt.wire.QoS.AT_LEAST_ONCE;
import static io.culvert.mqtt.wire.QoS.EXACTLY_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A server may still have QoS 2 messages of an earlier process, which was not told that they had
 * arrived. A new message with the identifier of one of them would be taken for its repetition.
 */
class ReleasedFirstTest {
  private static final UnaryOperator<ConnectOptions.Builder> KEEP = o -> o.cleanStart(false);

  @Test
  void anIdentifierIsReleasedBeforeItsFirstQos2Message() {
    ScriptedServer server = resumed();
    int id = server.publish("a", EXACTLY_ONCE);
    assertThat(server.sent()).containsExactly(releases(id));

    server.sends(notFound(id));
    Publish sent = server.sent(Publish.class);
    assertThat(sent.packetId()).isEqualTo(id);
    assertThat(sent.dup()).isFalse();
    server.sends(PubRec.of(id));
    assertThat(server.sent()).containsExactly(PubRel.of(id));
    server.sends(PubComp.of(id));
    assertThat(server.event(ClientEvent.Acknowledged.class).packetId()).isEqualTo(id);
  }

  @Test
  void itIsReleasedOnce() {
    ScriptedServer server = resumed();
    for (int i = 0; i < 20; i++) {
      int id = server.publish("a", EXACTLY_ONCE);
      if (i < 8) { // as many as there are at first
        server.sends(PubComp.of(id));
      }
      server.sends(PubRec.of(id), PubComp.of(id));
      assertThat(server.event(ClientEvent.Acknowledged.class).packetId()).isEqualTo(id);
    }
  }

  @Test
  void whatComesBehindWaitsInItsOrder() {
    ScriptedServer server = resumed();
    int first = server.publish("a", EXACTLY_ONCE);
    int second = server.publish("b", AT_LEAST_ONCE);
    int third = server.publish("c", EXACTLY_ONCE);
    assertThat(server.sent()).containsExactly(releases(first));
    assertThat(server.client.hasRoom()).isFalse();

    server.sends(PubComp.of(first));
    assertThat(server.sent())
        .satisfiesExactly(
            packet ->
                assertThat(packet).matches(p -> p instanceof Publish a && a.packetId() == first),
            packet ->
                assertThat(packet).matches(p -> p instanceof Publish b && b.packetId() == second));
    server.sends(PubComp.of(third));
    assertThat(server.sent(Publish.class).packetId()).isEqualTo(third);
  }

  @Test
  void qos1NeedsNone() {
    ScriptedServer server = resumed();
    server.publish("a", AT_LEAST_ONCE);
    assertThat(server.sent(Publish.class).dup()).isFalse();
  }

  @Test
  void olderVersionsDoItToo() {
    ScriptedServer server = ScriptedServer.of(ClientSession.continuing(10));
    server.connect(o -> o.cleanStart(false).version(MqttVersion.MQTT_3_1_1));
    server.sent();
    server.accept(true);
    int id = server.publish("a", EXACTLY_ONCE);
    assertThat(server.sent()).containsExactly(releases(id));
    server.sends(PubComp.of(id));
    assertThat(server.sent(Publish.class).packetId()).isEqualTo(id);
  }

  @Test
  void itIsAskedForAgainOnTheNextConnection() {
    ScriptedServer server = resumed();
    int id = server.publish("a", EXACTLY_ONCE);
    server.closes();

    ScriptedServer next = server.next().connect(KEEP);
    next.sent();
    next.accept(true);
    assertThat(next.sent()).containsExactly(releases(id));
    next.sends(PubComp.of(id));
    assertThat(next.sent(Publish.class).dup()).as("it was never sent").isFalse();
  }

  @Test
  void aNewSessionHasNothingOfAnybody() {
    ScriptedServer server = ScriptedServer.of(ClientSession.continuing(10)).connect(KEEP);
    server.sent();
    server.accept(false);
    server.publish("a", EXACTLY_ONCE);
    assertThat(server.sent(Publish.class).dup()).isFalse();
  }

  @Test
  void whatIsRestoredIsReleasedByItsOwnEnd() {
    ClientSession session = ClientSession.continuing(10);
    TopicName topic = TopicName.of("a");
    session.restore(
        1, Message.of(topic, Bytes.utf8("x"), EXACTLY_ONCE, false, Properties.EMPTY, 0));
    ScriptedServer server = ScriptedServer.of(session).connect(KEEP);
    server.sent();
    server.accept(true);
    assertThat(server.sent(Publish.class).dup()).isTrue();
    server.sends(PubRec.of(1), PubComp.of(1));
    server.sent();
    int id;
    while ((id = server.publish("b", EXACTLY_ONCE)) != 1) {
      server.sends(PubComp.of(id), PubRec.of(id), PubComp.of(id));
      server.sent();
    }
    assertThat(server.sent(Publish.class).packetId()).isEqualTo(1);
  }

  @Test
  void anotherClientThatHadTheSessionMayHaveLeftSome() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    int known = server.publish("a", EXACTLY_ONCE);
    server.sends(new Disconnect(ReasonCode.SESSION_TAKEN_OVER, Properties.EMPTY));

    ScriptedServer next = server.next().connect(KEEP);
    next.sent();
    next.accept(true);
    assertThat(next.sent(Publish.class).packetId()).isEqualTo(known);
    int other = next.publish("b", EXACTLY_ONCE);
    assertThat(next.sent()).containsExactly(releases(other));
  }

  @Test
  void qos1IsPublishedAgainWhereItsIdentifierWasTaken() {
    ScriptedServer server = resumed();
    int id = server.publish("a", AT_LEAST_ONCE);
    server.sent();
    PubAck taken = new PubAck(id, ReasonCode.PACKET_IDENTIFIER_IN_USE, Properties.EMPTY);
    server.sends(taken);
    assertThat(server.sent()).containsExactly(PubRel.of(id));
    server.sends(PubComp.of(id));
    assertThat(server.sent(Publish.class).dup()).as("the first one was not taken").isFalse();
    server.sends(taken);
    assertThat(server.event(ClientEvent.Acknowledged.class).reasonCode())
        .as("once is enough")
        .isEqualTo(ReasonCode.PACKET_IDENTIFIER_IN_USE);
  }

  @Test
  void qos1IsNotPublishedAgainWhenItsIdentifierIsReleasedMeanwhile() {
    ScriptedServer server = resumed();
    int first = server.publish("a", EXACTLY_ONCE);
    server.sends(PubComp.of(first));
    server.sent();
    int second = server.publish("b", AT_LEAST_ONCE);
    server.sent();
    server.sends(PubComp.of(second), PubAck.of(second));
    assertThat(server.sent()).isEmpty();
    assertThat(server.event(ClientEvent.Acknowledged.class).packetId()).isEqualTo(second);
  }

  private static ScriptedServer resumed() {
    ScriptedServer server = ScriptedServer.of(ClientSession.continuing(10)).connect(KEEP);
    server.sent();
    server.accept(true);
    server.events();
    return server;
  }

  /** Of sixteen identifiers, from this one on. */
  private static MqttPacket[] releases(int from) {
    return IntStream.range(from, from + 16).mapToObj(PubRel::of).toArray(MqttPacket[]::new);
  }

  private static PubComp notFound(int id) {
    return new PubComp(id, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, Properties.EMPTY);
  }
}
