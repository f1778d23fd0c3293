package io.culvert.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.Await;
import io.culvert.conformance.broker.CulvertProcess;
import io.culvert.conformance.peer.Message;
import io.culvert.conformance.peer.Payload;
import io.culvert.conformance.peer.Peer;
import io.culvert.conformance.peer.PeerKind;
import io.culvert.conformance.peer.PeerOptions;
import io.culvert.conformance.peer.SessionKind;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import io.culvert.conformance.scene.Burst;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A broker of each test's own on three event loops. The k-th connection over TCP comes to shard k
 * modulo 3, so a test knows who is where.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SeveralShardsIT {
  private static final int SHARDS = 3;
  private static final int SESSION_TAKEN_OVER = 0x8E;
  private static final byte[] SERVER_SHUTTING_DOWN = Hex.bytes("e0018b");

  private final Deque<Peer> peers = new ArrayDeque<>();
  private @Nullable CulvertProcess broker;
  private int connected;

  @BeforeEach
  void start() {
    broker = CulvertProcess.start("several", List.of("-Xmx512m"), List.of("--instances=" + SHARDS));
  }

  @AfterEach
  void stop() {
    try {
      peers.forEach(Peer::close);
    } finally {
      if (broker != null) { // it may not have started
        broker.close();
      }
    }
  }

  @Test
  void messagesCrossBetweenAllShardsInOrder() {
    List<Peer> subscribers = new ArrayList<>();
    List<Peer> publishers = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      subscribers.add(connected("sub" + shard, shard));
    }
    for (int shard = 0; shard < SHARDS; shard++) {
      publishers.add(connected("pub" + shard, shard));
    }
    subscribers.forEach(subscriber -> subscriber.subscribe("t/+", 2));
    List<Burst> bursts =
        List.of(new Burst("t/0", 0, 300), new Burst("t/1", 1, 300), new Burst("t/2", 2, 300));
    CompletableFuture<?>[] publishing =
        Stream.of(0, 1, 2)
            .map(
                shard ->
                    CompletableFuture.runAsync(
                        () -> bursts.get(shard).publishFrom(publishers.get(shard))))
            .toArray(CompletableFuture[]::new);
    for (Peer subscriber : subscribers) {
      List<Message> got = subscriber.inbox().next(900);
      for (Burst burst : bursts) {
        assertThat(
                got.stream()
                    .filter(message -> message.topic().equals(burst.topic()))
                    .map(message -> message.payload().text()))
            .as(burst.topic())
            .isEqualTo(burst.texts());
      }
    }
    Await.result("all published", CompletableFuture.allOf(publishing));
  }

  @Test
  void aSessionWaitsInOneShardAndGoesOnInAnother() {
    Peer subscriber = peer("wanderer");
    connect(subscriber, SessionKind.DURABLE, 0);
    subscriber.subscribe("t/+", 2);
    subscriber.disconnect();
    Peer publisher = connected("pub", 1);
    Burst one = new Burst("t/1", 1, 200);
    Burst two = new Burst("t/2", 2, 200);
    one.publishFrom(publisher);
    two.publishFrom(publisher);

    assertThat(connect(subscriber, SessionKind.DURABLE, 2)).as("session present").isTrue();
    assertThat(subscriber.inbox().nextTexts(200)).isEqualTo(one.texts());
    assertThat(subscriber.inbox().nextTexts(200)).isEqualTo(two.texts());
    Message live = Message.of("t/live", "live", 1);
    Await.result("published", publisher.publish(live));
    assertThat(subscriber.inbox().next()).isEqualTo(live);
  }

  @Test
  void aClientTakesItsSessionOverFromShardToShard() {
    Peer publisher = connected("pub", 0);
    Peer before = peer("same");
    connect(before, SessionKind.DURABLE, 1);
    before.subscribe("t", 2);
    for (int shard : new int[] {2, 0, 1}) {
      Peer next = peer("same");
      assertThat(connect(next, SessionKind.DURABLE, shard)).as("session present").isTrue();
      assertThat(Await.result("the one before is told", before.ended()))
          .isEqualTo(SESSION_TAKEN_OVER);
      Message message = Message.of("t", "for shard " + shard, 0);
      Await.result("published", publisher.publish(message));
      assertThat(next.inbox().next()).isEqualTo(message);
      before = next;
    }
  }

  @Test
  void retainedMessagesAreThoseOfAllShards() {
    List<Message> retained = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      Peer publisher = connected("pub" + shard, shard);
      for (int i = 0; i < 20; i++) {
        Message message = Message.of("state/" + shard + "/" + i, "of " + shard, 1).retained();
        Await.result("published", publisher.publish(message));
        retained.add(message);
      }
    }
    for (int shard = 0; shard < SHARDS; shard++) {
      Peer subscriber = connected("sub" + shard, shard);
      subscriber.subscribe("state/#", 1);
      assertThat(subscriber.inbox().next(retained.size()))
          .containsExactlyInAnyOrderElementsOf(retained);
    }
    Peer clearer = connected("clear", 0);
    for (Message message : retained.subList(1, retained.size())) {
      Await.result(
          "cleared", clearer.publish(Message.of(message.topic(), Payload.empty(), 1).retained()));
    }
    Peer late = connected("late", 1);
    late.subscribe("state/#", 1);
    Message live = Message.of("state/live", "live", 1);
    Await.result("published", clearer.publish(live));
    assertThat(late.inbox().next(2)).containsExactlyInAnyOrder(retained.get(0), live);
  }

  @Test
  void aSharedGroupHasMembersInAllShards() {
    List<Peer> members = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      Peer member = connected("member" + shard, shard);
      member.subscribe("$share/group/jobs", 1);
      member.subscribe("end", 1);
      members.add(member);
    }
    Peer publisher = connected("pub", 0);
    Burst jobs = new Burst("jobs", 1, 300);
    jobs.publishFrom(publisher);
    Await.result("published", publisher.publish(Message.of("end", "end", 1)));

    List<String> done = new ArrayList<>();
    for (Peer member : members) {
      int before = done.size();
      Message next = member.inbox().next();
      while (!next.topic().equals("end")) {
        done.add(next.payload().text());
        next = member.inbox().next();
      }
      assertThat(done.size() - before).as("jobs of one member").isPositive();
    }
    assertThat(done).containsExactlyInAnyOrderElementsOf(jobs.texts());
  }

  @Test
  void clientsOfAllShardsAreToldThatItStops() throws Exception {
    List<RawConnection> clients = new ArrayList<>();
    for (int i = 0; i < 2 * SHARDS; i++) {
      clients.add(RawConnection.connected(broker.mqtt(), 5, "tcp" + i));
      clients.add(RawConnection.connected(broker.webSocket(), 5, "ws" + i));
    }
    broker.close();
    for (RawConnection client : clients) {
      try (client) {
        assertThat(client.expectPacket()).isEqualTo(SERVER_SHUTTING_DOWN);
        assertThat(client.nextPacket()).as("end of stream").isNull();
      }
    }
  }

  private Peer connected(String clientId, int shard) {
    Peer peer = peer(clientId);
    connect(peer, SessionKind.CLEAN, shard);
    return peer;
  }

  /** Connects to a shard, behind as many connections as are needed to be its turn. */
  private boolean connect(Peer peer, SessionKind kind, int shard) {
    while (connected % SHARDS != shard) {
      Peer filler = peer("filler" + connected++);
      filler.connect(SessionKind.CLEAN);
    }
    connected++;
    return peer.connect(kind);
  }

  private Peer peer(String clientId) {
    Peer peer =
        PeerKind.HIVEMQ_5.open(
            new PeerOptions(clientId, broker.mqttAddress(), "/mqtt", null),
            () -> {
              throw new AssertionError("not a client of that kind");
            });
    peers.push(peer);
    return peer;
  }
}
