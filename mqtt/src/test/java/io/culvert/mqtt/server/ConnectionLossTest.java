package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.Engine;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import io.culvert.mqtt.wire.UnsubAck;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The network connection ends without DISCONNECT, in every state. */
class ConnectionLossTest {
  private static final String CONNECT = "1010 0004 4d515454 05 02 0000 00 0003 636363";

  private final BrokerHarness harness = BrokerHarness.create();

  private void assertNobodyIsLeft() {
    assertThat(harness.broker.sessionCount()).isZero();
    assertThat(harness.broker.subscriptionCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "1010", "1010 0004 4d51"})
  @Scenario(127)
  void beforeConnectIsComplete(String hex) {
    TestClient lost = harness.open().sendHex(hex).lose();
    TestClient ended = harness.open().sendHex(hex).endStream();
    for (TestClient client : new TestClient[] {lost, ended}) {
      assertThat(client.end().cause()).isEqualTo(DisconnectCause.CONNECTION_LOST);
      assertThat(client.isClosed()).isTrue();
      assertThat(client.takeAll()).isEmpty();
    }
    assertNobodyIsLeft();
  }

  @Test
  @Scenario(127)
  void whileConnectIsUndecided() {
    harness.hold();
    TestClient client = harness.open().sendHex(CONNECT).lose();
    harness.release();
    assertThat(client.takeAll()).isEmpty();
    assertThat(client.server.isConnected()).isFalse();
    assertNobodyIsLeft();
  }

  @Test
  void endOfStreamWhileConnectIsUndecidedWaitsForTheDecision() {
    harness.hold();
    TestClient watcher = harness.open();
    TestClient client =
        harness.open().sendHex(CONNECT).send(Packets.publish("a", "x").retain().build());
    client.endStream();
    assertThat(client.isClosed()).isFalse();
    harness.release();
    assertThat(client.isClosed()).isTrue();
    assertThat(client.end().cause()).isEqualTo(DisconnectCause.CONNECTION_LOST);
    assertThat(harness.broker.retainedCount()).isEqualTo(1);
    assertThat(watcher.isClosed()).isFalse();
    assertNobodyIsLeft();
  }

  @Test
  @Scenario(127)
  void whileConnected() {
    TestClient client = harness.connect("c").subscribe("a", QoS.AT_MOST_ONCE).lose();
    assertThat(client.end().cause()).isEqualTo(DisconnectCause.CONNECTION_LOST);
    assertNobodyIsLeft();
  }

  @Test
  @Scenario(127)
  void insideOfAPacket() {
    TestClient client = harness.connect("c").sendHex("30 10 0001 61 00").lose();
    assertThat(client.end().cause()).isEqualTo(DisconnectCause.CONNECTION_LOST);
    assertNobodyIsLeft();
  }

  @Test
  @Scenario(127)
  void whileSubscribeOrUnsubscribeIsUndecided() {
    for (var packet :
        Stream.of(Packets.subscribe(1, "a", QoS.AT_MOST_ONCE), Packets.unsubscribe(1, "a"))
            .toList()) {
      TestClient client = harness.connect("c");
      harness.hold();
      client.send(packet).lose();
      harness.release();
      assertThat(client.takeAll()).isEmpty();
      assertNobodyIsLeft();
    }
  }

  @Test
  @Scenario(127)
  void whilePublishIsUndecided() {
    TestClient client = harness.resume("c");
    harness.hold();
    client.send(Packets.publish(1, "a", "x", QoS.AT_LEAST_ONCE)).lose();
    client.server.acceptPublish(1, ReasonCode.SUCCESS);
    assertThat(client.server.outbox().isEmpty()).isTrue();
    harness.release();
    TestClient again = harness.resume("c");
    assertThat(again.takeAll()).isEmpty();
  }

  @Test
  @Scenario(127)
  void afterDisconnect() {
    TestClient client = harness.connect("c").disconnect();
    client.lose();
    assertThat(client.end().cause()).isEqualTo(DisconnectCause.CLIENT_DISCONNECT);
    assertNobodyIsLeft();
  }

  @Test
  void behindAnUndecidedSubscribeTheRestIsStillHeardWhenOnlyTheStreamEnds() {
    TestClient client = harness.connect("c");
    TestClient watcher = harness.connect("watcher").subscribe("b", QoS.AT_MOST_ONCE);
    harness.hold();
    client.send(
        Packets.subscribe(1, "a", QoS.AT_MOST_ONCE),
        Packets.unsubscribe(2, "a"),
        Packets.publish("b", "last words").build());
    client.endStream();
    harness.release();
    assertThat(client.takeAll().stream().map(Object::getClass))
        .isSubsetOf(SubAck.class, UnsubAck.class);
    assertThat(watcher.takePayloads()).containsExactly("last words");
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void othersGoOnWhileOneIsLost() {
    TestClient stays = harness.connect("stays").subscribe("a", QoS.AT_MOST_ONCE);
    TestClient goes = harness.connect("goes").subscribe("a", QoS.AT_MOST_ONCE);
    TestClient publisher = harness.connect("publisher").publish("a", "1");
    goes.lose();
    publisher.publish("a", "2");
    assertThat(stays.takePublishes()).extracting(Publish::payload).hasSize(2);
    assertThat(goes.takePublishes()).hasSize(1);
    assertThat(harness.open().connect(Packets.connect("goes").build()))
        .extracting(ConnAck::reasonCode)
        .isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void whatWasAskedBeforeTheEndOfTheStreamIsAnswered() {
    ServerConnection connection = harness.connect("brief").server;
    connection.receive(Bytes.hex("c000"));
    connection.receiveEnd();
    assertThat(connection.poll(harness.clock.nowMillis()))
        .isInstanceOf(ServerEvent.Disconnected.class);
    assertThat(connection.status()).isEqualTo(Engine.Status.CLOSE_AFTER_FLUSH);
    assertThat(connection.outbox().pendingBytes()).as("PINGRESP").isEqualTo(2);
  }
}
