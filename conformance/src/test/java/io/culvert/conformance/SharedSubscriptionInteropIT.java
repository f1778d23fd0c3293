package io.culvert.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.conformance.peer.Message;
import io.culvert.conformance.peer.Peer;
import io.culvert.conformance.peer.PeerKind;
import io.culvert.conformance.peer.SessionKind;
import io.culvert.conformance.scene.BlackBox;
import io.culvert.conformance.scene.Burst;
import io.culvert.conformance.scene.Scene;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A group shares the work; whoever is not in it hears everything. */
@BlackBox
class SharedSubscriptionInteropIT {

  private static final int MESSAGES = 300;
  private static final int MEMBERS = 3;

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

  private static String next(Peer member) {
    return member.inbox().next().payload().text();
  }

  private static Peer connected(PeerKind kind, Scene scene, String name) {
    Peer peer = scene.peer(kind, name);
    peer.connect(SessionKind.CLEAN);
    return peer;
  }
}
