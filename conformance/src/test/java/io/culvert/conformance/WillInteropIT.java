package io.culvert.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.conformance.broker.Relay;
import io.culvert.conformance.peer.Message;
import io.culvert.conformance.peer.Peer;
import io.culvert.conformance.peer.PeerKind;
import io.culvert.conformance.peer.SessionKind;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Scene;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Will messages: sent when a connection is lost, and only then. */
@BlackBox
class WillInteropIT {

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void aCutConnectionSendsTheWill(PeerKind kind, Scene scene) {
    Peer watcher = watcher(kind, scene);
    Message will = Message.of(scene.topic("will"), "lost \u2013 w\u00e4re sch\u00f6n", 1);
    Relay relay = scene.relay(kind);
    Peer device = scene.peer(kind, "device", relay, will);
    device.connect(SessionKind.CLEAN);

    relay.cut();

    assertThat(watcher.inbox().next()).isEqualTo(will);
    assertThat(Await.result("the device notices", device.ended())).isEqualTo(Peer.NO_REASON_CODE);
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void aRetainedWillStays(PeerKind kind, Scene scene) {
    Peer watcher = watcher(kind, scene);
    Message will = Message.of(scene.topic("will"), "lost", 2).retained();
    Relay relay = scene.relay(kind);
    Peer device = scene.peer(kind, "device", relay, will);
    device.connect(SessionKind.CLEAN);

    relay.cut();

    assertThat(watcher.inbox().next()).isEqualTo(Message.of(will.topic(), "lost", 2));
    Peer late = scene.peer(kind, "late");
    late.connect(SessionKind.CLEAN);
    late.subscribe(will.topic(), 2);
    assertThat(late.inbox().next()).isEqualTo(will);
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void aCleanDisconnectSendsNone(PeerKind kind, Scene scene) {
    Peer watcher = watcher(kind, scene);
    Relay relay = scene.relay(kind);
    Peer device = scene.peer(kind, "device", relay, Message.of(scene.topic("will"), "lost", 1));
    device.connect(SessionKind.CLEAN);

    device.disconnect();
    relay.awaitClosedByBroker();

    Message after = Message.of(scene.topic("will"), "after", 1);
    Await.result("published", watcher.publish(after));
    assertThat(watcher.inbox().next()).isEqualTo(after);
  }

  private static Peer watcher(PeerKind kind, Scene scene) {
    Peer watcher = scene.peer(kind, "watcher");
    watcher.connect(SessionKind.CLEAN);
    watcher.subscribe(scene.topic("will"), 2);
    return watcher;
  }
}
