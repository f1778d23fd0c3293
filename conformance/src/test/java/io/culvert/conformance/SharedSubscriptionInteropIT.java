package io.culvert.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.conformance.broker.Relay;
import io.culvert.conformance.peer.Inbox;
import io.culvert.conformance.peer.Message;
import io.culvert.conformance.peer.Peer;
import io.culvert.conformance.peer.PeerKind;
import io.culvert.conformance.peer.SessionKind;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Burst;
import io.culvert.conformance.scene.Scene;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * A group shares the work; whoever is not in it hears everything. What a member has not done when
 * its line is cut, the others do.
 */
@BlackBox
class SharedSubscriptionInteropIT {

  private static final int MESSAGES = 300;
  private static final int MEMBERS = 3;
  private static final int FLOOD = 3_000;

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ALL, names = ".*_5.*")
  void eachMessageGoesToOneMember(PeerKind kind, Scene scene) {
    List<Peer> members = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      Peer member = connected(kind, scene, "member" + i);
      member.subscribe("$share/group/" + scene.topic("jobs"), 1);
      member.subscribe(scene.topic("end"), 1);
      members.add(member);
    }
    Peer outsider = connected(kind, scene, "outsider");
    outsider.subscribe(scene.topic("jobs"), 1);
    Peer publisher = connected(kind, scene, "pub");
    Burst jobs = new Burst(scene.topic("jobs"), 1, MESSAGES);

    jobs.publishFrom(publisher);
    Await.result("published", publisher.publish(Message.of(scene.topic("end"), "end", 1)));

    List<String> done = new ArrayList<>();
    for (Peer member : members) {
      for (String text = next(member); !text.equals("end"); text = next(member)) {
        done.add(text);
      }
    }
    assertThat(done).containsExactlyInAnyOrderElementsOf(jobs.texts());
    assertThat(outsider.inbox().nextTexts(MESSAGES)).isEqualTo(jobs.texts());
  }

  @ParameterizedTest
  @CsvSource({"HIVEMQ_5,CLEAN", "HIVEMQ_5,DURABLE", "MQTTJS_5,CLEAN", "MQTTJS_5_WS,DURABLE"})
  void nothingIsLostWhenAMemberIsLostInTheMiddleOfAFlood(
      PeerKind kind, SessionKind session, Scene scene) {
    Relay relay = scene.relay(kind);
    Peer lost = scene.peer(kind, "lost", relay, null);
    lost.connect(session);
    Peer stays = scene.peer(kind, "stays");
    stays.connect(SessionKind.CLEAN);
    for (Peer member : List.of(lost, stays)) {
      member.subscribe("$share/group/" + scene.topic("flood"), 1);
    }
    Burst flood = new Burst(scene.topic("flood"), 1, FLOOD);
    Peer publisher = connected(PeerKind.HIVEMQ_5, scene, "pub");
    CompletableFuture<Void> published =
        CompletableFuture.runAsync(() -> flood.publishFrom(publisher));

    Set<String> missing = new HashSet<>(flood.texts());
    lost.inbox().nextTexts(100).forEach(missing::remove);
    relay.cut();
    Await.result("the member notices", lost.ended());
    List<Inbox> inboxes = List.of(stays.inbox(), lost.inbox()); // some have come before the cut
    while (!missing.isEmpty()) {
      missing.remove(Inbox.nextOf(inboxes).payload().text());
    }
    Await.result("published", published);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_ANY,
      names = {"HIVEMQ_5", "MQTTJS_5"})
  void qos2IsDoneOnceAlthoughAMemberIsLostAndComesBack(PeerKind kind, Scene scene) {
    Relay relay = scene.relay(kind);
    Peer lost = scene.peer(kind, "lost", relay, null);
    Peer stays = scene.peer(kind, "stays");
    for (Peer member : List.of(lost, stays)) {
      member.connect(SessionKind.DURABLE);
      member.subscribe("$share/group/" + scene.topic("flood"), 2);
      member.subscribe(scene.topic("end"), 2);
    }
    Burst flood = new Burst(scene.topic("flood"), 2, FLOOD);
    Peer publisher = connected(PeerKind.HIVEMQ_5, scene, "pub");
    CompletableFuture<Void> published =
        CompletableFuture.runAsync(() -> flood.publishFrom(publisher));

    List<String> done = new ArrayList<>(lost.inbox().nextTexts(100));
    relay.cut();
    Await.result("the member notices", lost.ended());
    Await.result("published", published);
    assertThat(lost.connect(SessionKind.DURABLE)).as("session present").isTrue();
    Await.result("published", publisher.publish(Message.of(scene.topic("end"), "end", 2)));
    for (Peer member : List.of(lost, stays)) {
      for (String text = next(member); !text.equals("end"); text = next(member)) {
        done.add(text);
      }
    }
    assertThat(done).containsExactlyInAnyOrderElementsOf(flood.texts());
  }

  private static String next(Peer member) {
    return member.inbox().next().payload().text();
  }

  private static Peer connected(PeerKind kind, Scene scene, String name) {
    Peer peer = scene.peer(kind, name);
    peer.connect(SessionKind.CLEAN);
    return peer;
  }
}
