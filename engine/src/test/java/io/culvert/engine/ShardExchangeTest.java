package io.culvert.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.testkit.ShardLinkContract;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShardExchangeTest extends ShardLinkContract {
  private final ShardExchange exchange = new ShardExchange(MAXIMUM_FRAMES, MAXIMUM_BYTES);
  private final List<ShardLink> links = new ArrayList<>();
  private final Set<Integer> held = new HashSet<>();
  private int wakes;
  private boolean moved;

  @Override
  protected List<ShardLink> join(List<? extends ShardLink.Receiver> receivers) {
    receivers.forEach(receiver -> links.add(exchange.add(receiver, this::woken)));
    return links;
  }

  @Override
  protected void at(int shard, Runnable action) {
    action.run();
    links.get(shard).flush();
  }

  @Override
  protected void hold(int shard) {
    held.add(shard);
  }

  @Override
  protected void release(int shard) {
    held.remove(shard);
    moved = true;
  }

  @Override
  protected void settle() {
    moved = true;
    while (moved) {
      moved = false;
      for (int shard = 0; shard < links.size(); shard++) {
        if (!held.contains(shard)) {
          exchange.turn(shard, 0);
          links.get(shard).flush();
        }
      }
    }
  }

  @Test
  void framesCrossWithTheFlushAndArriveInTheTurn() {
    send(0, 1, "a");
    exchange.turn(1, 0);
    assertThat(seen(1)).isEmpty();

    links.get(0).flush();
    assertThat(seen(1)).isEmpty();
    assertThat(wakes).isEqualTo(1);

    exchange.turn(1, 0);
    assertThat(seen(1)).containsExactly("0:a");
  }

  @Test
  void whatAReceiverSendsArrivesInALaterTurn() {
    whenReceived(
        1,
        text -> {
          send(1, 0, "re " + text);
          links.get(1).flush();
        });
    at(0, () -> send(0, 1, "a"));
    exchange.turn(1, 0);
    assertThat(seen(0)).isEmpty();

    exchange.turn(0, 0);
    assertThat(seen(0)).containsExactly("1:re a");
  }

  private void woken() {
    wakes++;
    moved = true;
  }
}
