package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.Disconnect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients with one Client Identifier that come back whenever the other has taken it from them. */
class FightTest {
  private static final int NORMAL = 5;

  private final List<String> fights = new ArrayList<>();
  private final BrokerHarness harness =
      BrokerHarness.ofFights(
          NORMAL,
          new BrokerLog() {
            @Override
            public void fight(
                String clientId, String one, String other, int takeOvers, long nowMillis) {
              fights.add(clientId + " " + one + " " + other + " " + takeOvers);
            }
          });

  private TestClient holder = from("first").send(resuming());

  @Test
  void aFewTakeOversAreNoFight() {
    for (int i = 0; i < NORMAL; i++) {
      TestClient loser = takeOver("home");
      assertThat(loser.takeFirst(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
      assertThat(reason(loser)).isEqualTo("another connection uses this Client Identifier now");
      assertThat(holder.server.isConnected()).isTrue();
    }
    harness.advanceSeconds(61);
    for (int i = 0; i < NORMAL; i++) {
      takeOver("on the way");
      assertThat(holder.server.isConnected()).isTrue();
    }
    assertThat(fights).isEmpty();
    assertThat(harness.broker.counters().fights()).isZero();
    assertThat(harness.broker.counters().damped()).isZero();
  }

  @Test
  void fightersHaveToWaitLongerAndLongerAndAreToldWhy() {
    fight();
    assertThat(fights).containsExactly("c place 4 place 3 6");
    long pause = 1000;
    for (int round = 0; round < 3; round++) {
      TestClient newer = from("again").send(resuming());
      harness.advance(pause - 1);
      assertThat(newer.server.isConnected()).as("before %s ms", pause).isFalse();
      assertThat(holder.server.isConnected()).isTrue();
      harness.advance(1);
      assertThat(newer.server.isConnected()).as("after %s ms", pause).isTrue();
      holder.takeFirst(ConnAck.class);
      assertThat(reason(holder)).contains("connects again and again");
      holder = newer;
      pause *= 2;
    }
    assertThat(fights).hasSize(1);
    assertThat(harness.broker.counters().fights()).isEqualTo(1);
    assertThat(harness.broker.counters().damped()).isEqualTo(3);
    assertThat(harness.broker.sessionCount()).isEqualTo(1);
  }

  @Test
  void whoWouldWaitTooLongIsToldWhenToComeBack() {
    fightUntilPauseIs(16_000);
    ConnAck refused = from("again").send(resuming()).take(ConnAck.class);
    assertThat(refused.reasonCode()).isEqualTo(ReasonCode.CONNECTION_RATE_EXCEEDED);
    assertThat(refused.properties().text(Property.REASON_STRING)).contains("each needs its own");
    assertThat(retryAfter(refused)).isBetween(16_000L, 24_000L);
    ConnAck older =
        from("older")
            .send(Packets.connect("c").version(MqttVersion.MQTT_3_1_1).build())
            .take(ConnAck.class);
    assertThat(older.reasonCode()).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    assertThat(holder.server.isConnected()).isTrue();
    harness.advance(retryAfter(refused));
    assertThat(from("again").send(resuming()).server.isConnected()).isTrue();
  }

  @Test
  void smallPacketsHaveRoomForTheTimeBeforeTheWords() {
    fightUntilPauseIs(16_000);
    Connect small =
        Packets.connect("c").expirySeconds(60).with(Property.MAXIMUM_PACKET_SIZE, 40).build();
    ConnAck timeOnly = from("small").send(small).take(ConnAck.class);
    assertThat(timeOnly.properties().has(Property.REASON_STRING)).isFalse();
    assertThat(retryAfter(timeOnly)).isPositive();
    Connect tiny =
        Packets.connect("c").expirySeconds(60).with(Property.MAXIMUM_PACKET_SIZE, 20).build();
    ConnAck bare = from("tiny").send(tiny).take(ConnAck.class);
    assertThat(bare.reasonCode()).isEqualTo(ReasonCode.CONNECTION_RATE_EXCEEDED);
    assertThat(bare.properties().isEmpty()).isTrue();
  }

  @Test
  void whoWaitsWhileUsersChangeHasToProveItselfAnew() {
    fightUntilPauseIs(4000);
    TestClient waits = from("again").send(resuming());
    for (int i = 0; i < harness.broker.count(); i++) {
      harness.broker.shard(i).endConnectionsOf(user -> false);
    }
    harness.advance(4000);
    assertThat(waits.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SERVER_UNAVAILABLE);
    assertThat(holder.server.isConnected()).isTrue();
  }

  @Test
  void nobodyWaitsForAConnectionThatHasEnded() {
    fightUntilPauseIs(4000);
    TestClient waits = from("again").send(resuming());
    assertThat(waits.server.isConnected()).isFalse();
    holder.lose();
    harness.advance(1000);
    assertThat(waits.server.isConnected()).isTrue();
    waits.lose();
    assertThat(from("back").send(resuming()).server.isConnected()).isTrue();
  }

  @Test
  void oneThatGaveUpWaitingTakesNothing() {
    fightUntilPauseIs(4000);
    from("closes").send(resuming()).server.receiveEnd(); // this driver tells at once
    from("breaks").send(resuming()).lose();
    harness.advance(4000);
    assertThat(holder.server.isConnected()).isTrue();
  }

  @Test
  void aFightIsForgottenWhenItHasStopped() {
    fight();
    harness.advanceSeconds(62);
    takeOver("later");
    assertThat(holder.server.isConnected()).isTrue();
    takeOver("later");
    assertThat(holder.server.isConnected()).isTrue();
    assertThat(harness.broker.counters().damped()).isZero();
  }

  @Test
  void othersAreNotConcerned() {
    fightUntilPauseIs(16_000);
    assertThat(harness.connect("d").server.isConnected()).isTrue();
    assertThat(harness.open().send(Packets.connect("").build()).server.isConnected()).isTrue();
  }

  @Test
  void waitingIsBounded() {
    fightUntilPauseIs(4000);
    int count = WaitingConnects.MOST * harness.broker.count();
    for (int i = 0; i < count; i++) {
      from("many").send(resuming());
    }
    ConnAck refused = from("one more").send(resuming()).take(ConnAck.class);
    assertThat(refused.reasonCode()).isEqualTo(ReasonCode.CONNECTION_RATE_EXCEEDED);
    harness.advance(4000);
    harness.advance(WaitingConnects.PATIENCE_MILLIS);
    assertThat(harness.broker.counters().takeovers())
        .as("of a thousand only those whose turn came")
        .isLessThan(20);
    assertThat(harness.session("c").isConnected()).isTrue();
  }

  /** As many take-overs as make a fight: the next newcomer has to wait a second. */
  private void fight() {
    for (int i = 0; i <= NORMAL; i++) {
      takeOver("place " + i);
      assertThat(holder.server.isConnected()).isTrue();
    }
  }

  private void fightUntilPauseIs(long millis) {
    fight();
    for (long pause = 1000; pause < millis; pause *= 2) {
      takeOver("place");
      harness.advance(pause);
      assertThat(holder.server.isConnected()).isTrue();
    }
  }

  /** Returns the connection that was there before. */
  private TestClient takeOver(String origin) {
    TestClient before = holder;
    holder = from(origin).send(resuming());
    return before;
  }

  private TestClient from(String origin) {
    TestClient client = harness.open();
    client.server.peer(origin);
    return client;
  }

  private static Connect resuming() {
    return Packets.connect("c").cleanStart(false).expirySeconds(3600).build();
  }

  private static String reason(TestClient loser) {
    Disconnect told = loser.take(Disconnect.class);
    assertThat(told.reasonCode()).isEqualTo(ReasonCode.SESSION_TAKEN_OVER);
    return told.properties().text(Property.REASON_STRING);
  }

  private static long retryAfter(ConnAck refused) {
    return refused.properties().userProperties().stream()
        .filter(each -> each.name().equals(RetryAfter.PROPERTY))
        .mapToLong(each -> Long.parseLong(each.value()))
        .findFirst()
        .orElseThrow();
  }
}
