package io.culvert.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.conformance.broker.Relay;
import io.culvert.conformance.peer.Message;
import io.culvert.conformance.peer.Peer;
import io.culvert.conformance.peer.PeerKind;
import io.culvert.conformance.peer.SessionKind;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Burst;
import io.culvert.conformance.scene.Scene;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions that outlive their connection, and connections that lose theirs to another. */
@BlackBox
class SessionInteropIT {

  private static final int SESSION_TAKEN_OVER = 0x8E;
  private static final int WHILE_AWAY = 100;

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void messagesPublishedWhileAwayArriveInOrder(PeerKind kind, Scene scene) {
    Peer subscriber = scene.peer(kind, "sub");
    assertThat(subscriber.connect(SessionKind.DURABLE)).isFalse();
    subscriber.subscribe(scene.topic("one"), 1);
    subscriber.subscribe(scene.topic("two"), 2);
    subscriber.disconnect();

    Burst one = new Burst(scene.topic("one"), 1, WHILE_AWAY);
    Burst two = new Burst(scene.topic("two"), 2, WHILE_AWAY);
    Peer publisher = publisher(kind, scene);
    one.publishFrom(publisher);
    two.publishFrom(publisher);

    assertThat(subscriber.connect(SessionKind.DURABLE)).as("session present").isTrue();
    assertThat(subscriber.inbox().nextTexts(WHILE_AWAY)).isEqualTo(one.texts());
    assertThat(subscriber.inbox().nextTexts(WHILE_AWAY)).isEqualTo(two.texts());
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void aCutConnectionLosesNothing(PeerKind kind, Scene scene) {
    Relay relay = scene.relay(kind);
    Peer subscriber = scene.peer(kind, "sub", relay, null);
    subscriber.connect(SessionKind.DURABLE);
    subscriber.subscribe(scene.topic("t"), 1);
    relay.cut();
    Await.result("the subscriber notices", subscriber.ended());

    Burst burst = new Burst(scene.topic("t"), 1, WHILE_AWAY);
    burst.publishFrom(publisher(kind, scene));

    assertThat(subscriber.connect(SessionKind.DURABLE)).as("session present").isTrue();
    assertThat(subscriber.inbox().nextTexts(WHILE_AWAY)).containsExactlyElementsOf(burst.texts());
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void aCleanStartForgetsTheSession(PeerKind kind, Scene scene) {
    Peer subscriber = scene.peer(kind, "sub");
    subscriber.connect(SessionKind.DURABLE);
    subscriber.subscribe(scene.topic("t"), 1);
    subscriber.disconnect();
    Peer publisher = publisher(kind, scene);
    Await.result("published", publisher.publish(Message.of(scene.topic("t"), "missed", 1)));

    Peer second = scene.peer(kind, "sub");
    assertThat(second.connect(SessionKind.CLEAN)).as("session present").isFalse();
    Await.result("published", publisher.publish(Message.of(scene.topic("t"), "unheard", 1)));
    second.subscribe(scene.topic("t"), 1);
    Await.result("published", publisher.publish(Message.of(scene.topic("t"), "heard", 1)));
    assertThat(second.inbox().next().payload().text()).isEqualTo("heard");

    second.disconnect();
    Peer third = scene.peer(kind, "sub");
    assertThat(third.connect(SessionKind.DURABLE)).as("session present").isFalse();
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void theSameClientIdentifierTakesOver(PeerKind kind, Scene scene) {
    Peer first = scene.peer(kind, "same");
    first.connect(SessionKind.DURABLE);
    first.subscribe(scene.topic("t"), 1);

    Peer second = scene.peer(kind, "same");
    assertThat(second.connect(SessionKind.DURABLE)).as("session present").isTrue();

    assertThat(Await.result("the first is told", first.ended()))
        .isEqualTo(kind.isMqtt5() ? SESSION_TAKEN_OVER : Peer.NO_REASON_CODE);
    Message message = Message.of(scene.topic("t"), "for the second", 1);
    Await.result("published", second.publish(message));
    assertThat(second.inbox().next()).isEqualTo(message);
  }

  private static Peer publisher(PeerKind kind, Scene scene) {
    Peer publisher = scene.peer(kind, "pub");
    publisher.connect(SessionKind.CLEAN);
    return publisher;
  }
}
