package io.culvert.mqtt.server;

import io.culvert.engine.Wake;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A message that goes to durable sessions of another shard is acknowledged when that one has stored
 * it. Frames arrive in their order, so it says only how many more of those that it was asked about
 * are stored, all before them included; once for each pass. Those that may be passed on, even back
 * to where they came from, have numbers of their own: none of them waits for those before it.
 */
final class Confirmations {
  private final Peers peers;
  private final List<ArrayDeque<Awaited>> expected = new ArrayList<>();
  private final List<Asked> asked = new ArrayList<>();
  private final Map<Long, Awaited> numbered = new HashMap<>();
  private long lastNumber;
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

  /** As {@link #expect}, for one that may be passed on; gives its number. */
  long expectNumbered(Awaited awaited) {
    awaited.more();
    lastNumber++;
    numbered.put(lastNumber, awaited);
    return lastNumber;
  }

  void onStored(int peer, FrameReader in, long nowMillis) {
    for (int left = in.i32(); left > 0; left--) {
      expected.get(peer).remove().done(nowMillis);
    }
    for (int left = in.i32(); left > 0; left--) {
      Awaited awaited = numbered.remove(in.i64());
      if (awaited != null) {
        awaited.done(nowMillis);
      }
    }
  }

  // ---- of what has come

  /** A frame has come that asks for a confirmation. */
  Receipt received(int peer) {
    Receipt receipt = new Receipt(asked.get(peer));
    asked.get(peer).open.add(receipt);
    return receipt;
  }

  /** One with a number is stored, or there is nothing to store. */
  void done(int peer, long number) {
    Asked by = asked.get(peer);
    by.numbers.add(number);
    by.hasNews();
  }

  /** Tells the peers; called once for each pass. */
  void flush() {
    for (int peer = 0; peer < asked.size(); peer++) {
      Asked by = asked.get(peer);
      if (by.stored > 0 || !by.numbers.isEmpty()) {
        FrameWriter frame = new FrameWriter(FrameType.STORED).i32(by.stored);
        frame.i32(by.numbers.size());
        by.numbers.forEach(frame::i64);
        by.stored = 0;
        by.numbers.clear();
        peers.send(peer, frame.done());
      }
    }
  }

  /** What one peer has asked about. */
  private final class Asked {
    private final ArrayDeque<Receipt> open = new ArrayDeque<>(0);
    private final List<Long> numbers = new ArrayList<>(0);
    private int stored;

    void hasNews() {
      wake.changed();
    }

    void settle() {
      int before = stored;
      while (!open.isEmpty() && open.element().isDone) {
        open.remove();
        stored++;
      }
      if (before == 0 && stored > 0) {
        hasNews();
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
