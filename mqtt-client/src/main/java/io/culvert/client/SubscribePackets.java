package io.culvert.client;

import io.culvert.mqtt.wire.TopicFilter;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/** The SUBSCRIBEs for subscriptions that are asked for together: as few as can be. */
final class SubscribePackets {
  private final IntSupplier unused;
  private final List<Packet> packets = new ArrayList<>();

  /**
   * @param unused gives Subscription Identifiers that nobody has
   */
  SubscribePackets(IntSupplier unused) {
    this.unused = unused;
  }

  /**
   * For a filter that has no identifier yet: that of a packet that is being put together, unless a
   * filter in it overlaps. With a message the server sends the identifier, not the filter, so
   * filters that may both match need two.
   */
  int identifier(TopicFilter filter) {
    for (Packet packet : packets) {
      if (packet.isNew && packet.openings.stream().noneMatch(o -> o.overlaps(filter))) {
        return packet.identifier;
      }
    }
    return added(unused.getAsInt(), /* isNew= */ true).identifier;
  }

  void add(Opening opening) {
    packets.stream()
        .filter(packet -> packet.takes(opening))
        .findFirst()
        .orElseGet(() -> added(opening.wanted.identifier, /* isNew= */ false))
        .openings
        .add(opening);
  }

  /** What each is to carry. */
  List<List<Opening>> all() {
    return packets.stream().map(Packet::openings).toList();
  }

  private Packet added(int identifier, boolean isNew) {
    Packet packet = new Packet(identifier, isNew, new ArrayList<>(1));
    packets.add(packet);
    return packet;
  }

  /**
   * A SUBSCRIBE that is being put together.
   *
   * @param isNew no filter had the identifier before
   */
  private record Packet(int identifier, boolean isNew, List<Opening> openings) {
    /** Twice the same filter would be answered twice, and nobody knew whom. */
    boolean takes(Opening opening) {
      return opening.wanted.identifier == identifier
          && openings.stream().noneMatch(each -> each.wanted == opening.wanted);
    }
  }

  /** A subscription that is being asked for. */
  record Opening(Wanted wanted, Subscription handle, Promise<Subscription> promise) {
    boolean overlaps(TopicFilter other) {
      return handle.request().topicFilter().overlaps(other);
    }
  }
}
