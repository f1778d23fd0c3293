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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * The line to the subscriber is cut again and again while messages are under way, and both ends
 * remember the session: QoS 1 arrives at least once, QoS 2 exactly once, nothing out of order.
 *
 * <p>Two clients are left out: Vert.x's remembers no session, and Paho's at times waits for ever
 * when it connects again after a loss with messages under way, with any broker.
 */
@BlackBox
class ReconnectInteropIT {

  private static final int ROUNDS = 5;
  private static final int EACH_ROUND = 200;

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_ANY,
      names = {"HIVEMQ_.*", "MQTTJS_.*"})
  void qos2ArrivesExactlyOnceOverManyCuts(PeerKind kind, Scene scene) {
    List<String> received = receivedOverCuts(kind, scene, 2);
    assertThat(received).containsExactlyElementsOf(sent(scene, 2));
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_ANY,
      names = {"HIVEMQ_.*", "MQTTJS_.*"})
  void qos1ArrivesAtLeastOnceOverManyCuts(PeerKind kind, Scene scene) {
    List<String> received = receivedOverCuts(kind, scene, 1);
    assertThat(received.stream().distinct().toList())
        .as("first copies")
        .containsExactlyElementsOf(sent(scene, 1));
  }

  /** Publishes in the background, cuts in the middle of each round, and collects up to the last. */
  private static List<String> receivedOverCuts(PeerKind kind, Scene scene, int qos) {
    Relay relay = scene.relay(kind);
    Peer subscriber = scene.peer(kind, "sub", relay, null);
    subscriber.connect(SessionKind.DURABLE);
    subscriber.subscribe(scene.topic("rounds/+"), qos);
    Peer publisher = scene.peer(PeerKind.HIVEMQ_5, "pub");
    publisher.connect(SessionKind.CLEAN);

    List<String> received = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      Burst burst = round(scene, round, qos);
      CompletableFuture<Void> published =
          CompletableFuture.runAsync(() -> burst.publishFrom(publisher));
      received.addAll(subscriber.inbox().nextTexts(EACH_ROUND / 2));
      relay.cut();
      Await.result("the subscriber notices", subscriber.ended());
      assertThat(subscriber.connect(SessionKind.DURABLE)).as("session present").isTrue();
      Await.result("the round is published", published);
    }
    Message end = Message.of(scene.topic("rounds/end"), "end", qos);
    Await.result("published", publisher.publish(end));
    for (String text = next(subscriber); !text.equals("end"); text = next(subscriber)) {
      received.add(text);
    }
    return received;
  }

  private static String next(Peer subscriber) {
    return subscriber.inbox().next().payload().text();
  }

  private static List<String> sent(Scene scene, int qos) {
    List<String> sent = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      sent.addAll(round(scene, round, qos).texts());
    }
    return sent;
  }

  private static Burst round(Scene scene, int round, int qos) {
    return new Burst(scene.topic("rounds/" + round), "round " + round, qos, EACH_ROUND);
  }
}
