package io.culvert.mqtt.server;

/**
 * What shards say to each other. The first byte of a frame is the position here, which is the same
 * in all shards of a process.
 */
enum FrameType {
  /** A message for the plain subscriptions of that shard: publisher, message. */
  PUBLISH,
  /** A message for one member of a shared group: see {@link SharedShards}. */
  SHARED_PUBLISH,
  /** How many subscriptions a filter has there: filter, count. */
  ROUTE,
  /** "Tell me when you have seen my routes up to here": number. */
  SYNC,
  /** The answer to it: number. */
  SYNCED,
  /** A client of this session has connected here: see {@link SessionMoves}. */
  TAKE_OVER,
  /** There is no such session (any more). */
  NO_SESSION,
  /** There is; it brings these subscriptions. */
  OFFER,
  /** It is moving: send its messages to both of us from now on. */
  MOVE,
  /** From here on the sender sends the session's messages to its new shard, too. */
  CUT,
  /** The session with all its messages. */
  STATE,
  /**
   * Do all keep up who would get a message there: question, topic; see {@link ReadersElsewhere}.
   */
  KEEP_UP,
  /** The answer to it: question, whether they do. */
  KEPT_UP,
  /** Stop reading a publisher for a while: publisher, reader. */
  HOLD,
  /** The publisher has waited that long: publisher. */
  HELD,
  /** Read it again: publisher. */
  RELEASE,
  /** There is no such publisher any more: publisher. */
  GONE,
  /** Retain a message: request or 0, message. */
  RETAIN,
  /** Whether that was possible: request, reason code. */
  RETAINED,
  /** Send the retained messages of a filter: feed, filter. */
  FEED_OPEN,
  /** Some of them: feed, whether these are all, messages. */
  FEED_SLICE,
  /** More of them, please: feed. */
  FEED_MORE,
  /** No more of them: feed. */
  FEED_CLOSE,
  /** Members of a shared group have left messages here that yours may get: filter. */
  LEFT,
  /** Send so many of them: filter, count. Whoever has more says {@link #LEFT} again. */
  TAKE,
  /** So many more messages that you asked about are stored: see {@link Confirmations}. */
  STORED;

  private static final FrameType[] ALL = values();

  static FrameType of(int number) {
    return ALL[number];
  }

  @SuppressWarnings("EnumOrdinal") // see above
  int number() {
    return ordinal();
  }
}
