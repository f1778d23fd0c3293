package io.culvert.mqtt.session;

import io.culvert.engine.Outbox;
import io.culvert.mqtt.wire.PublishFrame;
import io.culvert.mqtt.wire.TopicName;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Topic Aliases towards the peer of one connection, with which they end [MQTT5-3.3.2-7]. A message
 * is encoded once for all its targets whether they have aliases or not: the alias is written
 * between two parts of the shared bytes.
 *
 * <p>As long as there are free aliases, the first topics get them: a publisher or subscriber of few
 * topics, which is the usual one, has an alias for each from its second message on. When all are
 * given, a topic that comes twice within a short time takes over the alias of one that has not been
 * used since the search for one came by last. So topics that are seen once, of which a subscriber
 * of {@code #} sees very many, take nothing from those that come again and again, and a few topics
 * too many do not chase each other; yet no alias is lost for ever to a topic that nobody uses.
 *
 * <p>Whether the peer takes a message never depends on its aliases: it has to fit with its whole
 * topic, and where the alias beside it would be too much, that is left out.
 *
 * <p>Allocates nothing unless an alias is given.
 */
public final class OutboundAliases {
  /** An alias costs three bytes; for a shorter topic it is not worth being looked for. */
  static final int SHORTEST_TOPIC_BYTES = 8;

  private static final int FIRST_ALIASES = 8;

  /** Of an alias beside the characters of its topic. */
  private static final int OVERHEAD_BYTES = 100;

  /** So that a message costs little where there are very many aliases and all are in use. */
  private static final int LOOKS = 8;

  private static final @Nullable TopicName[] NONE = {};

  private final int maximum;

  // Index 0 is unused: an alias is the place of its topic.
  private @Nullable TopicName[] topics = NONE;
  private int[] hashes = {};
  private boolean[] used = {};
  private char[] next = {};

  // By hash: the first alias of a chain, and the topic without an alias that came last.
  private char[] first = {};
  private int[] seen = {};

  private int given;
  private int hand;
  private int heldBytes;

  /**
   * @param maximum how many there may be, 1…65 535
   */
  public OutboundAliases(int maximum) {
    if (maximum < 1 || maximum > 65_535) {
      throw new IllegalArgumentException("Topic Alias Maximum " + maximum);
    }
    this.maximum = maximum;
  }

  /** Roughly what they hold of memory. */
  int heldBytes() {
    return heldBytes;
  }

  /** Writes the PUBLISH, with an alias where that pays and the packet is not too large by it. */
  void write(
      PublishFrame frame, Outbox out, int packetId, boolean dup, long maximumPacketSizeBytes) {
    int alias = 0;
    boolean known = false;
    if (frame.topicLength() >= SHORTEST_TOPIC_BYTES) {
      int hash = frame.topicHash();
      alias = find(frame, hash);
      known = alias != 0;
      if (known) {
        used[alias] = true;
      } else if (maximumPacketSizeBytes - frame.sizeBytes() >= PublishFrame.LARGEST_ALIAS_BYTES) {
        alias = learn(frame, hash);
      }
    }
    if (alias == 0) {
      frame.writeTo(out, packetId, dup);
    } else {
      frame.writeAliased(out, packetId, dup, alias, !known);
    }
  }

  private int find(PublishFrame frame, int hash) {
    if (given == 0) {
      return 0;
    }
    int alias = first[bucket(hash)];
    while (alias != 0) {
      TopicName topic = topics[alias];
      if (hashes[alias] == hash && topic != null && frame.isAbout(topic)) {
        return alias;
      }
      alias = next[alias];
    }
    return 0;
  }

  /** Gives the topic an alias, or 0. */
  private int learn(PublishFrame frame, int hash) {
    int alias;
    if (given < maximum) { // [MQTT5-3.1.2-26], [MQTT5-3.2.2-17]
      given++;
      if (given >= topics.length) {
        grow();
      }
      alias = given;
    } else {
      int bucket = bucket(hash);
      if (seen[bucket] != hash) {
        seen[bucket] = hash;
        return 0;
      }
      alias = longUnused();
      if (alias == 0) {
        return 0;
      }
      unlink(alias);
      TopicName old = topics[alias];
      heldBytes -= old == null ? 0 : OVERHEAD_BYTES + old.length();
    }
    topics[alias] = frame.topic();
    heldBytes += OVERHEAD_BYTES + frame.topicLength();
    hashes[alias] = hash;
    used[alias] = true;
    link(alias);
    return alias;
  }

  /** One that has not been used since this came by last, or 0 when it meets none in one go. */
  private int longUnused() {
    for (int i = Math.min(LOOKS, maximum); i > 0; i--) {
      hand = hand == maximum ? 1 : hand + 1;
      if (!used[hand]) {
        return hand;
      }
      used[hand] = false;
    }
    return 0;
  }

  private int bucket(int hash) {
    int spread = hash * 0x9e37_79b9; // the high bits know of all others
    return spread >>> (Integer.numberOfLeadingZeros(first.length) + 1);
  }

  private void link(int alias) {
    int bucket = bucket(hashes[alias]);
    next[alias] = first[bucket];
    first[bucket] = (char) alias;
  }

  private void unlink(int alias) {
    int bucket = bucket(hashes[alias]);
    int before = 0;
    for (int at = first[bucket]; at != alias; at = next[at]) {
      before = at;
    }
    if (before == 0) {
      first[bucket] = next[alias];
    } else {
      next[before] = next[alias];
    }
  }

  private void grow() {
    int room = Math.min(maximum, Math.max(FIRST_ALIASES, (topics.length - 1) * 2)) + 1;
    int from = topics.length;
    topics = Arrays.copyOf(topics, room);
    hashes = Arrays.copyOf(hashes, room);
    used = Arrays.copyOf(used, room);
    next = new char[room];
    int buckets = 2 * Integer.highestOneBit(room);
    first = new char[buckets];
    seen = new int[buckets];
    for (int alias = 1; alias < from; alias++) {
      link(alias);
    }
  }
}
