package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.engine.ShardExchange;
import io.culvert.engine.ShardLink;
import io.culvert.engine.Wake;
import io.culvert.mqtt.session.HeldBytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits on the way to another shard. */
class PeersTest {
  private static final Bytes FRAME = Bytes.wrap(new byte[1000]);

  private final HeldBytes held = new HeldBytes();
  private final Peers peers = new Peers(place(), held);
  private final List<Bytes> arrived = new ArrayList<>();

  @Test
  void whatALinkDoesNotTakeCountsAsHeldUntilItDoes() {
    ShardExchange exchange = new ShardExchange(/* maximumWaitingFrames= */ 2, 1 << 20);
    ShardLink link = exchange.add(receiver(), Wake.NOBODY);
    exchange.add(receiver(), Wake.NOBODY);
    peers.join(link);

    peers.send(1, FRAME);
    peers.send(1, FRAME);
    assertThat(held.bytes()).isZero();
    peers.send(1, FRAME);
    peers.send(1, FRAME);
    peers.send(1, FRAME);
    assertThat(held.bytes()).isBetween(3000L, 3300L);

    for (int turn = 0; turn < 5; turn++) {
      link.flush();
      exchange.turn(1, 0);
      exchange.turn(0, 0);
    }
    assertThat(arrived).hasSize(5);
    assertThat(held.bytes()).isZero();
  }

  @Test
  void whoeverHasMessagesRetainedBehindAFullLinkIsNotRead() {
    BrokerHarness two = BrokerHarness.ofShards(2);
    TestClient publisher = two.connect("publisher");
    two.broker.bySteps(true);
    for (int i = 0; i < 100; i++) { // to topics of which half belong to the other shard
      publisher.send(Packets.publish("t/" + i, "x").retain().build());
    }
    assertThat(publisher.server.publisher().isHeld()).isTrue();
    two.broker.bySteps(false);
    two.run();
    assertThat(publisher.server.publisher().isHeld()).isFalse();
    assertThat(two.broker.retainedCount()).isEqualTo(100);
  }

  private ShardLink.Receiver receiver() {
    return new ShardLink.Receiver() {
      @Override
      public void received(int peer, Bytes frame, long nowMillis) {
        arrived.add(frame);
      }

      @Override
      public void room(int peer, long nowMillis) {
        peers.room(peer);
      }
    };
  }

  private static ShardPlace place() {
    return new ShardPlace(
        0,
        2,
        ClientDirectory.of(new HashMap<>()),
        TakeOvers.of(new HashMap<>(), 0, 0),
        Quota.local(),
        Quota.local(),
        Quota.local(),
        Quota.local(),
        CommonRecords.of(new HashMap<>()));
  }
}
