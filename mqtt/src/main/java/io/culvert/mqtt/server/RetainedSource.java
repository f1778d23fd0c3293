package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.RetainedTree;
import org.jspecify.annotations.Nullable;

/** Where the retained messages of a filter come from, one at a time. */
interface RetainedSource {
  /** It is the turn of its feed, for the first time: what it sends will soon be taken. */
  void open();

  /** The next one, or null when none was found in one go. */
  @Nullable Message next();

  /** There are no more. */
  boolean isDone();

  /** There is none now: the session is told when there are more. */
  boolean isWaiting();

  /** Nobody wants any more. */
  void close();

  /** Those of this shard. */
  static RetainedSource of(RetainedTree.Cursor<Message> cursor) {
    return new RetainedSource() {
      @Override
      public void open() {}

      @Override
      public @Nullable Message next() {
        return cursor.next(RetainedFeed.STEPS);
      }

      @Override
      public boolean isDone() {
        return cursor.isDone();
      }

      @Override
      public boolean isWaiting() {
        return false;
      }

      @Override
      public void close() {}
    };
  }
}
