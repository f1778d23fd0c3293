package io.culvert.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Published messages whose exchange with the server has not ended, by Packet Identifier. */
final class UnderWay {
  private static final int FIRST_SIZE = 16;
  private static final int LARGEST_SIZE = 65_536;

  /** Identifiers are small numbers, each in use or soon in use again. */
  private @Nullable Outgoing[] byId = new Outgoing[FIRST_SIZE];

  private int count;

  void put(int packetId, Outgoing outgoing) {
    if (packetId >= byId.length) {
      byId = Arrays.copyOf(byId, Math.min(LARGEST_SIZE, Math.max(packetId + 1, packetId * 2)));
    }
    byId[packetId] = outgoing;
    count++;
  }

  @Nullable Outgoing find(int packetId) {
    return packetId < byId.length ? byId[packetId] : null;
  }

  @Nullable Outgoing take(int packetId) {
    Outgoing outgoing = find(packetId);
    if (outgoing != null) {
      byId[packetId] = null;
      count--;
    }
    return outgoing;
  }

  /** All, in the order of their identifiers. */
  List<Outgoing> takeAll() {
    List<Outgoing> all = new ArrayList<>(count);
    for (Outgoing outgoing : byId) {
      if (outgoing != null) {
        all.add(outgoing);
      }
    }
    Arrays.fill(byId, null);
    count = 0;
    return all;
  }

  int count() {
    return count;
  }
}
