package io.culvert.mqtt.server;

import io.culvert.engine.Wake;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A message that goes to durable sessions of another shard is acknowledged when that one has stored
 * it. Frames arrive in their order, so it says only how many more of those that it was asked about
 * are stored, all before them included; once for each pass.
 */
final class Confirmations {
  private final Peers peers;
  private final List<ArrayDeque<Awaited>> expected = new ArrayList<>();
  private final List<Asked> asked = new ArrayList<>();
  private Wake wake = Wake.NOBODY;

  Confirmations(Peers peers) {
    this.peers = peers;
    for (int peer = 0; peer < peers.place().count(); peer++) {
      expected.add(new ArrayDeque<>(0));
      asked.add(new Asked());
    }
  }

  /** Told when {@link #flush} has something to do. */
  void wake(Wake told) {
    wake = told;
  }

  // ---- of what was sent

  /** What goes to a peer next asks for a confirmation. */
  void expect(int peer, Awaited awaited) {
    awaited.more();
    expected.get(peer).add(awaited);
  }

  void onStored(int peer, FrameReader in, long nowMillis) {
    for (int left = in.i32(); left > 0; left--) {
      expected.get(peer).remove().done(nowMillis);
    }
  }

  // ---- of what has come

  /** A frame has come that asks for a confirmation. */
  Receipt received(int peer) {
    Receipt receipt = new Receipt(asked.get(peer));
    asked.get(peer).open.add(receipt);
    return receipt;
  }

  /** Tells the peers; called once for each pass. */
  void flush() {
    for (int peer = 0; peer < asked.size(); peer++) {
      int stored = asked.get(peer).stored;
      if (stored > 0) {
        asked.get(peer).stored = 0;
        peers.send(peer, new FrameWriter(FrameType.STORED).i32(stored).done());
      }
    }
  }

  /** What one peer has asked about. */
  private final class Asked {
    private final ArrayDeque<Receipt> open = new ArrayDeque<>(0);
    private int stored;

    void settle() {
      int before = stored;
      while (!open.isEmpty() && open.element().isDone) {
        open.remove();
        stored++;
      }
      if (before == 0 && stored > 0) {
        wake.changed();
      }
    }
  }

  /** One frame that has come. */
  static final class Receipt {
    private final Asked all;
    private boolean isDone;

    private Receipt(Asked all) {
      this.all = all;
    }

    /** It is stored, or there is nothing to store. */
    void done() {
      isDone = true;
      all.settle();
    }
  }
}
