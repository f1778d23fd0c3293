package io.culvert.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.conformance.peer.Message;
import io.culvert.conformance.peer.Payload;
import io.culvert.conformance.peer.Peer;
import io.culvert.conformance.peer.PeerKind;
import io.culvert.conformance.peer.SessionKind;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Scene;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Retained messages as every client sees them. */
@BlackBox
class RetainedInteropIT {

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void aNewSubscriberGetsTheLatestWithTheFlag(PeerKind kind, Scene scene) {
    Peer publisher = connected(kind, scene, "pub");
    for (int qos = 0; qos <= 2; qos++) {
      Message first = Message.of(scene.topic("state/" + qos), "first", qos).retained();
      Message second = Message.of(scene.topic("state/" + qos), "second", qos).retained();
      Await.result("published", publisher.publish(first));
      Await.result("published", publisher.publish(second));
      if (qos == 0) {
        barrier(publisher, scene);
      }
      Peer subscriber = connected(kind, scene, "sub" + qos);
      subscriber.subscribe(second.topic(), 2);
      assertThat(subscriber.inbox().next()).isEqualTo(second);
    }
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void anOldSubscriberGetsItWithoutTheFlag(PeerKind kind, Scene scene) {
    Peer peer = connected(kind, scene, "client");
    peer.subscribe(scene.topic("state"), 1);
    Await.result("published", peer.publish(Message.of(scene.topic("state"), "on", 1).retained()));
    assertThat(peer.inbox().next()).isEqualTo(Message.of(scene.topic("state"), "on", 1));
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void anEmptyPayloadClearsIt(PeerKind kind, Scene scene) {
    Peer publisher = connected(kind, scene, "pub");
    String cleared = scene.topic("states/a");
    Message kept = Message.of(scene.topic("states/b"), "kept", 1).retained();
    Await.result("published", publisher.publish(Message.of(cleared, "gone", 1).retained()));
    Await.result("published", publisher.publish(kept));
    Await.result(
        "published", publisher.publish(Message.of(cleared, Payload.empty(), 1).retained()));

    Peer subscriber = connected(kind, scene, "sub");
    subscriber.subscribe(scene.topic("states/+"), 1);
    Message live = Message.of(scene.topic("states/c"), "live", 1);
    Await.result("published", publisher.publish(live));

    // Order is promised for each topic only.
    assertThat(subscriber.inbox().next(2)).containsExactlyInAnyOrder(kept, live);
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void aWildcardBringsAllOfThem(PeerKind kind, Scene scene) {
    Peer publisher = connected(kind, scene, "pub");
    List<Message> retained =
        List.of(
            Message.of(scene.topic("home/kitchen/light"), "on", 1).retained(),
            Message.of(scene.topic("home/kitchen"), "warm", 1).retained(),
            Message.of(scene.topic("home/attic/light"), "off", 2).retained());
    retained.forEach(message -> Await.result("published", publisher.publish(message)));

    Peer subscriber = connected(kind, scene, "sub");
    subscriber.subscribe(scene.topic("home/#"), 2);
    assertThat(subscriber.inbox().next(3)).containsExactlyInAnyOrderElementsOf(retained);
    subscriber.subscribe(scene.topic("home/+/light"), 2);
    assertThat(subscriber.inbox().next(2))
        .containsExactlyInAnyOrder(retained.get(0), retained.get(2));
  }

  /**
   * All that the publisher sent before has been worked on when its QoS 1 message is acknowledged.
   */
  private static void barrier(Peer publisher, Scene scene) {
    Await.result("barrier", publisher.publish(Message.of(scene.topic("barrier"), "x", 1)));
  }

  private static Peer connected(PeerKind kind, Scene scene, String name) {
    Peer peer = scene.peer(kind, name);
    peer.connect(SessionKind.CLEAN);
    return peer;
  }
}
