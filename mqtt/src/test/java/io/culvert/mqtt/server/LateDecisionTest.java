package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import org.junit.jupiter.api.Test;

/** The decision on a PUBLISH, such as that of a disk, comes when its connection is gone. */
class LateDecisionTest {
  private static final Publish MESSAGE = Packets.publish(9, "a", "x", QoS.EXACTLY_ONCE);
  private static final Publish AGAIN =
      Packets.publish("a", "x").qos(QoS.EXACTLY_ONCE).packetId(9).dup().build();

  private final BrokerHarness harness = BrokerHarness.create();
  private final TestClient subscriber =
      harness.connect("subscriber").subscribe("a", QoS.AT_MOST_ONCE);
  private final TestClient older = harness.resume("c");

  private TestClient comeBack() {
    harness.release();
    return harness.resume("c");
  }

  /** Loses the connection while the message is undecided, and comes back. */
  private TestClient comeBackUndecided() {
    harness.hold();
    older.send(MESSAGE).lose();
    return undecided();
  }

  /** Comes back while what was published is still held. */
  private TestClient undecided() {
    TestClient newer = harness.open();
    newer.send(Packets.connect("c").cleanStart(false).expirySeconds(3600).build());
    harness.handleNow(newer);
    newer.takeAll();
    return newer;
  }

  @Test
  @Normative(MQTT5_4_3_3_10)
  @OneShard
  void repetitionIsAnsweredWithTheDecisionOnTheFirst() {
    TestClient newer = comeBackUndecided();
    newer.send(AGAIN, AGAIN);
    assertThat(newer.takeAll()).isEmpty();
    harness.release();
    assertThat(newer.takeAll()).containsExactly(Packets.pubRec(9));
    newer.send(Packets.pubRel(9)).take(PubComp.class);
    assertThat(subscriber.takePayloads()).containsExactly("x");
  }

  @Test
  @OneShard
  void repetitionAfterTheDecisionIsAnsweredAtOnce() {
    TestClient newer = comeBackUndecided();
    harness.release();
    assertThat(newer.takeAll()).isEmpty();
    assertThat(newer.send(AGAIN).takeAll()).containsExactly(Packets.pubRec(9));
    assertThat(subscriber.takePayloads()).containsExactly("x");
  }

  @Test
  @Normative(MQTT5_4_3_3_9)
  @OneShard
  void refusalReachesTheRepetitionAndFreesTheIdentifier() {
    TestClient newer = comeBackUndecided();
    newer.send(AGAIN);
    older.server.acceptPublish(9, ReasonCode.QUOTA_EXCEEDED);
    newer.link.runUntilIdle();
    assertThat(newer.takeAll()).containsExactly(Packets.pubRec(9, ReasonCode.QUOTA_EXCEEDED));
    assertThat(newer.session().received().size()).isZero();
  }

  @Test
  @Normative(MQTT5_4_3_3_9)
  void refusalWhileNobodyIsConnectedMakesTheRepetitionANewMessage() {
    harness.hold();
    older.send(MESSAGE).lose();
    older.server.acceptPublish(9, ReasonCode.QUOTA_EXCEEDED);
    harness.drop();
    TestClient newer = comeBack();
    newer.send(AGAIN).take(PubRec.class);
    assertThat(subscriber.takePayloads()).containsExactly("x");
  }

  @Test
  void decisionOnQos1IsForItsOwnConnectionOnly() {
    harness.hold();
    older.send(Packets.publish(9, "a", "x", QoS.AT_LEAST_ONCE)).lose();
    harness.release();
    TestClient newer = harness.resume("c");
    assertThat(newer.takeAll()).isEmpty();
    newer
        .send(Packets.publish("a", "x").qos(QoS.AT_LEAST_ONCE).packetId(9).dup().build())
        .take(PubAck.class);
  }

  @Test
  @OneShard
  void decisionOnQos1IsNoneOnTheQos2MessageThatHasItsIdentifier() {
    harness.hold();
    older.send(Packets.publish(9, "a", "x", QoS.AT_LEAST_ONCE)).lose();
    TestClient newer = undecided();
    newer.send(MESSAGE).lose();
    TestClient newest = undecided();
    newest.send(AGAIN);
    older.server.acceptPublish(9, ReasonCode.SUCCESS);
    newest.link.runUntilIdle();
    assertThat(newest.takeAll()).isEmpty();
    newer.server.acceptPublish(9, ReasonCode.QUOTA_EXCEEDED);
    newest.link.runUntilIdle();
    assertThat(newest.takeAll()).containsExactly(Packets.pubRec(9, ReasonCode.QUOTA_EXCEEDED));
  }

  @Test
  void decisionForASessionThatStartedCleanlyIsForgotten() {
    harness.hold();
    older.send(MESSAGE).lose();
    TestClient newer = harness.open().send(Packets.connect("c").build());
    harness.handleNow(newer);
    newer.takeAll();
    newer.send(AGAIN);
    older.server.acceptPublish(9, ReasonCode.QUOTA_EXCEEDED);
    newer.link.runUntilIdle();
    assertThat(newer.takeAll()).isEmpty(); // its own message is still to be decided
    newer.server.acceptPublish(9, ReasonCode.SUCCESS);
    newer.link.runUntilIdle();
    assertThat(newer.takeAll()).containsExactly(Packets.pubRec(9));
  }
}
