package io.culvert.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.conformance.peer.Message;
import io.culvert.conformance.peer.Peer;
import io.culvert.conformance.peer.PeerKind;
import io.culvert.conformance.peer.SessionKind;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Scene;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Topic names and filters through every client. */
@BlackBox
class TopicInteropIT {

  private static final List<String> NAMES =
      List.of("Stra\u00dfe/\u00fcber", "\u6f22\u5b57", "with space", "a//b", "/");

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void anyUnicodeIsATopic(PeerKind kind, Scene scene) {
    Peer peer = connected(kind, scene);
    List<String> names = new ArrayList<>(NAMES);
    if (kind.knowsAllOfUnicode()) {
      names.add("\ud83d\ude80/\ud83c\udf0d");
    }
    for (String name : names) {
      Message message = Message.of(scene.topic(name), "at " + name, 1);
      peer.subscribe(message.topic(), 1);
      Await.result("published", peer.publish(message));
      assertThat(peer.inbox().next()).isEqualTo(message);
    }
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void wildcardsMatchWholeLevels(PeerKind kind, Scene scene) {
    Peer peer = connected(kind, scene);
    peer.subscribe(scene.topic("s/+/temp"), 1);
    peer.subscribe(scene.topic("all/#"), 1);

    publish(peer, scene, "s/1/hum", "s/temp", "s/1/2/temp", "al", "s/1/temp", "s//temp");
    publish(peer, scene, "all", "all/", "all/1/2/3", "S/1/temp", "s/2/temp");

    List<String> heard = List.of("s/1/temp", "s//temp", "all", "all/", "all/1/2/3", "s/2/temp");
    assertThat(peer.inbox().next(heard.size()))
        .extracting(Message::topic)
        .containsExactlyElementsOf(heard.stream().map(scene::topic).toList());
  }

  @ParameterizedTest
  @EnumSource(PeerKind.class)
  void afterUnsubscribeNothingComes(PeerKind kind, Scene scene) {
    Peer peer = connected(kind, scene);
    peer.subscribe(scene.topic("a"), 1);
    peer.subscribe(scene.topic("b"), 1);
    publish(peer, scene, "a", "b");
    assertThat(peer.inbox().next(2))
        .extracting(Message::topic)
        .containsExactly(scene.topic("a"), scene.topic("b"));

    peer.unsubscribe(scene.topic("a"));
    publish(peer, scene, "a", "b");

    assertThat(peer.inbox().next().topic()).isEqualTo(scene.topic("b"));
    peer.subscribe(scene.topic("a"), 1);
    publish(peer, scene, "a");
    assertThat(peer.inbox().next().topic()).isEqualTo(scene.topic("a"));
  }

  private static void publish(Peer peer, Scene scene, String... topics) {
    for (String topic : topics) {
      Await.result("published", peer.publish(Message.of(scene.topic(topic), topic, 1)));
    }
  }

  private static Peer connected(PeerKind kind, Scene scene) {
    Peer peer = scene.peer(kind, "client");
    peer.connect(SessionKind.CLEAN);
    return peer;
  }
}
