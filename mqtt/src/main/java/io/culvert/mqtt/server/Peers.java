package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.engine.ShardLink;
import io.culvert.mqtt.session.HeldBytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way to the other shards. What a link does not take now waits here, in its order, and whoever
 * publishes through a link that is full is not read until there is room again: so what waits is
 * bounded by one message for each connection, and nothing is ever dropped on the way. It counts as
 * memory that clients hold.
 */
final class Peers {
  /** The frame itself and its place in the queue. */
  private static final int FRAME_BYTES = 64;

  private final ShardPlace place;
  private final HeldBytes heldBytes;
  private final List<Lane> lanes = new ArrayList<>();
  private @Nullable ShardLink link;

  Peers(ShardPlace place, HeldBytes heldBytes) {
    this.place = place;
    this.heldBytes = heldBytes;
    for (int peer = 0; peer < place.count(); peer++) {
      lanes.add(new Lane());
    }
  }

  void join(ShardLink joined) {
    link = joined;
  }

  ShardPlace place() {
    return place;
  }

  void send(int peer, Bytes frame) {
    Lane lane = lanes.get(peer);
    if (!lane.waiting.isEmpty() || !link().send(peer, frame)) {
      lane.waiting.add(frame);
      heldBytes.add(FRAME_BYTES + frame.length());
    }
  }

  void sendToAll(Bytes frame) {
    for (int peer = 0; peer < place.count(); peer++) {
      if (peer != place.number()) {
        send(peer, frame);
      }
    }
  }

  /** Stops reading a publisher if what it has just sent there has to wait. */
  void slowDown(int peer, @Nullable LocalPublisher publisher) {
    Lane lane = lanes.get(peer);
    if (publisher != null && !lane.waiting.isEmpty()) {
      lane.hold(publisher);
    }
  }

  void room(int peer) {
    lanes.get(peer).drain(peer);
  }

  private ShardLink link() {
    return Objects.requireNonNull(link, "not joined to the other shards");
  }

  /** What waits for one peer, and who waits for that. */
  private final class Lane implements Holder {
    private final ArrayDeque<Bytes> waiting = new ArrayDeque<>(0);
    private final List<LocalPublisher> held = new ArrayList<>(0);

    void hold(LocalPublisher publisher) {
      if (publisher.holdShortly(this)) {
        held.add(publisher);
      }
    }

    void drain(int peer) {
      while (!waiting.isEmpty() && link().send(peer, waiting.element())) {
        heldBytes.add(-FRAME_BYTES - waiting.remove().length());
      }
      if (waiting.isEmpty()) {
        List<LocalPublisher> free = List.copyOf(held);
        held.clear();
        free.forEach(LocalPublisher::release);
      }
    }

    @Override
    public void expired(long nowMillis) {
      throw new IllegalStateException("a link has no deadline");
    }

    @Override
    public void forget(Publisher publisher) {
      held.remove(publisher);
    }
  }
}
