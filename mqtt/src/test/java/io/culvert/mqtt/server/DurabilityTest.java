package io.culvert.mqtt.server;

import static io.culvert.mqtt.wire.Statement.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.testkit.SimulatedDisk.Crash;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.ConnAck;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.PubAck;
import io.culvert.mqtt.wire.PubComp;
import io.culvert.mqtt.wire.PubRec;
import io.culvert.mqtt.wire.PubRel;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.SubAck;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What survives a crash, and what waits for the disk. */
class DurabilityTest {
  private final BrokerHarness harness = BrokerHarness.durable();

  // ---- nothing is acknowledged before it is stored

  @Test
  void pubAckWaitsForTheDisk() {
    harness.resume("reader").subscribe("t", QoS.AT_LEAST_ONCE).lose();
    TestClient publisher = harness.connect("publisher");
    harness.disk().takesMillis(10, 10);
    publisher.send(Packets.publish(1, "t", "hello", QoS.AT_LEAST_ONCE));
    assertThat(publisher.takeAll()).isEmpty();

    harness.advance(10);
    assertThat(publisher.take(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void acknowledgementsStayInOrderWhenSomeNeedNoDisk() {
    harness.resume("reader").subscribe("kept", QoS.AT_LEAST_ONCE).lose();
    harness.connect("other").subscribe("passing", QoS.AT_LEAST_ONCE);
    TestClient publisher = harness.connect("publisher");
    harness.disk().takesMillis(10, 10);
    publisher.send(
        Packets.publish(1, "kept", "1", QoS.AT_LEAST_ONCE),
        Packets.publish(2, "passing", "2", QoS.AT_LEAST_ONCE));
    assertThat(publisher.takeAll()).isEmpty();

    harness.advance(10);
    assertThat(publisher.takeAll()).extracting(MqttPacket::packetId).containsExactly(1, 2);
  }

  @Test
  void whoeverNeedsNoDiskDoesNotWaitForIt() {
    TestClient reader = harness.connect("reader").subscribe("t", QoS.AT_LEAST_ONCE);
    TestClient publisher = harness.connect("publisher");
    harness.disk().takesMillis(10, 10);
    publisher.send(Packets.publish(1, "t", "hello", QoS.AT_LEAST_ONCE));

    assertThat(publisher.take(PubAck.class)).isNotNull();
    assertThat(reader.takePayloads()).containsExactly("hello");
  }

  @Test
  void sessionsAndSubscriptionsAreStoredBeforeTheyAreAcknowledged() {
    harness.disk().takesMillis(10, 10);
    TestClient client = harness.open();
    client.send(Packets.connect("c").cleanStart(false).expirySeconds(3600).build());
    assertThat(client.takeAll()).isEmpty();
    harness.advance(10);
    assertThat(client.take(ConnAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);

    client.send(Packets.subscribe(1, "t", QoS.AT_LEAST_ONCE));
    assertThat(client.takeAll()).isEmpty();
    harness.advance(10);
    assertThat(client.take(SubAck.class)).isNotNull();
  }

  @Test
  @OneShard // elsewhere sessions that end with the process may have it before
  void aMessageOfQos2GoesToNobodyBeforeItIsStored() {
    TestClient reader = harness.resume("reader").subscribe("t", QoS.EXACTLY_ONCE);
    TestClient passing = harness.connect("passing").subscribe("t", QoS.EXACTLY_ONCE);
    TestClient publisher = harness.resume("publisher");
    harness.disk().takesMillis(10, 10);
    publisher.send(Packets.publish(1, "t", "hello", QoS.EXACTLY_ONCE));
    assertThat(reader.takeAll()).isEmpty();
    assertThat(passing.takeAll()).isEmpty();
    assertThat(publisher.takeAll()).isEmpty();

    harness.advance(10);
    assertThat(reader.takePayloads()).containsExactly("hello");
    assertThat(passing.takePayloads()).containsExactly("hello");
    assertThat(publisher.take(PubRec.class).packetId()).isEqualTo(1);
  }

  @Test
  void eachStepOfQos2IsStoredBeforeTheNext() {
    TestClient reader = harness.resume("reader").subscribe("t", QoS.EXACTLY_ONCE);
    TestClient publisher = harness.resume("publisher");
    publisher.send(Packets.publish(1, "t", "hello", QoS.EXACTLY_ONCE));
    publisher.take(PubRec.class);
    int id = reader.takePublish().packetId();
    harness.disk().takesMillis(10, 10);

    publisher.send(Packets.pubRel(1));
    reader.send(Packets.pubRec(id));
    assertThat(publisher.takeAll()).isEmpty();
    assertThat(reader.takeAll()).isEmpty();
    harness.advance(20);
    assertThat(publisher.take(PubComp.class).packetId()).isEqualTo(1);
    assertThat(reader.take(PubRel.class).packetId()).isEqualTo(id);
  }

  // ---- what comes back

  @Test
  @Normative({MQTT5_4_1_0_1, MQTT3_4_1_0_1})
  void sessionsSubscriptionsMessagesAndRetainedMessagesAreThereAgain() {
    harness.resume("reader").subscribe("t/#", QoS.AT_LEAST_ONCE).lose();
    TestClient publisher = harness.connect("publisher");
    publisher.send(Packets.publish(1, "t/1", "one", QoS.AT_LEAST_ONCE));
    publisher.send(Packets.publish(2, "t/2", "two", QoS.EXACTLY_ONCE));
    publisher.send(Packets.publish("t/r", "retained").retain().build());
    harness.restart();

    TestClient reader = harness.resumeWithMessages("reader");
    assertThat(reader.takePayloads()).containsExactly("one", "two");
    harness.connect("publisher").publish("t/3", "three");
    assertThat(reader.takePayloads()).containsExactly("three");
    TestClient newcomer = harness.connect("newcomer");
    newcomer.send(Packets.subscribe(1, "t/r", QoS.AT_MOST_ONCE));
    newcomer.takeFirst(SubAck.class);
    assertThat(newcomer.takePayloads()).containsExactly("retained");
  }

  @Test
  @Normative({MQTT5_4_4_0_1, MQTT3_4_4_0_1, MQTT5_3_3_1_1})
  void whatWasSentIsSentAgainUnderItsIdentifier() {
    TestClient reader = harness.resume("reader").subscribe("t", QoS.EXACTLY_ONCE);
    TestClient publisher = harness.connect("publisher");
    publisher.send(Packets.publish(1, "t", "one", QoS.AT_LEAST_ONCE));
    publisher.send(Packets.publish(2, "t", "two", QoS.EXACTLY_ONCE));
    List<Publish> before = reader.takePublishes();
    harness.restart();

    List<Publish> after = harness.resumeWithMessages("reader").takePublishes();
    assertThat(after).extracting(Publish::dup).containsExactly(true, true);
    assertThat(after)
        .extracting(Publish::packetId)
        .isEqualTo(before.stream().map(Publish::packetId).toList());
  }

  @Test
  @Normative({MQTT5_4_3_3_10, MQTT5_4_3_3_4})
  void bothSidesOfQos2GoOnWhereTheyWere() {
    TestClient reader = harness.resume("reader").subscribe("t", QoS.EXACTLY_ONCE);
    TestClient publisher = harness.resume("publisher");
    publisher.send(Packets.publish(1, "t", "hello", QoS.EXACTLY_ONCE));
    publisher.take(PubRec.class);
    int id = reader.takePublish().packetId();
    reader.send(Packets.pubRec(id));
    reader.take(PubRel.class);
    harness.restart();

    reader = harness.resumeWithMessages("reader");
    assertThat(reader.take(PubRel.class).packetId()).isEqualTo(id);
    reader.send(Packets.pubComp(id));
    publisher = harness.resume("publisher");
    publisher.send(Packets.publish(1, "t", "hello", QoS.EXACTLY_ONCE)); // it may send it again
    assertThat(publisher.take(PubRec.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    publisher.send(Packets.pubRel(1));
    publisher.take(PubComp.class);
    assertThat(reader.takeAll()).isEmpty();
    publisher.send(Packets.publish(1, "t", "next", QoS.EXACTLY_ONCE)); // the identifier is free
    assertThat(reader.takePayloads()).containsExactly("next");
  }

  /** Or the next message under it would seem old, and be acknowledged and go to nobody. */
  @Test
  void anIdentifierThatAnOlderClientHasForgottenIsFreeAfterACrashToo() {
    harness.resume("reader").subscribe("t", QoS.EXACTLY_ONCE).lose();
    Connect older = Packets.connect("c").version(MqttVersion.MQTT_3_1_1).cleanStart(false).build();
    TestClient before = harness.connect(older);
    before.send(Packets.publish(9, "t", "x", QoS.EXACTLY_ONCE)).take(PubRec.class);
    before.lose();
    TestClient again = harness.connect(older);
    again.send(Packets.publish(9, "t", "y", QoS.AT_LEAST_ONCE)).take(PubAck.class);
    harness.restart();

    TestClient after = harness.connect(older);
    after.send(Packets.publish(9, "t", "z", QoS.EXACTLY_ONCE)).take(PubRec.class);
    assertThat(harness.resumeWithMessages("reader").takePayloads())
        .containsExactlyInAnyOrder("x", "y", "z"); // in their order where QoS is the same
  }

  @Test
  void theWillOfASessionThatWasConnectedIsPublished() {
    harness.resume("watcher").subscribe("will", QoS.AT_LEAST_ONCE).lose();
    connectWithWill();
    harness.restart();
    harness.advance(1000);

    assertThat(harness.resumeWithMessages("watcher").takePayloads()).containsExactly("gone");
    harness.restart();
    harness.advance(1000);
    assertThat(harness.session("watcher").queuedMessages()).isEqualTo(1); // not once more
  }

  @Test
  void aWillIsPublishedWhenAllWhoGetItAreThere() {
    int watchers = 20;
    for (int i = 0; i < watchers; i++) {
      harness.resume("watcher" + i).subscribe("will", QoS.AT_LEAST_ONCE).lose();
    }
    connectWithWill();
    harness.advance(1000);
    harness.disk().takesMillis(5, 5); // so the start takes a while
    harness.crash(Crash.LOSES_UNSYNCED);
    harness.advance(1000);
    for (int i = 0; i < watchers; i++) {
      assertThat(harness.session("watcher" + i).queuedMessages()).isEqualTo(1);
    }
  }

  @Test
  @Normative({MQTT5_3_1_2_23})
  void expiryGoesOnWhileTheProcessIsDown() {
    harness.connect(Packets.connect("short").cleanStart(false).expirySeconds(100).build()).lose();
    harness.advanceSeconds(60);
    harness.restart();
    assertThat(harness.broker.sessionCount()).isEqualTo(1);

    harness.advanceSeconds(41);
    assertThat(harness.broker.sessionCount()).isZero();
    harness.restart();
    assertThat(harness.broker.sessionCount()).isZero();
  }

  @Test
  @Normative({MQTT5_3_3_2_5, MQTT5_3_3_2_6})
  void messagesExpireAlsoOnTheDisk() {
    harness.resume("reader").subscribe("t", QoS.AT_LEAST_ONCE).lose();
    TestClient publisher = harness.connect("publisher");
    for (int seconds : new int[] {10, 1000}) {
      publisher.send(
          Packets.publish("t", "for " + seconds)
              .qos(QoS.AT_LEAST_ONCE)
              .packetId(1)
              .with(Property.MESSAGE_EXPIRY_INTERVAL, seconds)
              .build());
    }
    harness.advanceSeconds(20);
    harness.restart();

    Publish left = harness.resumeWithMessages("reader").takePublish();
    assertThat(left.payload().toUtf8()).isEqualTo("for 1000");
    assertThat(left.properties().integer(Property.MESSAGE_EXPIRY_INTERVAL, 0))
        .isBetween(970L, 980L);
  }

  @Test
  void whatWasStoredTooLateToBeSentExpiresToo() {
    TestClient reader = harness.resume("reader").subscribe("t", QoS.AT_LEAST_ONCE);
    harness.disk().takesMillis(10, 10);
    harness
        .connect("publisher")
        .send(
            Packets.publish("t", "for 10")
                .qos(QoS.AT_LEAST_ONCE)
                .packetId(1)
                .with(Property.MESSAGE_EXPIRY_INTERVAL, 10)
                .build());
    reader.lose(); // while it is being stored, with an identifier
    harness.advanceSeconds(20);

    TestClient again = harness.open();
    again.send(Packets.connect("reader").cleanStart(false).expirySeconds(3600).build());
    harness.advance(1000);
    again.take(ConnAck.class);
    assertThat(harness.session("reader").inFlight()).isZero();
  }

  @Test
  void cleanStartIsAcceptedWhenTheEndOfTheSessionInAnotherShardIsStored() {
    BrokerHarness two = BrokerHarness.durable(limits -> limits, 2, 1);
    two.resume("c").lose();
    two.disk().takesMillis(10, 10);
    TestClient client = two.open().send(Packets.connect("c").build());
    assertThat(client.takeAll()).isEmpty();
    two.advance(10);
    assertThat(client.take(ConnAck.class).sessionPresent()).isFalse();
    assertThat(two.broker.sessionCount()).isEqualTo(1);
  }

  @Test
  @Normative({MQTT5_3_1_2_4, MQTT3_3_1_2_6})
  void whatCleanStartEndsDoesNotComeBack() {
    harness.resume("reader").subscribe("t", QoS.AT_LEAST_ONCE).lose();
    publish("t", 10, 100);
    harness.connect("reader");
    harness.restart();

    assertThat(harness.broker.sessionCount()).isZero();
    assertThat(harness.disk().bytes()).isZero();
  }

  @Test
  void unsubscribedIsUnsubscribed() {
    TestClient reader = harness.resume("reader").subscribe("t", QoS.AT_LEAST_ONCE);
    reader.send(Packets.unsubscribe(2, "t"));
    harness.restart();

    assertThat(harness.session("reader").subscriptions()).isEmpty();
  }

  @Test
  void aRetainedMessageThatWasRemovedStaysAway() {
    TestClient publisher = harness.connect("publisher");
    publisher.send(Packets.publish("t", "old").retain().build());
    publisher.send(Packets.publish("t", "").retain().build());
    harness.restart();

    assertThat(harness.broker.retainedCount()).isZero();
    assertThat(harness.disk().bytes()).isZero();
  }

  // ---- queues

  @Test
  void aLongQueueIsOnTheDiskAndComesInOrder() {
    BrokerHarness large =
        BrokerHarness.durable(
            limits -> limits.queueMessages(100_000).queueBytes(1 << 30), TestShards.COUNT, 1);
    large.resume("reader").subscribe("t", QoS.AT_LEAST_ONCE).lose();
    long quiet = large.broker.heldBytes();
    TestClient publisher = large.connect("publisher");
    List<String> sent = IntStream.range(0, 5000).mapToObj(i -> "m" + i).toList();
    sent.forEach(text -> publisher.send(Packets.publish(1, "t", text, QoS.AT_LEAST_ONCE)));
    publisher.lose();
    assertThat(large.session("reader").queuedMessages()).isEqualTo(5000);
    assertThat(large.broker.heldBytes() - quiet).isLessThan(50_000);

    large.restart();
    assertThat(large.session("reader").queuedMessages()).isEqualTo(5000);
    TestClient reader = large.resumeWithMessages("reader");
    List<String> got = new ArrayList<>();
    for (List<Publish> some = reader.takePublishes(); !some.isEmpty(); ) {
      some.forEach(publish -> got.add(publish.payload().toUtf8()));
      some.forEach(publish -> reader.send(Packets.pubAck(publish.packetId())));
      some = reader.takePublishes();
    }
    assertThat(got).isEqualTo(sent);
    large.restart();
    assertThat(large.session("reader").queuedMessages()).isZero();
    assertThat(large.disk().bytes()).isLessThan(500);
  }

  @Test
  void aPayloadIsStoredOnceForAllWhoWait() {
    for (int i = 0; i < 10; i++) {
      harness.resume("reader" + i).subscribe("t", QoS.AT_LEAST_ONCE).lose();
    }
    long before = harness.disk().bytes();
    TestClient publisher = harness.connect("publisher");
    publisher.send(Packets.publish(1, "t", "x".repeat(10_000), QoS.AT_LEAST_ONCE));
    harness.run();
    int copies = TestShards.COUNT; // each shard has its own
    assertThat(harness.disk().bytes() - before).isLessThan(copies * 10_300L + 10 * 200);

    harness.restart();
    for (int i = 0; i < 10; i++) {
      TestClient reader = harness.resumeWithMessages("reader" + i);
      Publish publish = reader.takePublish();
      assertThat(publish.payload().length()).isEqualTo(10_000);
      reader.send(Packets.pubAck(publish.packetId()));
    }
    harness.run();
    assertThat(harness.disk().bytes()).isLessThan(10 * 300);
  }

  @Test
  void whatAnEndedSessionHasLeftTakesNothingFromOthers() {
    int messages = 300;
    List<String> readers =
        IntStream.range(0, 4)
            .mapToObj(i -> "reader" + i)
            .sorted(Comparator.comparingInt(RecordKeys::bucket))
            .toList(); // as a start reads them: the ended one before those that need the same
    for (int millis = 0; millis < 60; millis += 4) {
      BrokerHarness crashing = BrokerHarness.durable();
      for (String reader : readers) {
        crashing.resume(reader).subscribe("t", QoS.AT_LEAST_ONCE).lose();
      }
      TestClient publisher = crashing.connect("publisher");
      for (int i = 0; i < messages; i++) {
        publisher.send(Packets.publish(1, "t", "x".repeat(1000), QoS.AT_LEAST_ONCE));
      }
      crashing.restart(); // all is on the disk only
      crashing.disk().takesMillis(3, 3);
      // ends the session that was there, page by page
      crashing.open().send(Packets.connect(readers.get(0)).build());
      crashing.advance(millis);
      crashing.crash(Crash.LOSES_UNSYNCED);
      crashing.advance(1000);
      crashing.disk().takesMillis(0, 0);
      for (String each : readers.subList(1, readers.size())) {
        TestClient reader = crashing.resumeWithMessages(each);
        crashing.advance(1000);
        assertThat(reader.takePublishes()).as("crash after %s ms", millis).hasSize(messages);
      }
    }
  }

  @Test
  void whatWasBeingStoredWhenItsMemberWentGoesToAnother() {
    TestClient away = harness.resume("away").subscribe("$share/g/t", QoS.AT_LEAST_ONCE);
    TestClient other = harness.connect("other");
    harness.disk().takesMillis(10, 10);
    harness.connect("publisher").send(Packets.publish(1, "t", "x", QoS.AT_LEAST_ONCE));
    away.lose();
    harness.advance(100);
    other.send(Packets.subscribe(1, "$share/g/t", QoS.AT_LEAST_ONCE));
    harness.advance(100);
    other.takeFirst(SubAck.class);
    assertThat(other.takePublishes()).hasSize(1);
  }

  @Test
  void messagesOfASharedSubscriptionGoToAnotherMemberAfterTheStart() {
    harness.resume("away").subscribe("$share/g/t", QoS.AT_LEAST_ONCE).lose();
    publish("t", 5, 10);
    harness.restart();

    TestClient other = harness.connect("other");
    other.send(Packets.subscribe(1, "$share/g/t", QoS.AT_LEAST_ONCE));
    other.takeFirst(SubAck.class);
    assertThat(other.takePublishes()).hasSize(5);
    harness.restart();
    assertThat(harness.session("away").queuedMessages()).isZero();
  }

  // ---- a full disk

  @Test
  void onAFullDiskOnlyWhatNeedsItIsRefused() {
    harness.resume("reader").subscribe("kept", QoS.AT_LEAST_ONCE).lose();
    TestClient passing = harness.connect("passing").subscribe("#", QoS.AT_LEAST_ONCE);
    TestClient publisher = harness.connect("publisher");
    harness.disk().capacityBytes(1);

    publisher.send(Packets.publish(1, "kept", "1", QoS.AT_LEAST_ONCE));
    assertThat(publisher.take(PubAck.class).reasonCode()).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    publisher.send(Packets.publish(2, "passing", "2", QoS.AT_LEAST_ONCE));
    assertThat(publisher.take(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
    publisher.publish("kept", "3");
    assertThat(passing.takePayloads()).containsExactly("2", "3");
    assertThat(connect("newcomer")).isEqualTo(ReasonCode.QUOTA_EXCEEDED);
    assertThat(connect("reader")).isEqualTo(ReasonCode.SUCCESS);

    harness.disk().capacityBytes(Long.MAX_VALUE);
    publisher.send(Packets.publish(1, "kept", "1", QoS.AT_LEAST_ONCE));
    assertThat(publisher.take(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void anOlderPublisherIsSentAwayByAFullDisk() {
    harness.resume("reader").subscribe("kept", QoS.AT_LEAST_ONCE).lose();
    TestClient publisher =
        harness.connect(Packets.connect("old").version(MqttVersion.MQTT_3_1_1).build());
    harness.disk().capacityBytes(1);
    publisher.send(Packets.publish(1, "kept", "1", QoS.AT_LEAST_ONCE));

    assertThat(publisher.takeAll()).isEmpty();
    assertThat(publisher.isClosed()).isTrue();
  }

  @Test
  void whatCouldNotBeStoredIsNotAcknowledgedUntilItIs() {
    harness.resume("reader").subscribe("t", QoS.AT_LEAST_ONCE).lose();
    TestClient publisher = harness.connect("publisher");
    harness.disk().failSync(1);
    publisher.send(Packets.publish(1, "t", "hello", QoS.AT_LEAST_ONCE));
    assertThat(publisher.takeAll()).isEmpty();
    assertThat(connect("reader")).isEqualTo(ReasonCode.QUOTA_EXCEEDED); // it could not go on

    harness.advance(1000);
    assertThat(publisher.take(PubAck.class).reasonCode()).isEqualTo(ReasonCode.SUCCESS);
  }

  @Test
  void aCrashBeforeTheSyncLosesOnlyWhatWasNotAcknowledged() {
    harness.resume("reader").subscribe("t", QoS.AT_LEAST_ONCE).lose();
    publish("t", 3, 10);
    harness.disk().takesMillis(10, 10);
    harness.connect("publisher").send(Packets.publish(1, "t", "late", QoS.AT_LEAST_ONCE));
    harness.crash(Crash.LOSES_UNSYNCED);

    assertThat(harness.session("reader").queuedMessages()).isEqualTo(3);
  }

  private void connectWithWill() {
    harness.connect(
        Packets.connect("dying")
            .cleanStart(false)
            .expirySeconds(3600)
            .will("will", "gone", QoS.AT_LEAST_ONCE, false, Properties.EMPTY)
            .build());
  }

  private ReasonCode connect(String clientId) {
    TestClient client = harness.open();
    client.send(Packets.connect(clientId).cleanStart(false).expirySeconds(3600).build());
    return client.takeFirst(ConnAck.class).reasonCode();
  }

  private void publish(String topic, int count, int bytes) {
    TestClient publisher = harness.connect("publisher");
    for (int i = 0; i < count; i++) {
      publisher.send(Packets.publish(1, topic, "x".repeat(bytes), QoS.AT_LEAST_ONCE));
    }
    publisher.lose();
  }
}
