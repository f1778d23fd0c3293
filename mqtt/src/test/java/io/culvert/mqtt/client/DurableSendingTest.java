package io.culvert.mqtt.client;

import static io.culvert.mqtt.wire.QoS.AT_LEAST_ONCE;
import static io.culvert.mqtt.wire.QoS.EXACTLY_ONCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.Subscribe;
import io.culvert.mqtt.wire.SubscriptionOptions;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.Unsubscribe;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What an owner needs that writes down what it sends, before it is sent. */
class DurableSendingTest {
  private static final UnaryOperator<ConnectOptions.Builder> KEEP =
      o -> o.cleanStart(false).automaticRelease(false);

  @Test
  void pubRelWaitsForTheOwnerWhoWantsThat() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    int id = server.publish("a", EXACTLY_ONCE);
    server.sent();

    server.sends(PubRec.of(id));
    assertThat(server.event(ClientEvent.Received.class).packetId()).isEqualTo(id);
    assertThat(server.sent()).isEmpty();

    assertThat(server.client.release(id, server.now)).isTrue();
    assertThat(server.sent()).containsExactly(PubRel.of(id));
    assertThat(server.client.release(id, server.now)).as("a second time").isFalse();

    server.sends(PubComp.of(id));
    assertThat(server.event(ClientEvent.Acknowledged.class).packetId()).isEqualTo(id);
  }

  @Test
  void whatWasNotReleasedIsPublishedAgain() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    int id = server.publish("a", EXACTLY_ONCE);
    server.sends(PubRec.of(id)).closes();
    assertThat(server.client.release(id, server.now)).as("without connection").isFalse();

    ScriptedServer next = server.next().connect(KEEP);
    next.sent();
    next.accept(true);
    assertThat(next.sent(Publish.class).dup()).isTrue();
  }

  @Test
  void onlyQos2IsReleased() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    int id = server.publish("a", AT_LEAST_ONCE);
    assertThat(server.client.release(id, server.now)).isFalse();
    assertThat(server.client.release(id + 1, server.now)).isFalse();
  }

  @Test
  void anIdentifierIsTakenFirstAndItsMessageSentLater() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    int id = server.session.reserveIdentifier();
    assertThat(server.publish("other", AT_LEAST_ONCE)).isNotEqualTo(id);
    server.sent();

    server.session.send(id, message("a", EXACTLY_ONCE));
    server.poll();
    Publish sent = server.sent(Publish.class);
    assertThat(sent.packetId()).isEqualTo(id);
    assertThat(sent.dup()).isFalse();
  }

  @Test
  void withoutConnectionItIsSentWithTheNextOneForTheFirstTime() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    server.closes();
    int id = server.session.reserveIdentifier();
    server.session.send(id, message("a", EXACTLY_ONCE));
    int unused = server.session.reserveIdentifier();
    server.session.giveBack(unused);

    ScriptedServer next = server.next().connect(KEEP);
    next.sent();
    next.accept(true);
    assertThat(next.sent(Publish.class).dup()).isFalse();
    assertThat(next.session.hasFreeIdentifier()).isTrue();
  }

  @Test
  void restoredMessagesGoOnWhereTheyWere() {
    ClientSession session = ClientSession.continuing(10);
    session.restore(7, message("a", EXACTLY_ONCE));
    session.restore(3, null);
    session.restore(9, message("b", AT_LEAST_ONCE));

    ScriptedServer server = ScriptedServer.of(session).connect(KEEP);
    server.sent();
    server.accept(true);
    assertThat(server.sent())
        .satisfiesExactly(
            first -> assertThat(first).matches(p -> p instanceof Publish a && a.dup()),
            second -> assertThat(second).isEqualTo(PubRel.of(3)),
            third -> assertThat(third).matches(p -> p instanceof Publish b && b.packetId() == 9));
  }

  @Test
  void roomIsThatOfTheServersReceiveMaximum() {
    Properties one = Properties.builder().put(Property.RECEIVE_MAXIMUM, 1).build();
    ScriptedServer server = ScriptedServer.connected(KEEP, one);
    assertThat(server.client.hasRoom()).isTrue();
    int id = server.client.publish(message("a", AT_LEAST_ONCE), server.now);
    assertThat(server.client.hasRoom()).isFalse();
    assertThat(server.client.hasRoomAtQos0()).isTrue();
    server.sends(PubAck.of(id));
    assertThat(server.client.hasRoom()).isTrue();
    server.closes();
    assertThat(server.client.hasRoom()).isFalse();
    assertThat(server.client.hasRoomAtQos0()).isFalse();
  }

  @Test
  void roomIsToldOnceTheNetworkHasTakenSomething() {
    ScriptedServer server = ScriptedServer.connected(o -> o.outboxBytes(1));
    server.publish("a", QoS.AT_MOST_ONCE);
    assertThat(server.client.hasRoomAtQos0()).isFalse();
    server.client.tellWhenThereIsRoom();
    assertThat(server.events()).isEmpty();
    server.sent();
    assertThat(server.event(ClientEvent.RoomAgain.class)).isNotNull();
    assertThat(server.events()).as("once").isEmpty();
  }

  @Test
  void subscriptionsAreWishedForBeforeThereIsAConnection() {
    ScriptedServer server = ScriptedServer.fresh();
    server.session.subscribe(
        TopicFilter.parse("a/#"), SubscriptionOptions.of(AT_LEAST_ONCE), /* identifier= */ 4);
    server.connect(KEEP);
    server.session.subscribe(TopicFilter.parse("b"), SubscriptionOptions.of(AT_LEAST_ONCE), 4);
    server.sent();
    server.accept(false);
    Subscribe sent = server.sent(Subscribe.class);
    assertThat(sent.entries()).extracting(Subscribe.Entry::filter).containsExactly("a/#", "b");

    server.closes();
    server.session.unsubscribe("a/#");
    server.session.unsubscribe("unknown");
    ScriptedServer next = server.next().connect(KEEP);
    next.sent();
    next.accept(true);
    assertThat(next.sent())
        .anySatisfy(
            packet ->
                assertThat(packet)
                    .isInstanceOfSatisfying(
                        Unsubscribe.class, u -> assertThat(u.filters()).isEqualTo(List.of("a/#"))));
  }

  @Test
  void whoIsConnectedCommandsTheConnection() {
    ScriptedServer server = ScriptedServer.connected(KEEP);
    assertThatThrownBy(() -> server.session.unsubscribe("a"))
        .isInstanceOf(IllegalStateException.class);
  }

  private static Message message(String topic, QoS qos) {
    return Message.of(TopicName.of(topic), Bytes.utf8("m"), qos, false, Properties.EMPTY, 0);
  }
}
